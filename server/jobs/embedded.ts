/**
 * The queue that needs nothing but the app's SQLite file, for the workers of one machine.
 *
 * It is in the same file as what the app keeps: a fine-tuning finds the corrections and the models there, whoever backs
 * it up has all, and a worker needs one name to find its work. Workers are processes that have the file open; each
 * change is one statement, and the row says by which taking a job is held. A worker that has not been heard of for too
 * long has lost its job to the first who asks.
 */
import type { SqliteDatabase } from '../store/database.ts';
import { HeldJob } from './claim.ts';
import { JobTable, PREPARING, type Row } from './jobTable.ts';
import { type Claim, MOST_DEATHS } from './queue.ts';

export class EmbeddedQueue extends JobTable {
  declare protected readonly database: SqliteDatabase;

  async take(worker: string): Promise<Claim | undefined> {
    for (;;) {
      const due = (await this.#orphaned()) ?? (await this.#waiting());
      if (!due) return undefined;
      const row = await this.#hold(due, worker);
      if (!row) continue;
      const claim = this.#claim(row);
      if (row.cancelling === 1) await claim.cancelled();
      else if (row.deaths > MOST_DEATHS) {
        await claim.fail(`${row.deaths} workers died of this job, so it is not tried again.`, {
          inVain: true,
        });
      } else return claim;
    }
  }

  async cancel(id: string): Promise<boolean> {
    return (await this.cancelRow(id)) !== undefined;
  }

  async close(): Promise<void> {
    // The database is closed by whoever opened it.
  }

  protected async publish({ id }: Row): Promise<void> {
    await this.database.queries
      .updateTable('jobs')
      .set({ state: 'waiting' })
      .where('id', '=', id)
      .where('state', '=', PREPARING)
      .execute();
  }

  /** One whose worker is silent. */
  #orphaned() {
    return this.#rows()
      .where('state', '=', 'running')
      .where('heard_at', '<', Date.now() - 1000 * this.options.heartbeat)
      .executeTakeFirst();
  }

  #waiting() {
    return this.#rows().where('state', '=', 'waiting').where('run_at', '<=', Date.now()).executeTakeFirst();
  }

  #rows() {
    return this.database.queries
      .selectFrom('jobs')
      .select(['id', 'attempt', 'state', 'deaths'])
      .orderBy('priority', 'desc')
      .orderBy('number')
      .limit(1);
  }

  /** Undefined where another was faster, or the worker that seemed dead spoke. */
  #hold({ id, attempt, state, deaths }: Pick<Row, 'id' | 'attempt' | 'state' | 'deaths'>, worker: string) {
    const now = Date.now();
    let hold = this.database.queries
      .updateTable('jobs')
      .set((by) => ({
        state: 'running',
        attempt: attempt + 1,
        deaths: state === 'running' ? deaths + 1 : deaths,
        worker,
        heard_at: now,
        started_at: by.fn.coalesce('started_at', by.val(now)),
      }))
      .where('id', '=', id)
      .where('attempt', '=', attempt)
      .where('state', '=', state);
    if (state === 'running') hold = hold.where('heard_at', '<', now - 1000 * this.options.heartbeat);
    return hold.returningAll().executeTakeFirst();
  }

  #claim(row: Row): HeldJob {
    const { id, attempt } = row;
    return new HeldJob(row, {
      retryDelay: this.options.retryDelay,
      heard: (progress) => this.heard(id, attempt, progress),
      settle: async (changes) => {
        const { rows } = await this.database.queries.executeQuery(this.change(id, attempt, changes));
        return rows.length === 1;
      },
    });
  }
}
