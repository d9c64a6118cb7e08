/** Callbacks in real, small training runs: stopping, restoring, and resuming to the same bits. */
import { expect, test } from 'vitest';
import { splitDataset } from '../data/split.ts';
import { syntheticDigits } from '../data/synthetic/index.ts';
import type { ModelSpec } from '../model/layers.ts';
import type { Callback } from './callbacks/callback.ts';
import type { CallbackSpec } from './callbacks/specs.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { evaluate } from './classifier.ts';
import type { TrainOptions } from './options.ts';
import { train } from './train.ts';

const model: ModelSpec = {
  name: 'line',
  input: [28, 28, 1],
  layers: [{ type: 'flatten' }, { type: 'dense', units: 10 }],
};
const { train: data, validation } = splitDataset(syntheticDigits({ count: 60, seed: 1 }), 20, 1);

const run = (options: Partial<TrainOptions>) =>
  train(model, {
    data,
    validation,
    backend: 'reference',
    batch: 10,
    epochs: 8,
    learningRate: 0.05,
    ...options,
  });

const STEERED: CallbackSpec[] = [
  { type: 'reduceLROnPlateau', patience: 1, factor: 0.5, cooldown: 1, minDelta: 0.05 },
  { type: 'earlyStopping', patience: 3, minDelta: 0.05, restoreBestWeights: true },
];

test('a run that is interrupted anywhere ends in the same bits, early stop and best weights included', async () => {
  const whole = await run({ callbacks: STEERED });
  expect(whole.stopped).toContain('earlyStopping');
  expect(whole.history.length).toBeLessThan(8);
  expect(whole.history.at(-1)!.learningRate).toBeLessThan(0.05);
  for (const stopAfter of [1, 6, 10, 15]) {
    const controller = new AbortController();
    let steps = 0;
    const onStep = () => void (++steps === stopAfter && controller.abort());
    const { interrupted } = await run({ callbacks: STEERED, signal: controller.signal, onStep });
    const resume = decodeCheckpoint(encodeCheckpoint(interrupted!), 'test');
    const resumed = await run({ callbacks: STEERED, resume });
    expect(resumed.history.map(({ trainLoss }) => trainLoss)).toEqual(
      whole.history.map(({ trainLoss }) => trainLoss),
    );
    expect(resumed.network.weights).toEqual(whole.network.weights);
    expect(resumed.stopped).toBe(whole.stopped);
  }
});

test('the checkpoint of a stopped run resumes to its result without another step', async () => {
  let last: Checkpoint | undefined;
  const whole = await run({
    callbacks: STEERED,
    async onEpoch(_, checkpoint) {
      last = decodeCheckpoint(encodeCheckpoint(await checkpoint()), 'test');
    },
  });
  const again = await run({ callbacks: STEERED, resume: last, onStep: () => expect.unreachable() });
  expect(again.network.weights).toEqual(whole.network.weights);
});

test('the weights restored are those of the best epoch', async () => {
  const { network, history } = await run({
    callbacks: [{ type: 'earlyStopping', patience: 20, restoreBestWeights: true }],
    learningRate: 0.3,
  });
  const best = Math.min(...history.map(({ validationLoss }) => validationLoss!));
  expect(history.at(-1)!.validationLoss).toBeGreaterThan(best);
  const { loss } = await evaluate(network, validation, { backend: 'reference' });
  expect(loss).toBeCloseTo(best, 6);
});

test('a loss that is no number ends the run with terminateOnNaN, and is an error without', async () => {
  const wild = { learningRate: 1e5, optimizer: { type: 'sgd', momentum: 0.99 } } as const;
  const poison: Callback = {
    name: 'poison',
    async onEpochEnd(_, control) {
      await control.setWeights(
        new Map([...(await control.weights())].map(([name, values]) => [name, values.fill(Number.NaN)])),
      );
    },
  };
  await expect(run({ ...wild, callbacks: [poison] })).rejects.toThrow(
    'The loss became NaN in step 1 of epoch 2',
  );
  const { stopped, history } = await run({ callbacks: [poison, { type: 'terminateOnNaN' }] });
  expect(stopped).toContain('in step 1 of epoch 2');
  expect(history).toHaveLength(2);
});

test('callbacks that write need an output, and two may not write the same', async () => {
  await expect(run({ callbacks: [{ type: 'csvLogger' }] })).rejects.toThrow('give train an output');
  const twice: CallbackSpec[] = [{ type: 'terminateOnNaN' }, { type: 'terminateOnNaN' }];
  await expect(run({ callbacks: twice })).rejects.toThrow('two callbacks "terminateOnNaN"');
});
