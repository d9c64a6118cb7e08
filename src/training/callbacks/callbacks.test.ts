/**
 * The callbacks on made-up runs: tables of what Keras documents, epoch by epoch. Every case runs once straight through
 * and once with its state taken out and put into a fresh callback after each epoch, as resuming does.
 */
import { describe, expect, test } from 'vitest';
import type { EpochRecord } from '../checkpoint.ts';
import type { Callback, Output, TrainingControl } from './callback.ts';
import { csvLogger } from './csvLogger.ts';
import { type EarlyStoppingOptions, earlyStopping } from './earlyStopping.ts';
import { modelCheckpoint } from './modelCheckpoint.ts';
import { type ReduceLROnPlateauOptions, reduceLROnPlateau } from './reduceLROnPlateau.ts';
import { checkCallbacks } from './specs.ts';
import { stepLogger } from './stepLogger.ts';
import { terminateOnNaN } from './terminateOnNaN.ts';

const NaNs = Number.NaN;

function record(epoch: number, numbers: Partial<EpochRecord>): EpochRecord {
  return {
    epoch,
    trainLoss: 1,
    trainAccuracy: 0.5,
    learningRate: 1,
    seconds: 1,
    imagesPerSecond: 1,
    ...numbers,
  };
}

interface FakeRun extends TrainingControl {
  epoch: number;
  stopped?: string;
  /** Of which epoch the weights are that were put back. */
  restored?: number;
}

/** A run whose weights say after which epoch they were taken. */
function fakeRun(overrides: Partial<TrainingControl> = {}): FakeRun {
  const model = {
    name: 'one',
    input: [1],
    layers: [{ type: 'dense', units: 1 }],
  } as TrainingControl['model'];
  const images = new Uint8Array(1);
  const validation = { name: 'v', images, labels: images, shape: [1, 1, 1] as const, classNames: ['0'] };
  const run: FakeRun = {
    ...{ epochs: 99, stepsPerEpoch: 4, schedule: { type: 'constant' }, model, validation, mistakes: [] },
    ...{ learningRate: 1, epoch: 0 },
    stop(reason: string) {
      run.stopped ??= reason;
    },
    weights: async () => new Map([['w', Float32Array.of(run.epoch)]]),
    setWeights: async (weights: Map<string, Float32Array>) => {
      run.restored = weights.get('w')![0];
    },
    network: async () => ({
      ...{ model, normalisation: { mean: 0, deviation: 1 }, classNames: ['0'], provenance: {} },
      weights: new Map([['dense.weight', { shape: [1, 1], values: Float32Array.of(run.epoch) }]]),
    }),
    ...overrides,
  };
  return run;
}

function memoryOutput() {
  const files = new Map<string, Uint8Array>();
  const output: Output = {
    replace: async (name, bytes) => void files.set(name, bytes),
    writeAt: async (name, position, bytes) => {
      const old = files.get(name) ?? new Uint8Array(0);
      expect(old.length).toBeGreaterThanOrEqual(position);
      files.set(name, Uint8Array.from([...old.subarray(0, position), ...bytes]));
    },
    size: async (name) => files.get(name)?.length ?? 0,
  };
  const text = (name: string) => new TextDecoder().decode(files.get(name));
  return { files, output, text };
}

/** Lets a callback see epochs until it stops the run. With `resumes` each epoch is seen by a fresh one. */
async function drive(
  make: () => Callback,
  records: readonly EpochRecord[],
  resumes: boolean,
  run = fakeRun(),
  afterEpoch: () => void = () => undefined,
) {
  let callback = make();
  await callback.onTrainBegin?.(run);
  for (const one of records) {
    if (resumes) {
      const { values, tensors } = callback.state?.() ?? { values: {} };
      callback = make();
      await callback.onTrainBegin?.(run);
      callback.restore?.({ values: JSON.parse(JSON.stringify(values)), tensors });
    }
    run.epoch = one.epoch;
    await callback.onEpochEnd?.(one, run);
    afterEpoch();
    if (run.stopped) break;
  }
  await callback.onTrainEnd?.(run);
  return run;
}

const losses = (values: readonly number[]) =>
  values.map((value, i) => record(i + 1, { validationLoss: value }));
const WAYS = [
  ['straight through', false],
  ['resumed after each epoch', true],
] as const;

describe.each(WAYS)('early stopping, %s', (_, resumes) => {
  type Case = [what: string, options: EarlyStoppingOptions, values: number[], end: number, restored?: number];
  const table: Case[] = [
    ['patience 0 stops at the first epoch that is no better', {}, [3, 2, 2, 1], 3],
    ['but never after the first epoch', {}, [NaNs, 1, 2], 3],
    ['equal is no improvement', { patience: 1 }, [1, 1, 1], 2],
    ['patience 2 stops when two epochs in a row are no better', { patience: 2 }, [3, 4, 2, 3, 3, 1], 5],
    ['an improvement of exactly minDelta is none', { minDelta: 0.5, patience: 1 }, [2, 1.5, 1], 2],
    ['a little more than minDelta is one', { minDelta: 0.5, patience: 1 }, [2, 1.49, 0.98], 3],
    ['minDelta has no sign', { minDelta: -0.5, patience: 1 }, [2, 1.5, 1], 2],
    ['small steps add up against the best', { minDelta: 0.5, patience: 3 }, [2, 1.8, 1.6, 1.4, 1.2], 5],
    ['mode max', { mode: 'max', patience: 1 }, [1, 2, 3, 2], 4],
    ['epochs before startFromEpoch are not seen', { startFromEpoch: 3 }, [1, 2, 3, 4, 3.5, 5], 6],
    ['short of the baseline the wait goes on', { baseline: 1, patience: 3 }, [5, 4, 3, 2, 2.5], 5],
    ['better than the baseline it starts anew', { baseline: 3.5, patience: 3 }, [5, 4, 3, 2, 2.5, 2.5], 6],
    ['no number is no improvement', { patience: 2 }, [2, NaNs, NaNs, 1], 3],
    ['restores the best', { patience: 2, restoreBestWeights: true }, [3, 2, 4, 4, 1], 4, 2],
    ['restores it without an early stop, too', { patience: 9, restoreBestWeights: true }, [3, 2, 4], 3, 2],
    ['whatever the baseline', { patience: 2, baseline: 1, restoreBestWeights: true }, [5, 4, 6], 3, 2],
    ['the first if none was better', { patience: 2, restoreBestWeights: true }, [NaNs, NaNs], 2, 1],
  ];
  test.each(table)('%s', async (_what, options, values, end, restored) => {
    const run = await drive(() => earlyStopping(options), losses(values), resumes);
    expect(run.epoch).toBe(end);
    expect(run.restored).toBe(restored);
  });

  test('auto takes more accuracy for better, under both names', async () => {
    for (const monitor of ['validationAccuracy', 'val_accuracy'] as const) {
      const records = [0.5, 0.6, 0.6].map((value, i) => record(i + 1, { validationAccuracy: value }));
      const run = await drive(() => earlyStopping({ monitor, patience: 1 }), records, resumes);
      expect(run.epoch).toBe(3);
      expect(run.stopped).toContain('epoch 2 was best');
    }
  });
});

describe.each(WAYS)('reduce on plateau, %s', (_, resumes) => {
  type Case = [what: string, options: ReduceLROnPlateauOptions, values: number[], rates: number[]];
  const table: Case[] = [
    ['after patience epochs', { patience: 2 }, [1, 1, 1, 1, 1], [1, 1, 0.1, 0.1, 0.01]],
    ['less than minDelta is no improvement', { patience: 1, minDelta: 0.1 }, [1, 0.95, 0.8], [1, 0.1, 0.1]],
    ['minDelta is 1e-4 by default', { patience: 1 }, [1, 0.99995, 0.9998], [1, 0.1, 0.1]],
    ['factor', { patience: 1, factor: 0.5 }, [1, 1, 1], [1, 0.5, 0.25]],
    ['not below minLr', { patience: 1, factor: 0.5, minLr: 0.4 }, [1, 1, 1, 1], [1, 0.5, 0.4, 0.4]],
    // An epoch that ends the cooldown counts again, as it does in Keras.
    [
      'cooldown',
      { patience: 1, factor: 0.5, cooldown: 3 },
      [1, 1, 1, 1, 1, 1],
      [1, 0.5, 0.5, 0.5, 0.25, 0.25],
    ],
    [
      'the wait starts anew in cooldown',
      { patience: 2, factor: 0.5, cooldown: 2 },
      [1, 1, 1, 1, 1, 1],
      [1, 1, 0.5, 0.5, 0.5, 0.25],
    ],
    ['mode max', { patience: 1, mode: 'max' }, [1, 2, 2], [1, 1, 0.1]],
  ];
  test.each(table)('%s', async (_what, options, values, rates) => {
    const seen: number[] = [];
    const run = fakeRun();
    await drive(
      () => reduceLROnPlateau(options),
      losses(values),
      resumes,
      run,
      () => seen.push(run.learningRate),
    );
    for (const [i, rate] of seen.entries()) expect(rate, `epoch ${i + 1}`).toBeCloseTo(rates[i], 12);
  });
});

test('a factor of 1 or more is an error, and so is a schedule beside it', () => {
  expect(() => reduceLROnPlateau({ factor: 1 })).toThrow('below 1');
  const scheduled = fakeRun({ schedule: { type: 'cosine' } });
  expect(() => reduceLROnPlateau().onTrainBegin?.(scheduled)).toThrow('schedule constant');
});

test('what watches validation needs some', () => {
  const run = fakeRun({ validation: undefined });
  expect(() => earlyStopping().onTrainBegin?.(run)).toThrow('has no validation');
  expect(() => earlyStopping({ monitor: 'loss' }).onTrainBegin?.(run)).not.toThrow();
});

test.each([NaNs, Number.POSITIVE_INFINITY])(
  'terminate on NaN stops at a loss of %d, in that step',
  (loss) => {
    const run = fakeRun();
    const step = { epoch: 2, step: 3, steps: 4, accuracy: 0, learningRate: 1 };
    const callback = terminateOnNaN();
    callback.onStepEnd?.({ ...step, loss: 1e30 }, run);
    expect(run.stopped).toBeUndefined();
    callback.onStepEnd?.({ ...step, loss }, run);
    expect(run.stopped).toContain('in step 3 of epoch 2');
  },
);

describe.each(WAYS)('model checkpoint, %s', (_, resumes) => {
  type Case = [
    what: string,
    options: Parameters<typeof modelCheckpoint>[0],
    values: number[],
    files: string[],
  ];
  const named = '{epoch:02}-{validationLoss:.1}.safetensors';
  const table: Case[] = [
    ['each epoch', { file: named }, [3, 4], ['01-3.0.safetensors', '02-4.0.safetensors']],
    ['every second', { every: 2 }, [1, 2, 3, 4], ['epoch-002.safetensors', 'epoch-004.safetensors']],
    [
      'the best only',
      { file: named, saveBestOnly: true },
      [3, 3, 4, 2],
      ['01-3.0.safetensors', '04-2.0.safetensors'],
    ],
    [
      'only what beats the threshold',
      { file: named, saveBestOnly: true, initialValueThreshold: 3 },
      [3, 4, 2],
      ['03-2.0.safetensors'],
    ],
    ['one file, overwritten', { saveBestOnly: true }, [3, 2], ['best.safetensors']],
  ];
  test.each(table)('%s', async (_what, options, values, expected) => {
    const { files, output } = memoryOutput();
    await drive(() => modelCheckpoint(options, output), losses(values), resumes);
    expect([...files.keys()]).toEqual(expected);
  });
});

describe.each(WAYS)('the CSV log, %s', (_, resumes) => {
  test('has a header and a row each epoch, and starts anew unless told to append', async () => {
    const { files, output, text } = memoryOutput();
    const old = new TextEncoder().encode('epoch;trainLoss\n1;9\n');
    for (const append of [false, true]) {
      files.set('log.csv', old);
      await drive(() => csvLogger({ separator: ';', append }, output), losses([3, 2]), resumes);
      const lines = text('log.csv').trimEnd().split('\n');
      expect(lines).toHaveLength(append ? 4 : 3);
      expect(lines[0]).toMatch(/^epoch;trainLoss/);
      expect(lines.at(-1)).toMatch(/^2;.*;2$/);
    }
  });
});

test('the step log holds means over as many steps as make the lines asked for', async () => {
  const { output, text } = memoryOutput();
  const run = fakeRun({ epochs: 2 });
  const callback = stepLogger({ lines: 4 }, output);
  await callback.onTrainBegin?.(run);
  for (let step = 1; step <= 4; step++) {
    callback.onStepEnd?.({ epoch: 1, step, steps: 4, loss: step, accuracy: 0, learningRate: step / 10 }, run);
  }
  await callback.onEpochEnd?.(record(1, {}), run);
  const lines = text('metrics.jsonl')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toEqual([
    { step: 2, epoch: 1, loss: 1.5, accuracy: 0, learningRate: 0.2 },
    { step: 4, epoch: 1, loss: 3.5, accuracy: 0, learningRate: 0.4 },
  ]);
});

test.each([
  [{}, 'must be a list'],
  [[{ type: 'earlyStoping' }], 'There is no callback "earlyStoping"'],
  [[{ type: 'earlyStopping', patient: 3 }], 'has no option "patient"; it has monitor'],
  [[{ type: 'earlyStopping', patience: 1.5 }], 'must be a whole number from 0, not 1.5'],
  [[{ type: 'earlyStopping', monitor: 'f1' }], 'must be one of trainLoss'],
  [[{ type: 'reduceLROnPlateau', factor: 1 }], 'below 1, not 1'],
  [[{ type: 'csvLogger', file: '../x.csv' }], 'a relative path'],
  [[{ type: 'csvLogger', file: '/x.csv' }], 'a relative path'],
])('JSON %j is refused', (specs, problem) => {
  expect(() => checkCallbacks(specs)).toThrow(problem);
});
