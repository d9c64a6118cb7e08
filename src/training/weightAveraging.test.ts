/** Averaged weights: what the average is, whose statistics it has, and that nothing of it is lost on the way. */
import { describe, expect, test } from 'vitest';
import { splitDataset } from '../data/split.ts';
import { syntheticDigits } from '../data/synthetic/index.ts';
import type { ModelSpec } from '../model/layers.ts';
import type { Callback } from './callbacks/callback.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { evaluate } from './classifier.ts';
import type { TrainOptions } from './options.ts';
import { train } from './train.ts';
import { checkWeightAveraging, keptShare } from './weightAveraging.ts';

const line: ModelSpec = {
  name: 'line',
  input: [28, 28, 1],
  layers: [{ type: 'flatten' }, { type: 'dense', units: 10 }],
};
const normed: ModelSpec = {
  name: 'normed',
  input: [28, 28, 1],
  layers: [
    { type: 'conv2d', filters: 3, kernelSize: 5, stride: 3, useBias: false },
    { type: 'batchNorm' },
    { type: 'relu' },
    { type: 'flatten' },
    { type: 'dense', units: 10 },
  ],
};
const { train: data, validation } = splitDataset(syntheticDigits({ count: 60, seed: 1 }), 20, 1);
const SPEC = { decay: 0.9, everySteps: 3, statisticsExamples: 30 };

const run = (model: ModelSpec, options: Partial<TrainOptions> = {}) =>
  train(model, {
    ...{ data, validation, backend: 'reference', batch: 10, epochs: 3, learningRate: 0.05 },
    augmentation: { shift: 2 },
    weightAveraging: SPEC,
    ...options,
  });

test('the average is that of the weights after every third step, as a loop over them has it', async () => {
  // Without averaging, a run that is cut short ends with the weights of that step.
  const trainedAfter = async (steps: number) => {
    const controller = new AbortController();
    let done = 0;
    const onStep = () => void (++done === steps && controller.abort());
    const { interrupted } = await run(line, {
      weightAveraging: undefined,
      signal: controller.signal,
      onStep,
    });
    return interrupted!.tensors.get('dense_1.weight')!;
  };
  const start = (await run(line, { epochs: 1, signal: AbortSignal.abort() })).interrupted!;
  const expected = Float64Array.from(start.tensors.get('dense_1.weight')!);
  for (const steps of [3, 6]) {
    const weights = await trainedAfter(steps);
    const kept = (steps / (9 + steps)) ** 3;
    expect(keptShare(SPEC, steps)).toBe(kept);
    weights.forEach((weight, i) => {
      expected[i] = kept * expected[i] + (1 - kept) * weight;
    });
  }
  const { network } = await run(line, { epochs: 2 });
  network.weights.get('dense_1.weight')!.values.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 5);
  });
  expect(keptShare(SPEC, 1000)).toBe(0.9 ** 3);
});

test('what is scored, seen by callbacks, given and saved is the average', async () => {
  const seen: Float32Array[] = [];
  const look: Callback = {
    name: 'look',
    async onEpochEnd(_, control) {
      seen.push((await control.weights()).get('dense_1.weight')!);
    },
  };
  const averaged = await run(normed, { callbacks: [look] });
  const plain = await run(normed, { weightAveraging: undefined });
  expect(seen.at(-1)).toEqual(averaged.network.weights.get('dense_1.weight')!.values);
  expect(averaged.network.weights.get('dense_1.weight')).not.toEqual(
    plain.network.weights.get('dense_1.weight'),
  );
  const { loss } = await evaluate(averaged.network, validation, { backend: 'reference' });
  expect(loss).toBeCloseTo(averaged.history.at(-1)!.validationLoss!, 6);
  // The weights that are trained never see their average.
  expect(averaged.history.map(({ trainLoss }) => trainLoss)).toEqual(
    plain.history.map(({ trainLoss }) => trainLoss),
  );
});

test('its statistics are those of training batches, whatever the momentum', async () => {
  // Weights that stand still, and batches that all hold the same pictures: running statistics then approach those.
  const still = { learningRate: 1e-12, batch: 40, augmentation: undefined, epochs: 8 };
  const { network } = await run(normed, still);
  const plain = await run(normed, { ...still, weightAveraging: undefined });
  const begun = { 'batchNorm_1.runningMean': 0, 'batchNorm_1.runningVariance': 1 };
  for (const [name, start] of Object.entries(begun)) {
    const running = plain.network.weights.get(name)!.values;
    network.weights.get(name)!.values.forEach((value, channel) => {
      expect(value).toBeCloseTo((running[channel] - start * 0.9 ** 8) / (1 - 0.9 ** 8), 4);
    });
  }
});

describe.each(['reference', 'wasm'] as const)('on %s', (backend) => {
  test('a run that is interrupted anywhere ends in the same bits', async () => {
    const own = { backend, threads: 1, callbacks: [{ type: 'earlyStopping', patience: 9 } as const] };
    const whole = await run(normed, own);
    for (const stopAfter of [1, 4, 7]) {
      const controller = new AbortController();
      let steps = 0;
      const onStep = () => void (++steps === stopAfter && controller.abort());
      const { interrupted } = await run(normed, { ...own, signal: controller.signal, onStep });
      const resume = decodeCheckpoint(encodeCheckpoint(interrupted!), 'test');
      const resumed = await run(normed, { ...own, resume });
      expect(resumed.network.weights).toEqual(whole.network.weights);
      expect(resumed.history.map(({ validationLoss }) => validationLoss)).toEqual(
        whole.history.map(({ validationLoss }) => validationLoss),
      );
    }
  });
});

test('the checkpoint of a finished run gives its averaged network, best weights included', async () => {
  for (const restoreBestWeights of [false, true]) {
    let last: Checkpoint | undefined;
    const callbacks = [{ type: 'earlyStopping', patience: 9, restoreBestWeights } as const];
    const whole = await run(normed, {
      ...{ callbacks, learningRate: 0.5 },
      async onEpoch(_, checkpoint) {
        last = decodeCheckpoint(encodeCheckpoint(await checkpoint()), 'test');
      },
    });
    const again = await run(normed, { callbacks, learningRate: 0.5, resume: last });
    expect(again.network.weights).toEqual(whole.network.weights);
  }
});

test.each([
  [{ deca: 0.9 }, 'weightAveraging has no "deca"; did you mean decay?'],
  [{ decay: 1 }, 'decay of weightAveraging must be a number from 0 to below 1, not 1.'],
  [{ everySteps: 0 }, 'everySteps of weightAveraging must be a whole number from 1, not 0.'],
  [true, 'weightAveraging must be an object with decay, everySteps, statisticsExamples, or {}.'],
])('%j is refused', (spec, message) => {
  expect(() => checkWeightAveraging(spec as object)).toThrow(message);
});
