/** Work that is handed out: jobs, what they say of themselves, the files that belong to them, and what was read. */
import type { Kysely } from 'kysely';
import type { ColumnTypes } from './columns.ts';

export async function up({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('jobs')
    // In the order in which they were added.
    .addColumn('number', types.counted, (column) => column.primaryKey().notNull())
    .addColumn('id', types.key, (column) => column.notNull().unique())
    // What makes two jobs the same one.
    .addColumn('key', types.key, (column) => column.unique())
    .addColumn('kind', types.key, (column) => column.notNull())
    .addColumn('label', 'text', (column) => column.notNull())
    .addColumn('state', types.key, (column) => column.notNull())
    .addColumn('priority', 'integer', (column) => column.notNull())
    // JSON, as are progress and result.
    .addColumn('payload', 'text', (column) => column.notNull())
    .addColumn('progress', 'text')
    .addColumn('result', 'text')
    .addColumn('error', 'text')
    .addColumn('worker', 'text')
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('failures', 'integer', (column) => column.notNull())
    .addColumn('deaths', 'integer', (column) => column.notNull())
    .addColumn('cancelling', 'integer', (column) => column.notNull())
    .addColumn('created_at', types.integer, (column) => column.notNull())
    .addColumn('run_at', types.integer, (column) => column.notNull())
    .addColumn('started_at', types.integer)
    .addColumn('heard_at', types.integer)
    .addColumn('ended_at', types.integer)
    .execute();
  await schema.createIndex('jobs_by_state').on('jobs').columns(['state', 'priority', 'number']).execute();
  await schema.createIndex('jobs_by_kind').on('jobs').columns(['kind', 'number']).execute();
  await schema.createIndex('jobs_by_end').on('jobs').columns(['ended_at']).execute();

  await schema
    .createTable('job_lines')
    .addColumn('number', types.counted, (column) => column.primaryKey().notNull())
    .addColumn('job', types.key, (column) => column.notNull().references('jobs.id').onDelete('cascade'))
    .addColumn('at', types.integer, (column) => column.notNull())
    .addColumn('line', 'text', (column) => column.notNull())
    .execute();
  await schema.createIndex('job_lines_of_job').on('job_lines').columns(['job', 'number']).execute();

  await schema
    .createTable('artefacts')
    .addColumn('job', types.key, (column) => column.notNull().references('jobs.id').onDelete('cascade'))
    .addColumn('name', types.key, (column) => column.notNull())
    // Names the parts that make it up, which change all at once with this row.
    .addColumn('content', types.key, (column) => column.notNull())
    .addColumn('size', types.integer, (column) => column.notNull())
    .addColumn('sha256', 'text', (column) => column.notNull())
    .addColumn('created_at', types.integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('artefacts_key', ['job', 'name'])
    .execute();
  await schema
    .createTable('artefact_parts')
    .addColumn('content', types.key, (column) => column.notNull())
    .addColumn('part', 'integer', (column) => column.notNull())
    .addColumn('job', types.key, (column) => column.notNull().references('jobs.id').onDelete('cascade'))
    .addColumn('bytes', types.bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint('artefact_parts_key', ['content', 'part'])
    .execute();
  await schema.createIndex('artefact_parts_of_job').on('artefact_parts').columns(['job']).execute();

  await schema
    .createTable('readings')
    // What the person called the batch.
    .addColumn('batch', types.key, (column) => column.notNull())
    .addColumn('number', types.integer, (column) => column.notNull())
    .addColumn('file', 'text', (column) => column.notNull())
    // A line of JSON, as `read-batch` writes it into a file.
    .addColumn('reading', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('readings_key', ['batch', 'number'])
    .execute();
}
