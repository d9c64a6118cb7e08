/** Predictions with their pictures, the buckets of rate limits, models and their aliases. */
import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from './columns.ts';

export async function up(database: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('predictions')
    // Ids come in no order: rows and pictures are kept by a number instead, so that new ones lie side by side.
    .addColumn('number', types.counted, (column) => column.primaryKey().notNull())
    .addColumn('id', types.key, (column) => column.notNull().unique())
    .addColumn('owner', types.key, (column) => column.notNull())
    .addColumn('created_at', types.integer, (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addColumn('rejected', 'text')
    .addColumn('digits', types.bytes, (column) => column.notNull())
    .addColumn('milliseconds', types.real, (column) => column.notNull())
    .addColumn('width', 'integer', (column) => column.notNull())
    .addColumn('height', 'integer', (column) => column.notNull())
    .addColumn('picture_type', 'text', (column) => column.notNull())
    .addColumn('correction', 'text')
    .addColumn('corrected_at', types.integer)
    .execute();
  // The order of lists, and of exports the other way round.
  await schema
    .createIndex('predictions_of_owner')
    .on('predictions')
    .columns(['owner', 'created_at', 'id'])
    .execute();
  // The order in which predictions are dropped.
  await schema.createIndex('predictions_by_age').on('predictions').columns(['created_at', 'id']).execute();
  // Small, since few are corrected; for counting them.
  await schema
    .createIndex('predictions_corrected')
    .on('predictions')
    .columns(['corrected_at', 'id'])
    .where(sql.ref('correction'), 'is not', null)
    .execute();

  await schema
    .createTable('pictures')
    .addColumn('number', types.integer, (column) =>
      column.primaryKey().notNull().references('predictions.number').onDelete('cascade'),
    )
    .addColumn('picture', types.bytes, (column) => column.notNull())
    .addColumn('images', types.bytes, (column) => column.notNull())
    .execute();

  await sql`create ${sql.raw(types.fleetingTable)} buckets (
    key ${types.key} primary key not null,
    full_at ${types.integer} not null
  )`.execute(database);

  await schema
    .createTable('models')
    .addColumn('version', types.key, (column) => column.primaryKey().notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('bytes', types.bytes, (column) => column.notNull())
    .addColumn('created_at', types.integer, (column) => column.notNull())
    .execute();
  await schema
    .createTable('aliases')
    .addColumn('name', types.key, (column) => column.primaryKey().notNull())
    .addColumn('version', types.key, (column) => column.notNull().references('models.version'))
    .execute();
}
