/**
 * The table of jobs, which both queues keep: what a job is, how it goes and what came of it. How jobs reach workers, and
 * how a dead one is told from a living one, is the queue's own affair.
 */
import { randomUUID } from 'node:crypto';
import { type CompiledQuery, type Selectable, sql } from 'kysely';
import type { Database } from '../store/database.ts';
import type { JobRow } from '../store/tables.ts';
import { isText } from '../store/text.ts';
import { type Artefacts, DatabaseArtefacts } from './artefacts.ts';
import {
  type Claim,
  JOB_STATES,
  type Job,
  type JobLine,
  type JobState,
  type ListJobsOptions,
  type NewJob,
  type Queue,
  type QueueOptions,
} from './queue.ts';

export type Row = Selectable<JobRow>;

/** Added, but its files are not all there yet. For people it waits. */
export const PREPARING = 'preparing';
const LONGEST_LINE = 2000;
/** An addition that has not come to its end after so long, in milliseconds, never will. */
const ABANDONED_AFTER = 86_400_000;

export abstract class JobTable implements Queue {
  readonly artefacts: Artefacts;
  protected readonly database: Database;
  protected readonly options: QueueOptions;

  constructor(database: Database, options: QueueOptions) {
    this.database = database;
    this.options = options;
    this.artefacts = new DatabaseArtefacts(database);
  }

  abstract take(worker: string): Promise<Claim | undefined>;
  abstract cancel(id: string): Promise<boolean>;
  abstract close(): Promise<void>;
  /** Lets workers have a job that was being prepared. Where that was done before, nothing happens. */
  protected abstract publish(row: Row): Promise<void>;

  async add({ kind, label, payload, priority = 0, key, files = {} }: NewJob): Promise<Job> {
    const id = randomUUID();
    const now = Date.now();
    await this.database.queries
      .insertInto('jobs')
      .values({
        ...{
          id,
          key: key ?? null,
          kind,
          label,
          state: PREPARING,
          priority,
          payload: JSON.stringify(payload),
        },
        ...{ attempt: 0, failures: 0, deaths: 0, cancelling: 0, created_at: now, run_at: now },
      })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .execute();
    const row = await this.#rows()
      .where((by) => (key === undefined ? by('id', '=', id) : by('key', '=', key)))
      .executeTakeFirst();
    // It was there, and has gone since.
    if (!row) return this.add({ kind, label, payload, priority, key, files });
    if (row.state === PREPARING) {
      for (const [name, bytes] of Object.entries(files)) await this.artefacts.put(row.id, name, bytes);
      await this.publish(row);
    }
    return jobOf(row);
  }

  async get(id: string): Promise<Job | undefined> {
    if (!isText(id)) return undefined;
    const row = await this.#rows().where('id', '=', id).executeTakeFirst();
    return row && jobOf(row);
  }

  async list({ state, kind, limit, before }: ListJobsOptions): Promise<Job[]> {
    let rows = this.#rows().orderBy('number', 'desc').limit(limit);
    if (state !== undefined) rows = rows.where('state', 'in', statesOf(state));
    if (kind !== undefined) rows = rows.where('kind', '=', kind);
    if (before !== undefined) {
      rows = rows.where('number', '<', (by) =>
        by.selectFrom('jobs').select('number').where('id', '=', before),
      );
    }
    return (await rows.execute()).map(jobOf);
  }

  async counts(): Promise<Record<JobState, number>> {
    const rows = await this.database.queries
      .selectFrom('jobs')
      .select(['state', sql<number>`count(*)`.as('jobs')])
      .groupBy('state')
      .execute();
    const counts = Object.fromEntries(JOB_STATES.map((state) => [state, 0])) as Record<JobState, number>;
    for (const { state, jobs } of rows) counts[shown(state)] += Number(jobs);
    return counts;
  }

  async remove(id: string): Promise<void> {
    await this.database.queries
      .deleteFrom('jobs')
      .where('id', '=', id)
      .where('state', 'in', ['done', 'failed', 'cancelled'])
      .execute();
  }

  async log(id: string, lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    const at = Date.now();
    const values = lines.map((line) => ({ job: id, at, line: line.slice(0, LONGEST_LINE) }));
    await this.database.queries.insertInto('job_lines').values(values).execute();
  }

  async lines(id: string, { after, limit }: { after?: number; limit: number }): Promise<JobLine[]> {
    const lines = this.database.queries
      .selectFrom('job_lines')
      .select(['number', 'at', 'line'])
      .where('job', '=', id)
      .limit(limit);
    if (after !== undefined) return lines.where('number', '>', after).orderBy('number').execute();
    return (await lines.orderBy('number', 'desc').execute()).reverse();
  }

  async prune(before: number): Promise<number> {
    const removed = await this.database.queries
      .deleteFrom('jobs')
      .where((by) =>
        by.or([
          by('ended_at', '<', before),
          by.and([by('state', '=', PREPARING), by('created_at', '<', Date.now() - ABANDONED_AFTER)]),
        ]),
      )
      .returning('id')
      .execute();
    return removed.length;
  }

  /** A change to a job by who holds it; it gives a row where that is so. */
  protected change(id: string, attempt: number, changes: Partial<Row>): CompiledQuery<{ id: string }> {
    return this.database.queries
      .updateTable('jobs')
      .set(changes)
      .where('id', '=', id)
      .where('attempt', '=', attempt)
      .where('state', '=', 'running')
      .returning('id')
      .compile();
  }

  /** Notes that the worker lives and how far it is; undefined where it does not hold the job any more. */
  protected async heard(id: string, attempt: number, progress: unknown): Promise<Row | undefined> {
    return this.database.queries
      .updateTable('jobs')
      .set({
        heard_at: Date.now(),
        ...(progress !== undefined && { progress: JSON.stringify(progress) }),
      })
      .where('id', '=', id)
      .where('attempt', '=', attempt)
      .where('state', '=', 'running')
      .returningAll()
      .executeTakeFirst();
  }

  /** Cancels a job that waits, or has whoever works on one told. */
  protected async cancelRow(id: string): Promise<'cancelled' | 'told' | undefined> {
    if (!isText(id)) return undefined;
    const { queries } = this.database;
    const waiting = await queries
      .updateTable('jobs')
      .set({ state: 'cancelled', ended_at: Date.now(), cancelling: 1, key: null })
      .where('id', '=', id)
      .where('state', 'in', statesOf('waiting'))
      .returning('id')
      .executeTakeFirst();
    if (waiting) return 'cancelled';
    const running = await queries
      .updateTable('jobs')
      .set({ cancelling: 1 })
      .where('id', '=', id)
      .where('state', '=', 'running')
      .returning('id')
      .executeTakeFirst();
    return running && 'told';
  }

  #rows() {
    return this.database.queries.selectFrom('jobs').selectAll();
  }
}

export function jobOf(row: Row): Job {
  return {
    ...{ id: row.id, kind: row.kind, label: row.label, state: shown(row.state), priority: row.priority },
    ...{ payload: JSON.parse(row.payload), progress: parsed(row.progress), result: parsed(row.result) },
    ...{ error: row.error, worker: row.worker, attempts: row.attempt, isCancelling: row.cancelling === 1 },
    ...{ createdAt: row.created_at, startedAt: row.started_at, heardAt: row.heard_at, endedAt: row.ended_at },
  };
}

function parsed(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}

function shown(state: string): JobState {
  return state === PREPARING ? 'waiting' : (state as JobState);
}

function statesOf(state: JobState): string[] {
  return state === 'waiting' ? ['waiting', PREPARING] : [state];
}
