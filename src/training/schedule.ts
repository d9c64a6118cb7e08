/**
 * Learning rates over a training run.
 *
 * A schedule is a function of the step alone, so that a resumed run needs nothing but its position.
 */
import { UsageError } from '../errors.ts';

export type ScheduleSpec =
  /** The same rate throughout. */
  | { type: 'constant' }
  /** Half a cosine from the rate to `finalFraction` of it, after a linear warm-up over `warmup` of the run. */
  | { type: 'cosine'; warmup?: number; finalFraction?: number }
  /**
   * Up along a cosine from 1/25 of the rate during the first `warmup` of the run (0.3 by default), then down along
   * another to nothing. Source: Smith and Topin, "Super-Convergence", 2018, in the form PyTorch gave it.
   */
  | { type: 'oneCycle'; warmup?: number };

const ONE_CYCLE_START = 1 / 25;
const ONE_CYCLE_END = ONE_CYCLE_START / 1e4;

/** The learning rate of step `step` of `steps`, counted from 0, where `peak` is the highest. */
export function learningRateAt(schedule: ScheduleSpec, peak: number, step: number, steps: number): number {
  const progress = Math.min(1, step / Math.max(1, steps - 1));
  switch (schedule.type) {
    case 'constant':
      return peak;
    case 'cosine': {
      const { warmup = 0, finalFraction = 0 } = schedule;
      if (progress < warmup) return (peak * (step + 1)) / Math.max(1, warmup * (steps - 1) + 1);
      return cosine(peak, peak * finalFraction, (progress - warmup) / Math.max(1e-12, 1 - warmup));
    }
    case 'oneCycle': {
      const { warmup = 0.3 } = schedule;
      if (progress < warmup) return cosine(peak * ONE_CYCLE_START, peak, progress / warmup);
      return cosine(peak, peak * ONE_CYCLE_END, (progress - warmup) / Math.max(1e-12, 1 - warmup));
    }
  }
}

/** From `start` to `end` along half a cosine. */
function cosine(start: number, end: number, progress: number): number {
  return end + ((start - end) * (1 + Math.cos(Math.PI * Math.min(1, progress)))) / 2;
}

/** Checks a schedule that came from JSON. */
export function checkSchedule(schedule: ScheduleSpec): void {
  const known = { constant: [], cosine: ['warmup', 'finalFraction'], oneCycle: ['warmup'] } as Record<
    string,
    string[]
  >;
  const { type, ...rest } = schedule;
  if (!Object.hasOwn(known, type)) {
    throw new UsageError(`There is no schedule "${type}"; there are ${Object.keys(known).join(', ')}.`);
  }
  for (const [key, value] of Object.entries(rest)) {
    if (!known[type].includes(key)) throw new UsageError(`The schedule ${type} has no option "${key}".`);
    if (typeof value !== 'number' || !(value >= 0 && value <= 1)) {
      throw new UsageError(
        `${key} of the schedule ${type} must be a number from 0 to 1, not ${JSON.stringify(value)}.`,
      );
    }
  }
}
