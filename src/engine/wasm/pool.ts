/**
 * The persistent pool of worker threads, one for each number of threads asked for, in Node and in pages alike.
 *
 * The thread that calls the engine is member 0 of the team and works too; the pool holds the others. Workers sleep
 * between steps and do not keep a Node process alive.
 */
import { InklingError } from '../../errors.ts';
import { RELEASE, Team } from './team.ts';
import type { BindMessage, TeamMessage } from './worker.ts';

/** The two kinds of workers, as one. */
interface Thread {
  postMessage(message: TeamMessage): void;
  /** The next message, or an error. */
  answer(): Promise<void>;
}

const pools = new Map<number, Promise<Pool>>();

/** The pool of `threads` threads, the calling one included. */
export function poolOf(threads: number): Promise<Pool> {
  let pool = pools.get(threads);
  if (!pool) {
    pool = Pool.start(threads);
    pools.set(threads, pool);
  }
  return pool;
}

export class Pool {
  readonly team: Team;
  readonly #threads: Thread[];
  #nextProgram = 0;
  /** Changes wait for each other, since each sends all workers back to their event loops and gathers them again. */
  #lastChange: Promise<void> = Promise.resolve();

  private constructor(team: Team, threads: Thread[]) {
    this.team = team;
    this.#threads = threads;
  }

  static async start(threads: number): Promise<Pool> {
    const control = Team.controlBlock();
    const workers = await Promise.all(Array.from({ length: threads - 1 }, startThread));
    const team = new Team(control, threads, 0, maySleep());
    const pool = new Pool(team, workers);
    await pool.#tell((part) => ({ type: 'start', control, parts: threads, part }));
    return pool;
  }

  /** Makes programs known to all workers; returns the number of the first. */
  async bind(binding: Pick<BindMessage, 'module' | 'memory' | 'programs'>): Promise<number> {
    const base = this.#nextProgram;
    this.#nextProgram += binding.programs.length;
    await this.#change({ type: 'bind', base, ...binding });
    return base;
  }

  /** Lets workers forget programs, and with them the memory they ran over. */
  async unbind(base: number, count: number): Promise<void> {
    await this.#change({ type: 'unbind', base, count });
  }

  #change(message: TeamMessage): Promise<void> {
    this.#lastChange = this.#lastChange.then(() => {
      this.team.command(RELEASE);
      return this.#tell(() => message);
    });
    return this.#lastChange;
  }

  async #tell(message: (part: number) => TeamMessage): Promise<void> {
    const answers = this.#threads.map((thread) => thread.answer());
    this.#threads.forEach((thread, i) => {
      thread.postMessage(message(i + 1));
    });
    await Promise.all(answers);
  }
}

/** A page's main thread may not block; Node's and every worker may. */
function maySleep(): boolean {
  return !('window' in globalThis);
}

async function startThread(): Promise<Thread> {
  const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads');
  if (threads) {
    const worker = new threads.Worker(new URL('./worker.ts', import.meta.url));
    worker.unref();
    return {
      postMessage: (message) => worker.postMessage(message),
      answer: () =>
        new Promise((resolve, reject) => {
          worker.ref();
          const settle = (finish: () => void) => {
            worker.removeAllListeners('message');
            worker.removeAllListeners('error');
            worker.unref();
            finish();
          };
          worker.once('message', () => settle(resolve));
          worker.once('error', (cause) => settle(() => reject(cannotStart(cause))));
        }),
    };
  }
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  return {
    postMessage: (message) => worker.postMessage(message),
    answer: () =>
      new Promise((resolve, reject) => {
        worker.onmessage = () => resolve();
        worker.onerror = (event) => reject(cannotStart(event.message));
      }),
  };
}

function cannotStart(cause: unknown): InklingError {
  return new InklingError('A worker thread could not start; run with one thread.', { cause });
}
