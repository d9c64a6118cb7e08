/** Trials of candidates beside the champion, and an index for counting what each model answered. */
import type { Kysely } from 'kysely';
import type { ColumnTypes } from './columns.ts';

export async function up({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('trials')
    .addColumn('champion', types.key, (column) => column.notNull().references('models.version'))
    .addColumn('candidate', types.key, (column) => column.notNull().references('models.version'))
    // Null once the trial is over; its counts stay.
    .addColumn('share', types.real)
    .addColumn('started_at', types.integer, (column) => column.notNull())
    .addColumn('digits', types.integer, (column) => column.notNull())
    .addColumn('agreed', types.integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('trials_of_pair', ['champion', 'candidate'])
    .execute();
  await schema.createIndex('predictions_of_model').on('predictions').column('model').execute();
}
