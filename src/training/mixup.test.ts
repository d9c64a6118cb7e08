/** Mixup as recipes have it: what it changes, what it leaves alone, and that a stopped run goes on to the same bits. */
import { describe, expect, test } from 'vitest';
import { drawShare } from '../../kernels/mixup/pairs.ts';
import { onCard } from '../../test/adapter.ts';
import { syntheticDigits } from '../data/synthetic/index.ts';
import { compile } from '../engine/compile.ts';
import type { ModelSpec } from '../model/layers.ts';
import type { TrainOptions } from './options.ts';
import { completeRecipe, type Recipe } from './recipe.ts';
import { train } from './train.ts';

const MODEL: ModelSpec = {
  input: [28, 28, 1],
  layers: [
    { type: 'averagePool2d', poolSize: 4 },
    { type: 'flatten' },
    { type: 'dense', units: 12, useBias: false },
    { type: 'batchNorm' },
    { type: 'relu' },
    { type: 'dense', units: 10 },
  ],
};

const data = syntheticDigits({ count: 130, seed: 1 });
const RECIPE: Partial<Recipe> = {
  batch: 13,
  epochs: 3,
  seed: 4,
  learningRate: 0.01,
  augmentation: { shift: 1 },
};

function run(options: Partial<TrainOptions> = {}) {
  return train(MODEL, { ...RECIPE, data, backend: 'wasm', threads: 2, ...options });
}

describe('a run with mixup', () => {
  test('learns something else, and is less sure of its training pictures', async () => {
    const plain = await run();
    const mixed = await run({ mixup: { alpha: 1 } });
    expect(mixed.network.weights).not.toEqual(plain.network.weights);
    expect(mixed.history.at(-1)!.trainLoss).toBeGreaterThan(plain.history.at(-1)!.trainLoss + 0.1);
  });

  test('with an alpha of 0 is one without, to the bit', async () => {
    expect((await run({ mixup: { alpha: 0 } })).network.weights).toEqual((await run()).network.weights);
  });

  test.each([undefined, { decay: 0.9, everySteps: 1, statisticsExamples: 50 }])(
    'that is stopped goes on to the same bits (averaging: %j)',
    async (weightAveraging) => {
      const options = { mixup: { alpha: 0.5 }, weightAveraging };
      const whole = await run(options);
      const stop = new AbortController();
      const { interrupted } = await run({
        ...options,
        signal: stop.signal,
        onStep: ({ epoch, step }) => void (epoch === 2 && step === 4 && stop.abort()),
      });
      expect(interrupted).toMatchObject({ epoch: 1, step: 4 });
      const resumed = await run({ ...options, resume: structuredClone(interrupted) });
      expect(resumed.network.weights).toEqual(whole.network.weights);
      expect(resumed.history.map(({ trainLoss }) => trainLoss)).toEqual(
        whole.history.map(({ trainLoss }) => trainLoss),
      );
      await expect(run({ weightAveraging, resume: interrupted })).rejects.toThrow('another recipe');
    },
  );

  onCard(
    'goes on a card as in WebAssembly',
    async () => {
      const card = await run({ mixup: { alpha: 1 }, backend: 'webgpu', threads: undefined });
      const wasm = await run({ mixup: { alpha: 1 } });
      card.history.forEach(({ trainLoss, trainAccuracy }, epoch) => {
        // Rounding that takes a ReLU to its other side grows from step to step.
        expect(Math.abs(trainLoss / wasm.history[epoch].trainLoss - 1)).toBeLessThan(0.01);
        expect(Math.abs(trainAccuracy - wasm.history[epoch].trainAccuracy)).toBeLessThan(0.02);
      });
    },
    120_000,
  );
});

describe('a training step', () => {
  const options = { batch: 5, mode: 'train', loss: { type: 'softmaxCrossEntropy' } } as const;

  async function prepared(settings: Parameters<typeof compile>[1]) {
    const executable = await compile({ input: [3], layers: [{ type: 'dropout', rate: 0 }] }, settings);
    executable.input.forEach((_, i) => {
      executable.input[i] = Math.sin(9 * i);
    });
    executable.labels.set([0, 1, 2, 0, 1]);
    return executable;
  }

  test.each(['wasm', 'reference'] as const)(
    'can be run without mixing, to the bits of a plain one (%s)',
    async (backend) => {
      const mixed = await prepared({ ...options, backend, mixup: { alpha: 1 } });
      const plain = await prepared({ ...options, backend });
      mixed.forward(1, 0, 1);
      plain.forward(1, 0);
      expect(mixed.trainingOutput).toEqual(plain.trainingOutput);
      expect(mixed.loss).toEqual(plain.loss);
      mixed.forward(1, 0);
      expect(mixed.trainingOutput).not.toEqual(plain.trainingOutput);
      const share = drawShare(1, { seed: 1, step: 0 });
      expect(mixed.trainingOutput[0]).toBeCloseTo(share * mixed.input[0] + (1 - share) * mixed.input[12], 6);
    },
  );

  test('counts the label with the larger share', async () => {
    const executable = await compile(
      { input: [2], layers: [{ type: 'dense', units: 2, useBias: false }] },
      {
        ...{ ...options, batch: 2, backend: 'wasm', mixup: { alpha: 1 } },
        optimizer: { type: 'sgd' },
      },
    );
    executable.writeWeights(new Map([['dense_1.weight', [1, 0, 0, 1]]]));
    executable.input.set([1, 0, 0, 1]);
    executable.labels.set([0, 1]);
    executable.train(1, 0, 1e-9);
    expect((await executable.takeWorth())[0].correct).toBe(2);
    await executable.dispose();
  });
});

describe('the recipe', () => {
  test('is completed, and says what is wrong', () => {
    const recipe = (mixup: never) => completeRecipe({ model: MODEL, mixup });
    expect(recipe({} as never).mixup).toEqual({ alpha: 0.2 });
    expect(() => recipe({ alpha: -1 } as never)).toThrow(
      'mixup: alpha must be a number from 0 to below 1000, not -1.',
    );
    expect(() => recipe({ apha: 1 } as never)).toThrow('mixup: has no attribute "apha": it takes alpha.');
    expect(() => recipe(0.2 as never)).toThrow('mixup must be an object with alpha, or {}.');
  });
});
