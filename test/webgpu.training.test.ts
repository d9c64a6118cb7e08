/** Training on a graphics card: as in WebAssembly, stopped and resumed, with the card lost, from the command line. */
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { BatchWriter, measureNormalisation, shuffledOrder } from '../src/data/batches.ts';
import { syntheticDigits } from '../src/data/synthetic/index.ts';
import { compile } from '../src/engine/compile.ts';
import { openCard } from '../src/engine/webgpu/device.ts';
import { averagePool2d, batchNorm, flatten, type ModelSpec } from '../src/model/layers.ts';
import { Classifier, evaluate } from '../src/training/classifier.ts';
import { preset } from '../src/training/presets.ts';
import { train } from '../src/training/train.ts';
import { onCard } from './adapter.ts';
import { inkling, lastJsonLine, temporaryFolder } from './commandLine.ts';

const LONG = 240_000;

/** The mean of ten stripes of a picture: enough to train on, and quickly compiled. */
const STRIPES: ModelSpec = {
  input: [28, 28, 1],
  layers: [averagePool2d({ poolSize: [28, 10], stride: [28, 2] }), flatten(), batchNorm({ name: 'norm' })],
};

describe('training', () => {
  const data = syntheticDigits({ count: 300, seed: 4 });
  const recipe = { data, validation: data, batch: 16, epochs: 3, seed: 2, learningRate: 0.05 };

  onCard(
    'goes as in WebAssembly',
    async () => {
      const card = await train(STRIPES, { ...recipe, backend: 'webgpu' });
      const wasm = await train(STRIPES, { ...recipe, backend: 'wasm' });
      expect(card.backend).toMatch(/^webgpu/);
      card.history.forEach((record, epoch) => {
        const expected = wasm.history[epoch];
        expect(record.trainLoss / expected.trainLoss).toBeCloseTo(1, 4);
        expect(Math.abs(record.trainAccuracy - expected.trainAccuracy)).toBeLessThan(0.01);
        expect(Math.abs(record.validationAccuracy! - expected.validationAccuracy!)).toBeLessThan(0.01);
      });
      const scores = await evaluate(card.network, data, { backend: 'webgpu', batch: 64 });
      const expected = await evaluate(card.network, data, { backend: 'wasm', batch: 64 });
      expect(scores.confusion).toEqual(expected.confusion);
      expect(scores.loss).toBeCloseTo(expected.loss, 5);
      const pictures = Array.from({ length: 9 }, (_, i) => data.images.subarray(784 * i, 784 * (i + 1)));
      const [actual, wanted] = await Promise.all(
        (['webgpu', 'wasm'] as const).map(async (backend) => {
          const classifier = await Classifier.create(card.network, { backend, batch: 2 });
          return classifier.classify(pictures).finally(() => classifier.dispose());
        }),
      );
      wanted.forEach((probabilities, picture) => {
        probabilities.forEach((probability, digit) => {
          expect(actual[picture][digit]).toBeCloseTo(probability, 5);
        });
      });
    },
    LONG,
  );

  onCard(
    'that is stopped goes on to the same bits',
    async () => {
      const whole = await train(STRIPES, { ...recipe, backend: 'webgpu' });
      const stop = new AbortController();
      const onStep = ({ epoch }: { epoch: number }) => epoch === 2 && stop.abort();
      const { signal } = stop;
      const { interrupted } = await train(STRIPES, { ...recipe, backend: 'webgpu', signal, onStep });
      expect(interrupted?.epoch).toBe(1);
      const resumed = await train(STRIPES, { ...recipe, backend: 'webgpu', resume: interrupted });
      expect(resumed.network.weights).toEqual(whole.network.weights);
      expect(resumed.history.map(({ trainLoss }) => trainLoss)).toEqual(
        whole.history.map(({ trainLoss }) => trainLoss),
      );
    },
    LONG,
  );

  onCard(
    'whose card is lost goes on from the last epoch to the same bits, and says so',
    async () => {
      const whole = await train(STRIPES, { ...recipe, backend: 'webgpu' });
      const notes: string[] = [];
      let isLost = false;
      const { network, history } = await train(STRIPES, {
        ...{ ...recipe, backend: 'webgpu', onNote: (sentence) => notes.push(sentence) },
        async onStep({ epoch }) {
          if (isLost || epoch < 2) return;
          isLost = true;
          (await openCard()).device.destroy();
        },
      });
      expect(notes).toHaveLength(1);
      expect(notes[0]).toMatch(/^The graphics card was lost \(.*\)\. Going on from the end of epoch 1\.$/);
      expect(network.weights).toEqual(whole.network.weights);
      expect(history).toHaveLength(3);
    },
    LONG,
  );

  onCard(
    'whose card is lost again and again ends with an error',
    async () => {
      const onStep = async () => (await openCard()).device.destroy();
      await expect(train(STRIPES, { ...recipe, backend: 'webgpu', onStep })).rejects.toThrow(
        /^The graphics card was lost .* It cannot be had again in epoch 1; go on from the last checkpoint/,
      );
    },
    LONG,
  );
});

describe('the sprint', () => {
  onCard(
    'has the losses of WebAssembly in its first 20 steps',
    async () => {
      const { model, optimizer } = preset('sprint');
      const batch = 32;
      const data = syntheticDigits({ count: 20 * batch, seed: 7 });
      const writer = new BatchWriter(data, measureNormalisation(data));
      const order = shuffledOrder(20 * batch, 1, 0);
      const losses = async (backend: 'webgpu' | 'wasm') => {
        const options = { backend, batch, mode: 'train', optimizer } as const;
        const executable = await compile(model, { ...options, loss: { type: 'softmaxCrossEntropy' } });
        executable.initialise(1);
        for (let step = 0; step < 20; step++) {
          writer.write(executable, order.subarray(step * batch, (step + 1) * batch));
          executable.train(1, step, 0.003);
        }
        const worth = await executable.takeWorth();
        await executable.dispose();
        return worth.map(({ loss }) => loss / batch);
      };
      const [actual, expected] = [await losses('webgpu'), await losses('wasm')];
      expect(actual).toHaveLength(20);
      actual.forEach((loss, step) => {
        expect(Math.abs(loss / expected[step] - 1), `step ${step + 1}`).toBeLessThan(0.01);
      });
    },
    LONG,
  );
});

describe('the command line', () => {
  onCard(
    'trains and evaluates on a card',
    async () => {
      const out = join(await temporaryFolder(), 'run');
      const where = ['--dataset', 'synthetic', '--backend', 'webgpu', '--json'];
      const size = ['--preset', 'sprint', '--examples', '200', '--batch', '32', '--epochs', '1'];
      const trained = await inkling(['train', ...where, ...size, '--out', out]);
      expect(trained.code, trained.stderr).toBe(0);
      const { backend, testAccuracy, model } = lastJsonLine(trained.stdout);
      expect(backend).toMatch(/^webgpu/);
      const scored = await inkling(['evaluate', String(model), ...where]);
      expect(lastJsonLine(scored.stdout).accuracy).toBe(testAccuracy);
    },
    LONG,
  );

  onCard('lists the cards', async () => {
    const { adapters } = lastJsonLine((await inkling(['info', '--json'])).stdout);
    expect(adapters).toContainEqual(
      expect.objectContaining({ name: expect.any(String), isSoftware: expect.any(Boolean) }),
    );
  });
});
