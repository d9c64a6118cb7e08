/**
 * One suite for all operations: what `parity.test.ts` and `gradients.test.ts` walk over.
 *
 * Each operation's folder has a `cases.ts` that draws random layers of its kind with fast-check; the functions here
 * run one such layer through the engine and compare.
 */

import type { MixupSpec } from '../kernels/mixup/index.ts';
import { type FloatArray, sizeOf } from '../kernels/operation.ts';
import { Purpose, RandomStream } from '../kernels/random/reference.ts';
import { type CompileOptions, compile } from '../src/engine/compile.ts';
import type { Executable } from '../src/engine/executable.ts';
import type { LayerSpec } from '../src/model/layers.ts';

/** A layer to try: with the shape of one example, and how many of them. */
export interface Case {
  layers: LayerSpec[];
  input: number[];
  mixup?: MixupSpec;
  batch: number;
  seed: number;
}

/** The layer alone, with its input's gradient and a gradient from outside in place of a loss. */
export function compileCase(
  { layers, input, batch, mixup }: Case,
  options: Partial<CompileOptions>,
): Promise<Executable> {
  return compile({ input, layers }, { batch, mode: 'train', inputGradient: true, mixup, ...options });
}

/**
 * Fills inputs, parameters and the outer gradient. Inputs are a shuffled ladder of distinct values, evenly spaced
 * around zero but never on it, so that no finite difference crosses a kink of ReLU or changes a maximum.
 */
export function fillCase(executable: Executable, seed: number): void {
  const random = new RandomStream(seed, Purpose.synthetic);
  ladder(executable.input, random);
  const { parameters, state, tensors } = executable.plan;
  const weights = [...parameters, ...state].map(({ name, tensor }): [string, Float32Array] => {
    const [low, high] = name.endsWith('runningVariance') ? [0.5, 2] : [-1, 1];
    return [name, new Float32Array(sizeOf(tensors[tensor].shape)).map(() => random.between(low, high))];
  });
  executable.writeWeights(new Map(weights));
  for (let i = 0; i < executable.outputGradient.length; i++) {
    executable.outputGradient[i] = Math.fround(random.between(-1, 1));
  }
}

function ladder(values: FloatArray, random: RandomStream): void {
  const { length } = values;
  for (let i = 0; i < length; i++) values[i] = Math.fround((4 * (i + 0.5)) / length - 2 + 1 / (4 * length));
  random.shuffle(values);
}

/** All that a layer computes, by name: outputs of both modes, every gradient, and its state after one step. */
export async function resultsOf(executable: Executable, seed: number): Promise<Map<string, FloatArray>> {
  const results = new Map<string, FloatArray>();
  executable.infer();
  results.set('output at inference', await executable.read('output'));
  executable.differentiate(seed, 3);
  results.set('output in training', await executable.read('trainingOutput'));
  results.set('gradient of the input', await executable.read('inputGradient'));
  for (const [name, values] of await executable.readGradients()) results.set(`gradient of ${name}`, values);
  const weights = await executable.readWeights();
  for (const { name } of executable.plan.state) results.set(name, weights.get(name) as FloatArray);
  return results;
}

function rootMeanSquare(values: FloatArray): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i] ** 2;
  return Math.sqrt(squares / Math.max(1, values.length));
}

/**
 * Largest difference between two arrays, relative to the size of the values: to each value itself or, where that is
 * smaller, to what is typical, by default the root of the mean square of all, since a sum that cancels keeps the
 * rounding of its terms.
 */
export function relativeError(
  actual: FloatArray,
  expected: FloatArray,
  typical = rootMeanSquare(expected),
): number {
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i] - expected[i]);
    if (difference === 0) continue;
    const error = difference / Math.max(Math.abs(expected[i]), typical, 1e-30);
    // A NaN on either side compares false with everything, and must count as wrong.
    if (!(error <= worst)) worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }
  return worst;
}

/** Compares a case with the reference in double precision: worst relative error, by name. WebAssembly by default. */
export async function parityErrors(
  trial: Case,
  options: Partial<CompileOptions> = {},
): Promise<Map<string, number>> {
  const subject = await compileCase(trial, { backend: 'wasm', ...options });
  const reference = await compileCase(trial, { backend: 'reference', precision: 64 });
  for (const executable of [subject, reference]) fillCase(executable, trial.seed);
  const actual = await resultsOf(subject, trial.seed);
  const results = new Map(
    [...(await resultsOf(reference, trial.seed))].map(([name, values]) => [name, values.slice()]),
  );
  const sizes = await typicalSizes(reference, trial.seed, results);
  const errors = new Map<string, number>();
  for (const [name, expected] of results) {
    errors.set(name, relativeError(actual.get(name) as FloatArray, expected, sizes.get(name)));
  }
  await subject.dispose();
  return errors;
}

/** Values of a tensor that may all be sums that happen to cancel, such as the gradient of a single bias. */
const FEW = 4;
/** How often such a tensor is computed again, from other numbers, to see how large it usually is. */
const REDRAWN = 4;

/** What is typical of each result, by name: its own root mean square or, of few values, also that of other draws. */
async function typicalSizes(
  reference: Executable,
  seed: number,
  results: ReadonlyMap<string, FloatArray>,
): Promise<Map<string, number>> {
  const draws = new Map([...results].map(([name, values]) => [name, [rootMeanSquare(values)]]));
  if ([...results.values()].some(({ length }) => length <= FEW)) {
    for (let again = 1; again <= REDRAWN; again++) {
      fillCase(reference, seed + again);
      for (const [name, values] of await resultsOf(reference, seed)) {
        if (values.length <= FEW) draws.get(name)?.push(rootMeanSquare(values));
      }
    }
  }
  return new Map([...draws].map(([name, sizes]) => [name, rootMeanSquare(Float64Array.from(sizes))]));
}

/** Values of a tensor that are tried: all of a small one, else so many, spread at random. */
const TRIED = 64;

function some(count: number, seed: number): ArrayLike<number> & Iterable<number> {
  const all = Uint32Array.from({ length: count }, (_, i) => i);
  new RandomStream(seed, Purpose.shuffle).shuffle(all);
  return all.subarray(0, TRIED);
}

/**
 * Compares every gradient of a case with central differences in double precision. The function differentiated is the
 * sum of the outputs, weighted by the outer gradient. Returns the worst relative error, by name.
 */
export async function gradientErrors(trial: Case): Promise<Map<string, number>> {
  const executable = await compileCase(trial, { backend: 'reference', precision: 64 });
  fillCase(executable, trial.seed);
  executable.differentiate(trial.seed, 0);
  const inputs: [string, FloatArray, FloatArray][] = [
    ['input', executable.input, executable.inputGradient.slice()],
    ...[...executable.gradients()].map(([name, gradient]): [string, FloatArray, FloatArray] => [
      name,
      executable.weights().get(name) as FloatArray,
      gradient.slice(),
    ]),
  ];
  const objective = () => {
    executable.forward(trial.seed, 0);
    const { trainingOutput, outputGradient } = executable;
    let sum = 0;
    for (let i = 0; i < trainingOutput.length; i++) sum += trainingOutput[i] * outputGradient[i];
    return sum;
  };
  const errors = new Map<string, number>();
  for (const [name, values, gradient] of inputs) {
    const numeric = gradient.slice();
    for (const i of some(values.length, trial.seed)) {
      const value = values[i];
      const step = 1e-5;
      values[i] = value + step;
      const above = objective();
      values[i] = value - step;
      const below = objective();
      values[i] = value;
      numeric[i] = (above - below) / (2 * step);
    }
    errors.set(name, relativeError(gradient, numeric));
  }
  return errors;
}
