/**
 * Timing that survives a noisy machine.
 *
 * Contestants take turns, A B C A B C, so that a slow moment hits all of them; each is warmed up first, since engines
 * compile while they run; the median is what counts, and the spread says how far to trust it. A turn is as many runs
 * as fill some milliseconds: the first runs after a change of contestants find cold caches and sleeping threads.
 */

export interface LocalContestant {
  name: string;
  run(): void | Promise<void>;
  /** Waits, after the runs of a turn, until all of them are done: a graphics card takes work ahead of time. */
  settle?(): Promise<void>;
}

/** One that lives elsewhere and measures its own time. */
export interface RemoteContestant {
  name: string;
  /** Milliseconds that so many runs took, one after the other. */
  time(runs: number): Promise<number>;
  /** Milliseconds of a run, as far as they are known. One that takes too long runs once, and not to warm up. */
  expected?: number;
}

export type Contestant = LocalContestant | RemoteContestant;

export interface Timing {
  name: string;
  /** Of one run: the median of all turns. */
  milliseconds: number;
  fastest: number;
  slowest: number;
  /** Turns that count. */
  repeats: number;
}

export interface TimingOptions {
  /** Turns that count for each contestant, at least. */
  repeats: number;
  /** Seconds that each contestant may take; it has fewer turns if it needs longer, but at least three. */
  secondsEach: number;
  /** Milliseconds that a turn should fill; 0 by default, for turns of one run. */
  turn?: number;
  onTurn?(done: number, all: number): void;
}

/** What a contestant does: so many turns of so many runs. */
interface Schedule {
  turns: number;
  runs: number;
  /** Times measured already. */
  measured: number[];
}

const LEAST_REPEATS = 3;
const MOST_RUNS = 10_000;
const WARM_UP_SHARE = 0.3;
/** Between contestants: threads that wait for more work in a loop give up after some milliseconds. */
const PAUSE = 40;

export async function takeTurns(
  contestants: readonly Contestant[],
  options: TimingOptions,
): Promise<Timing[]> {
  const schedules: Schedule[] = [];
  for (const contestant of contestants) schedules.push(await warmUp(contestant, options));
  const times = schedules.map(({ measured }) => measured);
  const turns = Math.max(...schedules.map((schedule) => schedule.turns));
  for (let turn = 0; turn < turns; turn++) {
    for (const [i, contestant] of contestants.entries()) {
      if (turn >= schedules[i].turns) continue;
      if (contestants.length > 1) await new Promise((resolve) => setTimeout(resolve, PAUSE));
      const { runs } = schedules[i];
      times[i].push((await time(contestant, runs)) / runs);
    }
    options.onTurn?.(turn + 1, turns);
  }
  return contestants.map(({ name }, i) => ({ name, ...summarise(times[i]) }));
}

/** Runs until engines have settled, and says what fits into the time. */
async function warmUp(contestant: Contestant, options: TimingOptions): Promise<Schedule> {
  const { repeats, secondsEach, turn = 0 } = options;
  const all = secondsEach * 1000;
  const isSlow = (milliseconds: number) => milliseconds * (LEAST_REPEATS + 1) > all;
  let [spent, runs] = [0, 1];
  let last = 0;
  if ('expected' in contestant && isSlow(contestant.expected ?? 0)) {
    last = await time(contestant, 1);
    if (isSlow(last)) return { turns: 0, runs: 1, measured: [last] };
    spent = last;
  }
  do {
    last = (await time(contestant, runs)) / runs;
    spent += last * runs;
    runs = Math.max(1, Math.min(MOST_RUNS, Math.ceil(turn / last)));
  } while (spent < all * WARM_UP_SHARE);
  const turns = Math.max(LEAST_REPEATS, Math.min(repeats, Math.floor((all - spent) / (last * runs))));
  return { turns, runs, measured: [] };
}

async function time(contestant: Contestant, runs: number): Promise<number> {
  if ('time' in contestant) return contestant.time(runs);
  const started = performance.now();
  for (let run = 0; run < runs; run++) {
    const pending = contestant.run();
    // Awaiting what is done already would still cost a turn of the event loop.
    if (pending) await pending;
  }
  await contestant.settle?.();
  return performance.now() - started;
}

/** The median of some times, in milliseconds, and how far they are spread. */
export function summarise(times: readonly number[]): Omit<Timing, 'name'> {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return {
    milliseconds: median,
    fastest: sorted[0],
    slowest: sorted[sorted.length - 1],
    repeats: sorted.length,
  };
}
