/** What an administrator decided about corrections. */
import type { Kysely } from 'kysely';
import type { ColumnTypes } from './columns.ts';

export async function up({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('reviews')
    .addColumn('number', types.integer, (column) =>
      column.primaryKey().notNull().references('predictions.number').onDelete('cascade'),
    )
    // Of the prediction and its correction as they were seen: where either changed since, the review is void.
    .addColumn('created_at', types.integer, (column) => column.notNull())
    .addColumn('corrected_at', types.integer, (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('text', 'text')
    .addColumn('reviewed_at', types.integer, (column) => column.notNull())
    .execute();
}
