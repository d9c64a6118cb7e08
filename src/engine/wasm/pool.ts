/**
 * The persistent pool of worker threads, one for each number of threads asked for.
 *
 * The thread that calls the engine is member 0 of the team and works too; the pool holds the others. Workers sleep
 * between steps and do not keep a Node process alive.
 */
import type { Lap } from '../profile.ts';
import { type BoundCall, RELEASE, Team } from './team.ts';
import { maySleep, startThread, type Thread } from './thread.ts';
import type { BindMessage, TeamMessage } from './worker.ts';

const pools = new Map<number, Promise<Pool>>();

/** The pool of `threads` threads, the calling one included. A pool that failed is replaced by a new one. */
export async function poolOf(threads: number): Promise<Pool> {
  const running = pools.get(threads);
  if (running && !(await running).team.failed) return running;
  // Whoever came first while this call waited has put a new pool there.
  const latest = pools.get(threads);
  if (latest && latest !== running) return latest;
  const pool = Pool.start(threads);
  pools.set(threads, pool);
  pool.catch(() => pools.delete(threads));
  return pool;
}

/** Milliseconds of one kernel call after which a thread of which nothing can be told counts as ended. */
const LONGEST_SILENCE = 120_000;

/** The first thread that has ended, counted from 1 with the calling thread. */
function lostThread(workers: readonly Thread[], silence: number): number | undefined {
  const lost = workers.findIndex((worker) => {
    const state = worker.state();
    return state === 'ended' || (state === 'unknown' && silence >= LONGEST_SILENCE);
  });
  return lost < 0 ? undefined : lost + 2;
}

export class Pool {
  readonly team: Team;
  readonly #threads: readonly Thread[];
  #nextProgram = 0;
  /** Changes wait for each other, since each sends all workers back to their event loops and gathers them again. */
  #lastChange: Promise<void> = Promise.resolve();
  #changing = false;

  private constructor(team: Team, threads: readonly Thread[]) {
    this.team = team;
    this.#threads = threads;
  }

  static async start(threads: number): Promise<Pool> {
    const control = Team.controlBlock();
    const workers: Thread[] = [];
    const team = new Team(control, threads, 0, maySleep(), (silence) => lostThread(workers, silence));
    for (let thread = 2; thread <= threads; thread++) workers.push(startThread(() => team.lose(thread)));
    const pool = new Pool(team, workers);
    await pool.#tell((part) => ({ type: 'start', control, parts: threads, part }));
    return pool;
  }

  /**
   * Whether the workers take commands at the moment: not while they are told of programs, when a command would be
   * lost, and never again after a failure.
   */
  get ready(): boolean {
    return !this.#changing && !this.team.failed;
  }

  /** Runs a program with the whole team; `calls` are the slices of this thread. */
  run(program: number, calls: readonly BoundCall[], lap?: Lap): void {
    this.team.command(program);
    this.team.run(calls, lap);
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
    if (!this.team.failed) await this.#change({ type: 'unbind', base, count });
  }

  #change(message: TeamMessage): Promise<void> {
    this.#lastChange = this.#lastChange.then(async () => {
      this.#changing = true;
      this.team.command(RELEASE);
      await this.#tell(() => message);
      this.#changing = false;
    });
    return this.#lastChange;
  }

  async #tell(message: (part: number) => TeamMessage): Promise<void> {
    try {
      await Promise.all(this.#threads.map((thread, i) => thread.ask(message(i + 1))));
    } catch (error) {
      this.team.fail(error);
      for (const thread of this.#threads) thread.terminate();
      throw error;
    }
  }
}
