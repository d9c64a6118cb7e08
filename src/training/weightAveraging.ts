/**
 * Averaged weights: a second set of parameters that follows those being trained as an exponentially weighted mean,
 *
 *   average ← kept · average + (1 − kept) · parameters
 *
 * which lies in the middle of where the steps jump about, and mostly reads better than any point of the path. Step s,
 * counted from 1, has kept = min(decay, s / (s + 9)), so that the start is soon forgotten. Where the average is updated
 * only after every k-th step, it keeps keptᵏ, which follows the same path at a k-th of the cost.
 *
 * The running statistics of batch norm belong to the weights that made them, not to an average of weights. So whenever
 * the average takes the place of the trained weights, they are estimated anew: training batches run forward, as in a
 * training step, and the statistics of all batches count alike.
 *
 * Sources: Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", 1992; the warm-up is that of
 * TensorFlow's ExponentialMovingAverage; the statistics are those of Izmailov et al., "Averaging weights leads to wider
 * optima and better generalization", 2018, section 3.2, as PyTorch's `update_bn` takes them.
 */
import type { Executable } from '../engine/executable.ts';
import { InklingError, UsageError } from '../errors.ts';
import { nearest } from '../suggestion.ts';

export interface WeightAveragingSpec {
  /** Share of the average that a step keeps in the long run; 0.999 by default. */
  decay?: number;
  /** Steps from one update of the average to the next; 8 by default. */
  everySteps?: number;
  /** Training examples that batch norm's statistics are estimated from; 4,096 by default. */
  statisticsExamples?: number;
}

export const WEIGHT_AVERAGING_DEFAULTS = {
  decay: 0.999,
  everySteps: 8,
  statisticsExamples: 4096,
} as const satisfies Required<WeightAveragingSpec>;

const KEYS = Object.keys(WEIGHT_AVERAGING_DEFAULTS);

/** How names of the averages begin in a checkpoint. */
const PREFIX = 'average.';

/** Checks and completes a specification that people wrote. */
export function checkWeightAveraging(spec: WeightAveragingSpec): Required<WeightAveragingSpec> {
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) {
    throw new UsageError(`weightAveraging must be an object with ${KEYS.join(', ')}, or {}.`);
  }
  const unknown = Object.keys(spec).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    const near = nearest(unknown, KEYS);
    throw new UsageError(
      `weightAveraging has no "${unknown}"; ${near ? `did you mean ${near}?` : `it takes ${KEYS.join(', ')}.`}`,
    );
  }
  const complete = { ...WEIGHT_AVERAGING_DEFAULTS, ...spec };
  const { decay } = complete;
  if (!(typeof decay === 'number' && decay >= 0 && decay < 1)) {
    throw new UsageError(
      `decay of weightAveraging must be a number from 0 to below 1, not ${JSON.stringify(decay)}.`,
    );
  }
  for (const key of ['everySteps', 'statisticsExamples'] as const) {
    if (Number.isSafeInteger(complete[key]) && complete[key] >= 1) continue;
    throw new UsageError(
      `${key} of weightAveraging must be a whole number from 1, not ${JSON.stringify(complete[key])}.`,
    );
  }
  return complete;
}

/** What the update after `steps` steps keeps of the average. */
export function keptShare({ decay, everySteps }: Required<WeightAveragingSpec>, steps: number): number {
  return Math.min(decay, steps / (9 + steps)) ** everySteps;
}

/** Runs the forward pass of a training step on statistics batch number `index`. */
type RunForward = (index: number) => void;

/** The average of an executable's parameters, and its taking their place. */
export class WeightAverage {
  readonly #spec: Required<WeightAveragingSpec>;
  /** Changes where a graphics card was lost. */
  executable: Executable;
  readonly #batches: number;
  readonly #runForward: RunForward;
  /** Of each parameter. */
  readonly #averages = new Map<string, Float32Array>();
  /** What is being trained, while the average stands in its place. */
  #trained?: Map<string, Float32Array>;

  /** @param batches how many there are to estimate statistics from. */
  constructor(spec: WeightAveragingSpec, executable: Executable, batches: number, runForward: RunForward) {
    this.#spec = checkWeightAveraging(spec);
    this.executable = executable;
    this.#batches = batches;
    this.#runForward = runForward;
  }

  /** Parameters and running statistics that are being trained, whether or not the average stands in their place. */
  async trained(): Promise<ReadonlyMap<string, ArrayLike<number>>> {
    return this.#trained ?? this.executable.readWeights();
  }

  /** Begins anew with the weights that the executable holds, which are those to be trained, too. */
  async begin(): Promise<void> {
    const weights = await this.#read();
    for (const { name } of this.executable.plan.parameters)
      this.#averages.set(name, weights.get(name)!.slice());
    if (this.#trained) this.#trained = weights;
  }

  /** To be called after each step, with the number of steps since training began. */
  async afterStep(steps: number): Promise<void> {
    if (steps % this.#spec.everySteps !== 0) return;
    const share = 1 - keptShare(this.#spec, steps);
    const weights = await this.executable.readWeights();
    for (const [name, average] of this.#averages) follow(average, weights.get(name)!, share);
  }

  /** Puts the average, with statistics of its own, where the trained weights are. */
  async show(): Promise<void> {
    if (this.#trained) return;
    this.#trained = await this.#read();
    const shown = new Map([...this.#trained, ...this.#averages]);
    this.executable.writeWeights(shown, 'The average');
    await this.#estimateStatistics(shown);
  }

  /** Puts the trained weights back. */
  async hide(): Promise<void> {
    if (!this.#trained) return;
    this.executable.writeWeights(this.#trained, 'The average');
    this.#trained = undefined;
  }

  /** Adds what a checkpoint needs beside the trained weights. */
  save(tensors: Map<string, Float32Array>): void {
    for (const [name, average] of this.#averages) tensors.set(PREFIX + name, Float32Array.from(average));
  }

  /** Goes on from a checkpoint whose trained weights the executable holds already. */
  async restore(tensors: ReadonlyMap<string, Float32Array>): Promise<void> {
    this.#trained = undefined;
    await this.begin();
    for (const [name, average] of this.#averages) {
      const stored = tensors.get(PREFIX + name);
      if (stored?.length !== average.length) {
        throw new InklingError(`The checkpoint lacks the tensor "${PREFIX}${name}".`);
      }
      average.set(stored);
    }
  }

  /**
   * A forward pass keeps `momentum` of the running statistics and adds (1 − momentum) of its batch's: from zero, what it
   * leaves is the batch's own, times that.
   */
  async #estimateStatistics(shown: ReadonlyMap<string, Float32Array>): Promise<void> {
    const { plan } = this.executable;
    const names = new Map(plan.state.map(({ name, tensor }) => [tensor, name]));
    const statistics = plan.forward.flatMap(({ tensors, attributes }) =>
      Object.values(tensors)
        .filter((tensor) => names.has(tensor))
        .map((tensor) => ({
          name: names.get(tensor)!,
          share: 1 - (attributes as { momentum: number }).momentum,
        })),
    );
    if (statistics.length === 0) return;
    const size = (name: string) => shown.get(name)!.length;
    const blank = new Map([
      ...shown,
      ...statistics.map(({ name }): [string, Float32Array] => [name, new Float32Array(size(name))]),
    ]);
    const sums = statistics.map(({ name }) => new Float64Array(size(name)));
    for (let batch = 0; batch < this.#batches; batch++) {
      this.executable.writeWeights(blank, 'The average');
      this.#runForward(batch);
      const weights = await this.executable.readWeights();
      statistics.forEach(({ name }, i) => {
        const values = weights.get(name)!;
        for (let c = 0; c < values.length; c++) sums[i][c] += values[c];
      });
    }
    const estimated = new Map(shown);
    statistics.forEach(({ name, share }, i) => {
      estimated.set(
        name,
        Float32Array.from(sums[i], (sum) => sum / (this.#batches * share)),
      );
    });
    this.executable.writeWeights(estimated, 'The average');
  }

  async #read(): Promise<Map<string, Float32Array>> {
    const weights = await this.executable.readWeights();
    return new Map([...weights].map(([name, values]) => [name, Float32Array.from(values)]));
  }
}

/** Moves each value of `average` by `share` of the way to that of `values`. */
function follow(average: Float32Array, values: ArrayLike<number>, share: number): void {
  for (let i = 0; i < average.length; i++) average[i] += share * (values[i] - average[i]);
}
