/** A job in the hands of a worker, on either queue. */
import { jobOf, type Row } from './jobTable.ts';
import { type Claim, type Job, LONGEST_RETRY_DELAY, MOST_FAILURES, type Word } from './queue.ts';

/** What becomes of a job: it is over, it is tried again after so many seconds, or at once. */
export type Onward = { over: true } | { over: false; delay: number };

export interface ClaimHooks {
  /** The row as it is, once the worker was noted to be alive; undefined where the job is lost. */
  heard(progress: unknown): Promise<Row | undefined>;
  /** Changes the row if the job is still held, and sends it onward. */
  settle(changes: Partial<Row>, onward: Onward): Promise<boolean>;
  /** Seconds before a job that failed for the first time is tried again. */
  retryDelay: number;
}

export class HeldJob implements Claim {
  readonly job: Job;
  readonly #row: Row;
  readonly #hooks: ClaimHooks;

  constructor(row: Row, hooks: ClaimHooks) {
    this.job = jobOf(row);
    this.#row = row;
    this.#hooks = hooks;
  }

  async beat(progress?: unknown): Promise<Word> {
    const row = await this.#hooks.heard(progress);
    if (!row) return 'lost';
    return row.cancelling === 1 ? 'cancel' : 'go on';
  }

  complete(result: unknown): Promise<boolean> {
    return this.#end({ state: 'done', result: JSON.stringify(result ?? null), error: null });
  }

  fail(reason: string, { inVain = false } = {}): Promise<boolean> {
    const failures = this.#row.failures + 1;
    const changes = { failures, error: reason };
    if (inVain || failures >= MOST_FAILURES) return this.#end({ state: 'failed', key: null, ...changes });
    const delay = Math.min(LONGEST_RETRY_DELAY, this.#hooks.retryDelay * 2 ** (failures - 1));
    const run_at = Date.now() + 1000 * delay;
    return this.#hooks.settle({ state: 'waiting', run_at, ...changes }, { over: false, delay });
  }

  cancelled(): Promise<boolean> {
    return this.#end({ state: 'cancelled', key: null });
  }

  release(): Promise<boolean> {
    return this.#hooks.settle({ state: 'waiting', run_at: Date.now() }, { over: false, delay: 0 });
  }

  #end(changes: Partial<Row>): Promise<boolean> {
    return this.#hooks.settle({ ...changes, ended_at: Date.now() }, { over: true });
  }
}
