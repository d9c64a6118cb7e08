/** Activations, dropout, the loss and the optimisers in WebAssembly against the reference, where it gets hard. */
import { describe, expect, test } from 'vitest';
import type { MixupSpec } from '../kernels/mixup/index.ts';
import type { FloatArray } from '../kernels/operation.ts';
import { optimizerNames } from '../kernels/optimizer/index.ts';
import { Purpose, RandomStream } from '../kernels/random/reference.ts';
import { type CompileOptions, compile } from '../src/engine/compile.ts';
import type { Executable } from '../src/engine/executable.ts';
import type { LossOptions, OptimizerOptions } from '../src/engine/plan.ts';
import { buildPlan } from '../src/engine/planner.ts';
import { LEVELS, loadKernels } from '../src/engine/wasm/module.ts';
import type { LayerSpec } from '../src/model/layers.ts';
import { compileCase, relativeError } from './operations.ts';

type Backend = Partial<CompileOptions>;

const REFERENCE: Backend = { backend: 'reference', precision: 64 };
const ACTIVATIONS = ['relu', 'leakyRelu', 'gelu', 'silu', 'sigmoid', 'tanh'] as const;

/** Values from -100 to 100, close together around zero, and far beyond. */
const SWEEP = [
  ...Array.from({ length: 4001 }, (_, i) => Math.fround(100 * ((i - 2000) / 2000) ** 3)),
  ...[-1e30, -1e4, 1e4, 1e30, 1e-30, -1e-30, -0],
];

/** An activation and its derivative at some values. */
async function apply(type: (typeof ACTIVATIONS)[number], values: readonly number[], backend: Backend) {
  const trial = { layers: [{ type }], input: [values.length], batch: 1, seed: 0 };
  const executable = await compileCase(trial, backend);
  executable.input.set(values);
  executable.outputGradient.fill(1);
  executable.differentiate(0, 0);
  return { y: executable.trainingOutput, slope: executable.inputGradient };
}

describe.each(LEVELS)('activations (%s)', (level) => {
  test.each(ACTIVATIONS)('%s is right to 3e-7 from -100 to 100 and beyond', async (type) => {
    const actual = await apply(type, SWEEP, { backend: 'wasm', level });
    const expected = await apply(type, SWEEP, REFERENCE);
    let worst = 0;
    SWEEP.forEach((x, i) => {
      const error = Math.abs(actual.y[i] - expected.y[i]) / Math.max(1, Math.abs(x));
      const slopeError = Math.abs(actual.slope[i] - expected.slope[i]);
      worst = Math.max(worst, error, slopeError);
    });
    expect(worst).toBeLessThan(3e-7);
  });

  test.each(ACTIVATIONS)('%s passes a NaN on', async (type) => {
    const { y } = await apply(type, [1, Number.NaN, -1, 0, 2], { backend: 'wasm', level });
    expect([...y].map(Number.isNaN)).toEqual([false, true, false, false, false]);
  });
});

describe.each(LEVELS)('dropout (%s)', (level) => {
  test.each([0, 3, 2 ** 32 - 1, 2 ** 40 + 12345])('drops the same values under seed %d', async (seed) => {
    const layers: LayerSpec[] = [{ type: 'relu' }, { type: 'dropout', rate: 0.4 }];
    const dropped = async (backend: Backend) => {
      const executable = await compileCase({ layers, input: [7, 13], batch: 11, seed }, backend);
      executable.input.fill(1);
      executable.outputGradient.fill(1);
      executable.differentiate(seed, 1000);
      const mask = [...executable.trainingOutput].map((value) => value === 0);
      expect([...executable.inputGradient].map((value) => value === 0)).toEqual(mask);
      return mask;
    };
    const mask = await dropped({ backend: 'wasm', level });
    expect(mask).toEqual(await dropped(REFERENCE));
    expect(mask).toContain(true);
    expect(mask).toContain(false);
  });
});

interface LossCase extends Omit<LossOptions, 'type'> {
  mixup?: MixupSpec;
}

const LOSSES: [string, number, LossCase][] = [
  ['plain', 10, {}],
  ['smoothed', 7, { labelSmoothing: 0.1 }],
  ['of two classes', 2, {}],
  ['of one class', 1, {}],
  ['weighted', 3, { classWeights: [0, 1, 2.5] }],
  ['of many classes, smoothed and weighted', 47, { labelSmoothing: 0.3, classWeights: Array(47).fill(0.5) }],
  ['mixed', 10, { mixup: { alpha: 1 } }],
  [
    'mixed, smoothed and weighted',
    3,
    { mixup: { alpha: 1 }, labelSmoothing: 0.2, classWeights: [0, 1, 2.5] },
  ],
];

/** The loss of random logits, which a layer that does nothing passes on. */
async function compileLoss(classes: number, { mixup, ...options }: LossCase, backend: Backend) {
  const executable = await compile(
    { input: [classes], layers: [{ type: 'dropout', rate: 0 }] },
    {
      batch: 5,
      mode: 'train',
      inputGradient: true,
      mixup,
      loss: { type: 'softmaxCrossEntropy', ...options },
      ...backend,
    },
  );
  const random = new RandomStream(classes, Purpose.synthetic);
  for (let i = 0; i < executable.input.length; i++) executable.input[i] = Math.fround(5 * random.normal());
  for (let i = 0; i < 5; i++) executable.labels[i] = random.below(classes);
  executable.differentiate(0, 0);
  return executable;
}

describe('softmax cross-entropy', () => {
  describe.each(LEVELS)('agrees with the reference (%s)', (level) => {
    test.each(LOSSES)('%s', async (_, classes, options) => {
      const actual = await compileLoss(classes, options, { backend: 'wasm', level });
      const expected = await compileLoss(classes, options, REFERENCE);
      // Against the size of the logits, whose rounding is what is left of a loss close to 0.
      expect(maximumDifference(actual.loss, expected.loss)).toBeLessThan(3e-6);
      expect(maximumDifference(actual.inputGradient, expected.inputGradient)).toBeLessThan(3e-7);
    });

    test('a NaN, an infinite logit and an impossible label show', async () => {
      const executable = await compileLoss(10, {}, { backend: 'wasm', level });
      executable.input[3] = Number.NaN;
      executable.input[10 + executable.labels[1]] = Number.NEGATIVE_INFINITY;
      executable.labels[2] = 10;
      executable.labels[3] = -1;
      executable.differentiate(0, 0);
      expect([...executable.loss].slice(0, 4)).toEqual([Number.NaN, Infinity, Number.NaN, Number.NaN]);
      expect(executable.loss[4]).toBeGreaterThan(0);
    });
  });

  test.each(LOSSES)('its gradient is that of the mean: %s', async (_, classes, options) => {
    const executable = await compileLoss(classes, options, REFERENCE);
    const gradient = executable.inputGradient.slice();
    const mean = () => {
      executable.differentiate(0, 0);
      return [...executable.loss].reduce((sum, loss) => sum + loss, 0) / 5;
    };
    const numeric = gradient.map((_, i) => {
      const value = executable.input[i];
      executable.input[i] = value + 1e-5;
      const above = mean();
      executable.input[i] = value - 1e-5;
      const below = mean();
      executable.input[i] = value;
      return (above - below) / 2e-5;
    });
    expect(maximumDifference(gradient, numeric)).toBeLessThan(1e-8);
  });
});

function maximumDifference(actual: FloatArray, expected: FloatArray): number {
  let worst = 0;
  for (let i = 0; i < expected.length; i++) worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
  return worst;
}

/** A small classifier after some steps on random examples. */
async function train(optimizer: OptimizerOptions, backend: Backend, steps: number): Promise<Executable> {
  const executable = await compile(
    {
      input: [6],
      layers: [{ type: 'dense', units: 9 }, { type: 'tanh' }, { type: 'dense', units: 5 }],
    },
    { batch: 8, mode: 'train', loss: { type: 'softmaxCrossEntropy' }, optimizer, ...backend },
  );
  executable.initialise(1);
  const random = new RandomStream(2, Purpose.synthetic);
  for (let step = 0; step < steps; step++) {
    for (let i = 0; i < executable.input.length; i++) executable.input[i] = Math.fround(random.normal());
    for (let i = 0; i < 8; i++) executable.labels[i] = random.below(5);
    executable.train(1, step, 0.02);
  }
  return executable;
}

const VARIANTS: OptimizerOptions[] = [
  ...optimizerNames().map((type) => ({ type })),
  ...optimizerNames().map((type) => ({ type, l2: 0.1, weightDecay: 0.2, clipNorm: 0.3 })),
  { type: 'sgd', momentum: 0.9 },
  { type: 'sgd', momentum: 0.9, nesterov: true },
  { type: 'rmsprop', momentum: 0.5 },
  { type: 'sgd', clipNorm: 1e-3 },
];

describe.each(LEVELS)('ten steps (%s) end where the reference does', (level) => {
  test.each(VARIANTS)('%j', async (optimizer) => {
    const actual = await train(optimizer, { backend: 'wasm', level }, 10);
    const expected = await train(optimizer, REFERENCE, 10);
    for (const [name, values] of [...expected.weights(), ...expected.slots()]) {
      const found = actual.weights().get(name) ?? actual.slots().get(name);
      expect(relativeError(found as FloatArray, values), name).toBeLessThan(1e-4);
    }
  });
});

test('initialising anew forgets the optimiser’s memory and the weights', async () => {
  const executable = await train({ type: 'adagrad' }, { backend: 'wasm' }, 2);
  const fresh = await train({ type: 'adagrad' }, { backend: 'wasm' }, 0);
  expect(executable.slots()).not.toEqual(fresh.slots());
  executable.initialise(1);
  expect(executable.slots()).toEqual(fresh.slots());
  expect(executable.weights()).toEqual(fresh.weights());
  expect([...(fresh.slots().get('sumOfSquares.dense_1.bias') as FloatArray)]).toEqual(
    Array(9).fill(Math.fround(0.1)),
  );
});

test.each(LEVELS)('the constants of the kernels (%s) end before the first tensor', async (level) => {
  const { module } = await loadKernels(level);
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 2 });
  new WebAssembly.Instance(module, { env: { memory } });
  const last = new Uint8Array(memory.buffer).findLastIndex((byte) => byte !== 0);
  const plan = buildPlan({ input: [1], layers: [{ type: 'relu' }] }, { batch: 1, mode: 'infer' });
  expect(last).toBeGreaterThan(0);
  expect(last).toBeLessThan(plan.random);
});

describe('what is refused, in sentences', () => {
  const model = (layers: LayerSpec[]) => ({ input: [2, 2, 1], layers });

  test('the loss as a layer', async () => {
    const layers = [{ type: 'softmaxCrossEntropy' }] as unknown as LayerSpec[];
    await expect(compile(model(layers), { batch: 1, mode: 'infer' })).rejects.toThrow(
      'Layer softmaxCrossEntropy_1: there is no layer of type "softmaxCrossEntropy"; there are ',
    );
  });

  test('a layer as the loss', async () => {
    const loss = { type: 'relu' } as unknown as LossOptions;
    await expect(
      compile(model([{ type: 'flatten' }, { type: 'relu' }]), { batch: 1, mode: 'train', loss }),
    ).rejects.toThrow('There is no loss "relu"; there is softmaxCrossEntropy.');
  });

  test('a loss of images', async () => {
    const loss: LossOptions = { type: 'softmaxCrossEntropy' };
    await expect(compile(model([{ type: 'relu' }]), { batch: 1, mode: 'train', loss })).rejects.toThrow(
      'The loss softmaxCrossEntropy: takes one list of logits per example, not 2×2×1; end the model with flatten or dense.',
    );
  });

  test('an option of the optimiser', async () => {
    await expect(train({ type: 'adam', beta1: 2 }, {}, 0)).rejects.toThrow(
      'The optimiser adam: beta1 must be a number from 0 to below 1, not 2.',
    );
  });
});
