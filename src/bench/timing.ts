/**
 * Timing that survives a noisy machine.
 *
 * Contestants take turns, A B C A B C, so that a slow moment hits all of them; each is warmed up first, since engines
 * compile while they run; the median is what counts, and the spread says how far to trust it.
 */

export interface Contestant {
  name: string;
  run(): void | Promise<void>;
}

export interface Timing {
  name: string;
  /** Median. */
  milliseconds: number;
  fastest: number;
  slowest: number;
  repeats: number;
}

export interface TimingOptions {
  /** Turns that count for each contestant, at least. */
  repeats: number;
  /** Seconds that each contestant may take; it has fewer turns if it needs longer, but at least three. */
  secondsEach: number;
  onTurn?(done: number, all: number): void;
}

const LEAST_REPEATS = 3;
const WARM_UP_SHARE = 0.3;

export async function takeTurns(
  contestants: readonly Contestant[],
  options: TimingOptions,
): Promise<Timing[]> {
  const { repeats, secondsEach, onTurn } = options;
  const wanted: number[] = [];
  for (const contestant of contestants) wanted.push(await warmUp(contestant, secondsEach, repeats));
  const times = contestants.map((): number[] => []);
  const turns = Math.max(...wanted);
  for (let turn = 0; turn < turns; turn++) {
    for (const [i, contestant] of contestants.entries()) {
      if (turn < wanted[i]) times[i].push(await timeOnce(contestant));
    }
    onTurn?.(turn + 1, turns);
  }
  return contestants.map(({ name }, i) => ({ name, ...summary(times[i]) }));
}

/** Runs until engines have settled, and says how many turns fit into the time. */
async function warmUp(contestant: Contestant, seconds: number, repeats: number): Promise<number> {
  const budget = seconds * 1000 * WARM_UP_SHARE;
  let [spent, last] = [0, 0];
  do {
    last = await timeOnce(contestant);
    spent += last;
  } while (spent < budget);
  return Math.max(LEAST_REPEATS, Math.min(repeats, Math.floor((seconds * 1000 - spent) / last)));
}

async function timeOnce(contestant: Contestant): Promise<number> {
  const started = performance.now();
  const pending = contestant.run();
  // Awaiting what is done already would still cost a turn of the event loop.
  if (pending) await pending;
  return performance.now() - started;
}

function summary(times: readonly number[]): Omit<Timing, 'name'> {
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
