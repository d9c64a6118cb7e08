/** From pixels to a trained network: the smallest runs that show the whole engine learns. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  decodeNetwork,
  encodeNetwork,
  evaluate,
  loadMnist,
  preset,
  subset,
  syntheticDigits,
  train,
} from '../src/index.ts';
import { needs } from './requirements.ts';

const hasMnist =
  process.env.INKLING_DATA !== undefined || existsSync('data/mnist/train-images-idx3-ubyte.gz');
const withMnist = needs(hasMnist, 'MNIST (set INKLING_DATA to a folder with its four files)');
const minutes = 60_000;

describe('on MNIST', () => {
  withMnist(
    'the default preset learns from 12,000 digits in one epoch',
    async () => {
      const { train: all, test: testSet } = await loadMnist();
      const data = subset(
        all,
        Array.from({ length: 12_000 }, (_, i) => i),
        'mnist/part',
      );
      const { model, ...recipe } = preset('default');
      const { network } = await train(model, { ...recipe, epochs: 1, data });
      expect((await evaluate(network, testSet)).accuracy).toBeGreaterThan(0.95);
    },
    4 * minutes,
  );

  withMnist(
    'a network that has seen nothing but synthetic digits reads real ones',
    async () => {
      const { model, ...recipe } = preset('default');
      const data = syntheticDigits({ count: 15_000, seed: 1 });
      const { network } = await train(model, { ...recipe, epochs: 2, data });
      const { test: testSet } = await loadMnist();
      expect((await evaluate(network, testSet)).accuracy).toBeGreaterThan(0.9);
    },
    4 * minutes,
  );

  withMnist(
    'the shipped network reads at least 99.4 % of the test digits',
    async () => {
      const file = 'weights/digits.safetensors';
      const bytes = await readFile(join(import.meta.dirname, '..', file));
      expect(bytes.length).toBeLessThan(2e6);
      const { test: testSet } = await loadMnist();
      expect((await evaluate(decodeNetwork(bytes, file), testSet)).accuracy).toBeGreaterThan(0.994);
    },
    2 * minutes,
  );
});

describe('on synthetic digits', () => {
  const data = syntheticDigits({ count: 128, seed: 3 });
  const { model, ...recipe } = preset('default');
  const options = { ...recipe, epochs: 2, batch: 16, data, threads: 1 };

  test('the same seed gives the same file, and another seed another', async () => {
    const files = [];
    for (const seed of [5, 5, 6])
      files.push(encodeNetwork((await train(model, { ...options, seed })).network));
    expect(files[0]).toEqual(files[1]);
    expect(files[0]).not.toEqual(files[2]);
  });

  test.each([1, 7, 8, 11])('stopped after %i steps and resumed, the weights are the same', async (stop) => {
    const whole = await train(model, options);
    const controller = new AbortController();
    let steps = 0;
    const first = await train(model, {
      ...options,
      signal: controller.signal,
      onStep() {
        if (++steps === stop) controller.abort();
      },
    });
    expect(first.interrupted).toMatchObject({ epoch: Math.floor(stop / 8), step: stop % 8 });
    const rest = await train(model, { ...options, resume: first.interrupted });
    expect(encodeNetwork(rest.network)).toEqual(encodeNetwork(whole.network));
    expect(rest.history.map(({ trainLoss }) => trainLoss)).toEqual(
      whole.history.map(({ trainLoss }) => trainLoss),
    );
  });
});
