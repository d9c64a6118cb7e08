/**
 * The queue for any number of machines: pg-boss on PostgreSQL hands jobs out, and takes them back from workers whose
 * heartbeat fails.
 *
 * pg-boss knows of each job that it is there, its priority, when it is due and who holds it; the table of jobs knows the
 * rest. A job is added to both in one transaction and ends in both in one, so that they cannot disagree about what is
 * done; where pg-boss hands out a job that the table says is over, such as one that was cancelled, it is put away. The
 * attempt that pg-boss counts is the one that the row names: whoever holds an earlier one has lost the job.
 */
import { PgBoss } from 'pg-boss';
import type { PostgresDatabase } from '../store/database.ts';
import { explainOpening, explainRunning } from '../store/postgres/errors.ts';
import { StoreUnavailableError } from '../store/store.ts';
import { type ClaimHooks, HeldJob, type Onward } from './claim.ts';
import { JobTable, PREPARING, type Row } from './jobTable.ts';
import { type Claim, LONGEST_RETRY_DELAY, MOST_DEATHS, type QueueOptions } from './queue.ts';

const NAME = 'inkling';
/** One to ask, one for the transaction, of which there is one at a time, and one for pg-boss's own rounds. */
const CONNECTIONS = 3;
/** What pg-boss takes at least, in seconds. */
const SHORTEST_HEARTBEAT = 10;
/** How often dead workers are looked for, in seconds; one process does it for all. */
const LOOK_EVERY = 2;
/** Longest that a job may be held; pg-boss allows no more. After that another goes on from its checkpoint. */
const DAY = 86_400;
/** How often a job is handed out is counted here, not by pg-boss. */
const UNLIMITED = 1_000_000;
const YEAR = 365 * DAY;

type Transaction = NonNullable<NonNullable<Parameters<PgBoss['complete']>[3]>['db']>;

export class PgBossQueue extends JobTable {
  declare protected readonly database: PostgresDatabase;
  readonly #boss: PgBoss;
  readonly #url: string;
  /** The transaction before: pg-boss may ask for another connection within one, so that many would wait for each other. */
  #transactions: Promise<unknown> = Promise.resolve();
  #closed = false;

  private constructor(database: PostgresDatabase, url: string, boss: PgBoss, options: QueueOptions) {
    super(database, options);
    this.#url = url;
    this.#boss = boss;
  }

  /** @throws InklingError where pg-boss cannot make its tables; StoreUnavailableError where there is no server now. */
  static async open(database: PostgresDatabase, url: string, options: QueueOptions): Promise<PgBossQueue> {
    const boss = new PgBoss({
      connectionString: url,
      application_name: 'inkling jobs',
      max: CONNECTIONS,
      schedule: false,
      superviseIntervalSeconds: LOOK_EVERY,
      monitorIntervalSeconds: LOOK_EVERY,
    });
    // What goes wrong in its rounds goes right in the next, or is told by what is asked of it.
    boss.on('error', () => undefined);
    try {
      await boss.start();
      await boss.createQueue(NAME, { retryLimit: UNLIMITED, expireInSeconds: DAY, retentionSeconds: YEAR });
    } catch (error) {
      await boss.stop({ graceful: false }).catch(() => undefined);
      throw explainOpening(url, error);
    }
    return new PgBossQueue(database, url, boss, options);
  }

  async take(worker: string): Promise<Claim | undefined> {
    for (;;) {
      const [delivery] = await this.#ask(() => this.#boss.fetch(NAME, { includeMetadata: true }));
      if (!delivery) return undefined;
      const { id, retryCount } = delivery;
      const row = await this.#hold(id, retryCount + 1, worker);
      if (!row) {
        await this.#ask(() => this.#boss.complete(NAME, { id, retryCount }));
        continue;
      }
      const claim = new HeldJob(row, this.#hooks(id, retryCount));
      if (row.cancelling === 1) await claim.cancelled();
      else if (row.deaths > MOST_DEATHS) {
        await claim.fail(`${row.deaths} workers died of this job, so it is not tried again.`, {
          inVain: true,
        });
      } else return claim;
    }
  }

  async cancel(id: string): Promise<boolean> {
    const outcome = await this.cancelRow(id);
    // Where this is not reached, it is put away when it is handed out.
    if (outcome === 'cancelled') await this.#ask(() => this.#boss.cancel(NAME, id));
    return outcome !== undefined;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#boss.stop({ graceful: false });
  }

  protected async publish({ id, priority }: Row): Promise<void> {
    const { heartbeat, retryDelay } = this.options;
    const publishing = this.database.queries
      .updateTable('jobs')
      .set({ state: 'waiting' })
      .where('id', '=', id)
      .where('state', '=', PREPARING)
      .returning('id')
      .compile();
    await this.#transaction(async (db) => {
      const { rows } = await db.executeSql(publishing.sql, [...publishing.parameters]);
      if (rows.length === 0) return false;
      await this.#boss.send(NAME, null, {
        ...{ db, id, priority },
        heartbeatSeconds: Math.max(SHORTEST_HEARTBEAT, Math.ceil(heartbeat)),
        ...{ retryLimit: UNLIMITED, retryBackoff: true, retryDelayMax: LONGEST_RETRY_DELAY },
        retryDelay: Math.ceil(retryDelay),
      });
      return true;
    });
  }

  /** Undefined where the table says that it is over, or there is none. */
  #hold(id: string, attempt: number, worker: string): Promise<Row | undefined> {
    const now = Date.now();
    return this.database.queries
      .updateTable('jobs')
      .set((by) => ({
        state: 'running',
        ...{ attempt, worker, heard_at: now },
        deaths: by
          .case()
          .when('state', '=', 'running')
          .then(by('deaths', '+', 1))
          .else(by.ref('deaths'))
          .end(),
        started_at: by.fn.coalesce('started_at', by.val(now)),
      }))
      .where('id', '=', id)
      .where('state', 'in', ['waiting', 'running'])
      .returningAll()
      .executeTakeFirst();
  }

  #hooks(id: string, retryCount: number): ClaimHooks {
    const attempt = { id, retryCount };
    return {
      retryDelay: this.options.retryDelay,
      heard: async (progress) => {
        const touched = await this.#ask(() => this.#boss.touch(NAME, attempt));
        // Its types leave out what it gives.
        const { affected } = touched as { affected: number };
        return affected === 1 ? this.heard(id, retryCount + 1, progress) : undefined;
      },
      settle: (changes, onward) => {
        const { sql, parameters } = this.change(id, retryCount + 1, changes);
        return this.#transaction(async (db) => {
          const { rows } = await db.executeSql(sql, [...parameters]);
          if (rows.length === 1) await this.#send(attempt, onward, db);
          return rows.length === 1;
        });
      },
    };
  }

  async #send(attempt: { id: string; retryCount: number }, onward: Onward, db: Transaction): Promise<void> {
    if (onward.over) await this.#boss.complete(NAME, attempt, null, { db });
    else {
      await this.#boss.fail(NAME, attempt, null, { db });
      await this.#boss.update(NAME, undefined, { id: attempt.id, startAfter: onward.delay, db });
    }
  }

  /** Keeps what was done where it gives true, and nothing of it otherwise. */
  #transaction(work: (db: Transaction) => Promise<boolean>): Promise<boolean> {
    const after = this.#transactions.then(() => this.#transact(work));
    this.#transactions = after.catch(() => undefined);
    return after;
  }

  #transact(work: (db: Transaction) => Promise<boolean>): Promise<boolean> {
    return this.#ask(async () => {
      const transaction = await this.#boss.getDb().beginTransaction!();
      try {
        const isDone = await work(transaction.db);
        if (isDone) await transaction.commit();
        else await transaction.rollback();
        return isDone;
      } catch (error) {
        await transaction.rollback();
        throw error;
      }
    });
  }

  async #ask<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#closed) throw new StoreUnavailableError('The queue is closed.');
    try {
      return await work();
    } catch (error) {
      throw explainRunning(this.#url, error);
    }
  }
}
