/** What is known of models beside their files, and which of them were let answer, in order. */
import type { Kysely } from 'kysely';
import type { ColumnTypes } from './columns.ts';

export async function up({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('registrations')
    .addColumn('version', types.key, (column) => column.primaryKey().notNull().references('models.version'))
    // JSON: a list of versions, digests by name, scores by name.
    .addColumn('parents', 'text', (column) => column.notNull())
    .addColumn('data', 'text', (column) => column.notNull())
    .addColumn('scores', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .execute();
  await schema
    .createTable('promotions')
    .addColumn('number', types.counted, (column) => column.primaryKey().notNull())
    .addColumn('version', types.key, (column) => column.notNull().references('models.version'))
    .addColumn('previous', types.key)
    .addColumn('at', types.integer, (column) => column.notNull())
    .addColumn('reason', 'text')
    .execute();
}
