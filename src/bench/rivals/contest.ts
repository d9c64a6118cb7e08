/**
 * Setting rivals up for one case. Each first shows on a few examples that it computes what we compute: a fast engine
 * that is wrong has won nothing. The same trial tells how long the case will take, so that nobody waits an hour for it.
 */
import { InklingError } from '../../errors.ts';
import { foldBatchNorm, type WeightedModel } from '../../model/fold.ts';
import type { WeightTensor } from '../../model/network.ts';
import { encodeOnnx } from '../../model/onnx.ts';
import { portableModel } from '../../model/portable.ts';
import type { Peak } from '../peak.ts';
import { forComparison, LEARNING_RATE, resultsOf, type Subject, type Workload } from '../subject.ts';
import type { RemoteContestant } from '../timing.ts';
import type { Rival } from './catalogue.ts';
import { RivalProcess } from './process.ts';
import { encodeFloats, type PrepareRequest, type WireWeight } from './protocol.ts';

/** A rival that is ready to be timed. */
export interface Contender extends RemoteContestant {
  engine: string;
  version: string;
  threads: number;
  /** The graphics card that computes, if one does. */
  device?: string;
  /** What that card can do at most, where it was measured. */
  peak?: Peak;
  /** The engine of ours that its time is held against, where that is not the one in this process. */
  beside?: string;
  /** Largest difference between its results and ours in the trial. */
  difference: number;
}

/** A rival that is not timed, and why. */
export interface Declined {
  engine: string;
  threads: number;
  skipped: string;
}

const TRIAL_EXAMPLES = 8;
const TRIAL_STEPS: Record<Workload, number> = { infer: 2, train: 2 };
/** Relative; engines add in different orders, but none rounds this much. */
const TOLERANCE = 1e-3;
/** In milliseconds: the least that a rival is given to load and to show what it computes. */
const PREPARE_LIMIT = 60_000;

export class Contest {
  readonly #rivals: readonly Rival[];
  /** The longest that one step may take, in milliseconds. */
  readonly #stepLimit: number;
  readonly #processes = new Map<string, RivalProcess>();

  constructor(rivals: readonly Rival[], stepLimitSeconds: number) {
    this.#rivals = rivals;
    this.#stepLimit = stepLimitSeconds * 1000;
  }

  /** Prepares every rival for a case, on each number of threads it can use. */
  async enter(subject: Subject, threads: readonly number[]): Promise<(Contender | Declined)[]> {
    const entries: (Contender | Declined)[] = [];
    if (this.#rivals.length === 0) return entries;
    const trial = forComparison(subject, Math.min(subject.batch, TRIAL_EXAMPLES));
    const expected = await resultsOf(trial, TRIAL_STEPS[subject.workload], { threads: 1 });
    for (const rival of this.#rivals) {
      for (const count of rival.singleThreaded ? [1] : threads) {
        entries.push(await this.#enterOne(rival, count, subject, trial, expected));
      }
    }
    return entries;
  }

  close(): void {
    for (const process of this.#processes.values()) process.close();
    this.#processes.clear();
  }

  async #enterOne(
    rival: Rival,
    threads: number,
    subject: Subject,
    trial: Subject,
    expected: readonly number[][],
  ): Promise<Contender | Declined> {
    const decline = (skipped: string): Declined => ({ engine: rival.name, threads, skipped });
    const reason = rival.cannot?.[subject.workload];
    if (reason) return decline(reason);
    const limit = Math.max(PREPARE_LIMIT, this.#stepLimit);
    const process = await this.#process(rival, threads);
    if (typeof process === 'string') return decline(process);
    try {
      const shown = await process.prepare(requestFor(rival, trial, threads, expected.length), limit);
      const difference = worstDifference(shown.results, expected);
      if (!(difference < TOLERANCE)) {
        return decline(`its results differ from ours by ${difference.toExponential(1)}, so it is not timed`);
      }
      const step = (shown.milliseconds * subject.batch) / trial.batch;
      if (step > this.#stepLimit) {
        return decline(`a step would take it some ${Math.round(step / 1000)} s, which is not waited for`);
      }
      const ready = await process.prepare(requestFor(rival, subject, threads, 0), limit);
      const { version, threads: used, device, peak } = ready;
      return {
        ...{ name: `${rival.name} on ${used}`, engine: rival.name, version, threads: used, difference },
        ...{ device, peak, beside: rival.beside, expected: step },
        time: (runs) => process.run(rival.name, runs),
      };
    } catch (error) {
      if (error instanceof InklingError) return decline(error.message);
      throw error;
    }
  }

  /** The process that runs a rival on so many threads; one serves all cases, and may serve several rivals. */
  async #process(rival: Rival, threads: number): Promise<RivalProcess | string> {
    const key = `${rival.home ?? rival.name} ${threads}`;
    const known = this.#processes.get(key);
    if (known && !known.ended) return known;
    const command = await rival.command(threads);
    if (typeof command === 'string') return command;
    const process = new RivalProcess(command);
    this.#processes.set(key, process);
    return process;
  }
}

function requestFor(rival: Rival, subject: Subject, threads: number, trialSteps: number): PrepareRequest {
  const { workload, batch, labels } = subject;
  // Whoever deploys a network folds its batch norms, or has them folded, as our engine does by itself: nobody is timed with them at inference.
  const source = workload === 'infer' && !rival.isOurs ? foldBatchNorm(subject) : subject;
  const pixels = encodeFloats(inLayout(subject, rival.layout));
  return {
    ...{ type: 'prepare', engine: rival.name, workload, batch, threads, learningRate: LEARNING_RATE },
    ...{ labels, pixels, trialSteps, ...networkFor(rival, source) },
  };
}

/** A network in the form that a rival takes. */
function networkFor(rival: Rival, source: WeightedModel): Pick<PrepareRequest, 'model' | 'onnx' | 'network'> {
  if (rival.isOurs) {
    const weights = [...source.weights].map(([name, tensor]) => [name, wireWeight(tensor)]);
    return { network: { model: source.model, weights: Object.fromEntries(weights) } };
  }
  const model = portableModel(source, rival.layout);
  if (rival.readsOnnx) {
    const onnx = Buffer.from(encodeOnnx(source, { probabilities: false })).toString('base64');
    return { onnx, model: { ...model, steps: [] } };
  }
  const steps = model.steps.map((step) => ({
    ...step,
    weights: Object.fromEntries(
      Object.entries(step.weights).map(([role, weight]) => [role, wireWeight(weight)]),
    ),
  }));
  return { model: { ...model, steps } };
}

const wireWeight = ({ shape, values }: WeightTensor): WireWeight => ({ shape, values: encodeFloats(values) });

/** The pixels with channels where the rival wants them. */
function inLayout({ model, pixels }: Subject, layout: Rival['layout']): Float32Array {
  const channels = model.input[2] ?? 1;
  if (layout === 'channelsLast' || channels === 1) return pixels;
  const size = model.input[0] * model.input[1];
  const place = (i: number) => {
    const image = Math.floor(i / (size * channels));
    const [channel, pixel] = [Math.floor(i / size) % channels, i % size];
    return (image * size + pixel) * channels + channel;
  };
  return pixels.map((_, i) => pixels[place(i)]);
}

/** Relative to the typical size of the values of each step. */
export function worstDifference(actual: readonly number[][], expected: readonly number[][]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (const [step, values] of expected.entries()) {
    if (actual[step].length !== values.length) return Number.POSITIVE_INFINITY;
    const typical = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length) + 1e-6;
    for (const [i, value] of values.entries()) {
      const difference = Math.abs(actual[step][i] - value) / typical;
      // NaN compares false with everything, and must count as wrong.
      if (!(difference <= worst)) worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
    }
  }
  return worst;
}
