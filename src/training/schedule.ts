/**
 * Learning rates over a training run.
 *
 * A schedule is a function of the position alone, so that a resumed run needs nothing else.
 */
import { UsageError } from '../errors.ts';

export type ScheduleSpec =
  /** The same rate throughout. */
  | { type: 'constant' }
  /** Times `factor` (0.1 by default) after each `everyEpochs` (1 by default), at once: PyTorch's StepLR. */
  | { type: 'step'; factor?: number; everyEpochs?: number }
  /** Times `factor` (0.95 by default) over each `everyEpochs` (1 by default), little by little: Keras's ExponentialDecay. */
  | { type: 'exponential'; factor?: number; everyEpochs?: number }
  /**
   * From the rate to `finalFraction` of it (0 by default) along (1 − progress) to the power of `power` (1 by default,
   * a straight line): Keras's PolynomialDecay.
   */
  | { type: 'polynomial'; power?: number; finalFraction?: number }
  /**
   * Half a cosine from the rate to `finalFraction` of it, after a linear warm-up over `warmup` of the run. With
   * `restarts` there are so many more of them, each `cycleFactor` times as long (1 by default) and beginning
   * `peakFactor` times as high (1 by default) as the one before: Keras's CosineDecayRestarts with t_mul and m_mul.
   * Source: Loshchilov and Hutter, "SGDR", 2017.
   */
  | {
      type: 'cosine';
      warmup?: number;
      finalFraction?: number;
      restarts?: number;
      cycleFactor?: number;
      peakFactor?: number;
    }
  /**
   * Up along a cosine from 1/25 of the rate during the first `warmup` of the run (0.3 by default), then down along
   * another to nothing. Source: Smith and Topin, "Super-Convergence", 2018, in the form PyTorch gave it.
   */
  | { type: 'oneCycle'; warmup?: number };

/** Where in a run a step is. */
export interface StepPosition {
  /** From 0, since training began. */
  step: number;
  epochs: number;
  stepsPerEpoch: number;
}

const ONE_CYCLE_START = 1 / 25;
const ONE_CYCLE_END = ONE_CYCLE_START / 1e4;

/** The learning rate of a step, where `peak` is the highest. */
export function learningRateAt(schedule: ScheduleSpec, peak: number, position: StepPosition): number {
  const { step, epochs, stepsPerEpoch } = position;
  const last = Math.max(1, epochs * stepsPerEpoch - 1);
  const progress = Math.min(1, step / last);
  switch (schedule.type) {
    case 'constant':
      return peak;
    case 'step': {
      const { factor = 0.1, everyEpochs = 1 } = schedule;
      return peak * factor ** Math.floor(step / stepsPerEpoch / everyEpochs);
    }
    case 'exponential': {
      const { factor = 0.95, everyEpochs = 1 } = schedule;
      return peak * factor ** (step / stepsPerEpoch / everyEpochs);
    }
    case 'polynomial': {
      const { power = 1, finalFraction = 0 } = schedule;
      return peak * ((1 - finalFraction) * (1 - progress) ** power + finalFraction);
    }
    case 'cosine': {
      const { warmup = 0, finalFraction = 0 } = schedule;
      if (progress < warmup) return (peak * (step + 1)) / Math.max(1, warmup * last + 1);
      const { top, within } = cycleAt((progress - warmup) / Math.max(1e-12, 1 - warmup), schedule);
      return cosine(peak * (finalFraction + (1 - finalFraction) * top), peak * finalFraction, within);
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

/** How high the cycle begins that `progress` lies in, and how much of it is done. */
function cycleAt(
  progress: number,
  { restarts = 0, cycleFactor = 1, peakFactor = 1 }: Extract<ScheduleSpec, { type: 'cosine' }>,
): { top: number; within: number } {
  const lengths = Array.from({ length: restarts + 1 }, (_, cycle) => cycleFactor ** cycle);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  let at = progress * total;
  let cycle = 0;
  while (cycle < restarts && at >= lengths[cycle]) at -= lengths[cycle++];
  return { top: peakFactor ** cycle, within: at / lengths[cycle] };
}

type Range = readonly [least: number, most: number];

const SHARE: Range = [0, 1];
const MOST_EPOCHS = 1e6;

const OPTIONS: Record<ScheduleSpec['type'], Record<string, Range>> = {
  constant: {},
  step: { factor: SHARE, everyEpochs: [1e-3, MOST_EPOCHS] },
  exponential: { factor: SHARE, everyEpochs: [1e-3, MOST_EPOCHS] },
  polynomial: { power: [1e-3, 100], finalFraction: SHARE },
  cosine: {
    warmup: SHARE,
    finalFraction: SHARE,
    restarts: [0, 1000],
    cycleFactor: [0.01, 100],
    peakFactor: SHARE,
  },
  oneCycle: { warmup: SHARE },
};

/** Checks a schedule that came from JSON. */
export function checkSchedule(schedule: ScheduleSpec): void {
  const { type, ...rest } = schedule;
  if (!Object.hasOwn(OPTIONS, type)) {
    throw new UsageError(`There is no schedule "${type}"; there are ${Object.keys(OPTIONS).join(', ')}.`);
  }
  for (const [key, value] of Object.entries(rest)) {
    const range = OPTIONS[type][key];
    if (!range) throw new UsageError(`The schedule ${type} has no option "${key}".`);
    const isWhole = key !== 'restarts' || Number.isInteger(value);
    if (typeof value !== 'number' || !(value >= range[0] && value <= range[1]) || !isWhole) {
      throw new UsageError(
        `${key} of the schedule ${type} must be a${isWhole ? '' : ' whole'} number from ${range[0]} to ${range[1]}, not ${JSON.stringify(value)}.`,
      );
    }
  }
}
