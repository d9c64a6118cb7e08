/**
 * The check of compiled kernels at start-up: a small network that touches every hot kernel, with sizes that fit no tile,
 * must give on them what it gives on the reference.
 *
 * Kernels for training take one step, which the reference takes beside them. A network that only answers is checked by
 * its answers, which for the same pictures and weights are always the same: so they are written down here, and a single
 * picture need not wait until the reference, which is slow and not yet compiled then, has found them again.
 */
import { type FloatArray, sizeOf } from '../../../kernels/operation.ts';
import { Purpose, RandomStream } from '../../../kernels/random/reference.ts';
import { InklingError } from '../../errors.ts';
import { batchNorm, conv2d, dense, flatten, type ModelSpec, maxPool2d, relu } from '../../model/layers.ts';
import { weightShapes } from '../../model/network.ts';
import { Executable } from '../executable.ts';
import type { PlanOptions, SourceOptions } from '../plan.ts';
import { buildPlan } from '../planner.ts';
import { bindWasm } from './bind.ts';
import type { KernelModule } from './module.ts';

/** Largest difference to the reference, relative to the typical value of a tensor. */
const TOLERANCE = 1e-3;

/** What a level computes differs from the reference. */
export class WrongResults extends InklingError {}

/** Pictures whose augmentation is checked: all kinds of it at once. */
const CHECK_SOURCE: SourceOptions = {
  examples: 3,
  normalisation: { mean: 0.4, deviation: 0.6 },
  augmentation: {
    ...{ rotation: 30, scale: 0.2, shear: 0.2, shift: 1, elastic: 1, elasticSpacing: 3, thickness: 1 },
    ...{ contrast: 0.3, brightness: 0.2, noise: 0.1, cutOut: 2 },
    ...{ outline: 0.5, lines: 2, negative: 0.5 },
  },
};

/** Single-channel, direct and Winograd convolutions, whole and partial tiles, and what stands between them. */
const CHECK_MODEL: ModelSpec = {
  input: [24, 16, 1],
  layers: [
    conv2d({ filters: 8, kernelSize: 3, padding: 'same' }),
    relu(),
    maxPool2d({ poolSize: 2 }),
    conv2d({ filters: 1, kernelSize: 3, padding: 'same' }),
    conv2d({ filters: 32, kernelSize: 3, padding: 'same', useBias: false }),
    batchNorm(),
    relu(),
    maxPool2d({ poolSize: 2 }),
    conv2d({ filters: 32, kernelSize: 3, padding: 'same' }),
    relu(),
    maxPool2d({ poolSize: 2 }),
    conv2d({ filters: 9, kernelSize: 3, stride: 2, padding: 'same' }),
    maxPool2d({ poolSize: 2, padding: 'same' }),
    flatten(),
    dense({ units: 7 }),
  ],
};

/** What the reference answers in `infer`; a test holds it to that. */
export const CHECK_ANSWERS: readonly number[] = [
  -0.12101169, 0.51045302, 0.063875671, -0.3827017, 1.1353047, -0.16953629, -0.81479466, -0.114654,
  0.52169977, 0.082534845, -0.3566301, 1.1150255, -0.19766129, -0.83376283,
];

/** Of the check: some gradients take a tile full of pictures at a time. */
const PLANS: Record<PlanOptions['mode'], PlanOptions> = {
  infer: { batch: 2, mode: 'infer' },
  train: {
    batch: 6,
    mode: 'train',
    loss: { type: 'softmaxCrossEntropy' },
    optimizer: { type: 'sgd' },
    source: CHECK_SOURCE,
    mixup: { alpha: 1 },
  },
};

/** Throws where compiled kernels refuse the check or give something else. */
export async function selfCheck(kernels: KernelModule, mode: 'train' | 'infer'): Promise<void> {
  const expected = mode === 'infer' ? new Map([['output', CHECK_ANSWERS]]) : await referenceResults(mode);
  const plan = buildPlan(CHECK_MODEL, { ...PLANS[mode], fuse: true });
  const actual = resultsOf(new Executable(plan, await bindWasm(plan, kernels, 1)));
  for (const [name, values] of expected) {
    const error = worstError(actual.get(name) as FloatArray, values);
    if (!(error < TOLERANCE)) {
      throw new WrongResults(`Its ${name} differs from the reference by ${error.toExponential(1)}.`);
    }
  }
}

/** What the check makes of tensors on the reference. */
export async function referenceResults(mode: 'train' | 'infer'): Promise<Map<string, FloatArray>> {
  const { bindReference } = await import('../reference.ts');
  const plan = buildPlan(CHECK_MODEL, PLANS[mode]);
  return resultsOf(new Executable(plan, bindReference(plan, 64)));
}

/** Everything that comes out of the check. */
function resultsOf(executable: Executable): Map<string, FloatArray> {
  const results = executable.plan.mode === 'train' ? trainOnce(executable) : new Map<string, FloatArray>();
  if (executable.plan.mode === 'infer') {
    executable.writeWeights(patternedWeights());
    fillPattern(executable.input, 1);
  }
  executable.infer();
  return results.set('output', executable.output);
}

/** What one step makes of random weights and pictures. */
function trainOnce(executable: Executable): Map<string, FloatArray> {
  const random = new RandomStream(1, Purpose.synthetic);
  executable.initialise(1);
  for (let i = 0; i < executable.labels.length; i++) executable.labels[i] = i;
  for (let i = 0; i < executable.pictures.length; i++) executable.pictures[i] = random.below(256);
  for (let i = 0; i < executable.indices.length; i++) executable.indices[i] = (i + 2) % CHECK_SOURCE.examples;
  executable.train(1, 0, 0.01);
  const results = new Map([
    ['input', executable.input],
    ['loss', executable.loss],
  ]);
  for (const [name, values] of executable.weights()) results.set(name, values);
  for (const [name, values] of executable.gradients()) results.set(`gradient of ${name}`, values);
  return results;
}

/** Weights that cost nothing to make, and leave what goes through the layers at about one size. */
function patternedWeights(): Map<string, FloatArray> {
  const weights = new Map<string, FloatArray>();
  for (const [name, shape] of weightShapes(CHECK_MODEL)) {
    const values = new Float32Array(sizeOf(shape));
    const inputs = shape.length > 1 ? values.length / shape[shape.length - 1] : 3;
    fillPattern(values, Math.sqrt(3 / inputs), name.endsWith('.runningVariance') ? 1.5 : 0);
    weights.set(name, values);
  }
  return weights;
}

/** Numbers as good as random for the purpose, from `middle - scale` to `middle + scale`. */
function fillPattern(values: FloatArray, scale: number, middle = 0): void {
  for (let i = 0; i < values.length; i++) {
    values[i] = middle + scale * (((i * 7919 + 13) % 1009) / 504 - 1);
  }
}

function worstError(actual: FloatArray, expected: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < expected.length; i++) squares += expected[i] ** 2;
  const typical = Math.sqrt(squares / expected.length) + 1e-6;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]) / typical;
    if (!(error <= worst)) worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }
  return worst;
}
