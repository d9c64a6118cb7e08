/** The outputs of the first layers are those of the whole network, run layer by layer. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeNetwork, syntheticDigits } from '../../../src/browser.ts';
import { cuts, FirstLayers } from './layers.ts';

const file = join(import.meta.dirname, '..', '..', '..', 'weights', 'digits.safetensors');
const network = decodeNetwork(new Uint8Array(readFileSync(file)), file);

/** Of the shipped network's first convolution. */
const FILTERS = 32;

test('the first three activations are shown, and none behind the pictures', () => {
  const { layers } = network.model;
  expect(cuts(network).map((count) => layers[count - 1].type)).toEqual(['relu', 'relu', 'relu']);
  expect(cuts({ model: { input: [4], layers: [{ type: 'dense', units: 3 }, { type: 'relu' }] } })).toEqual(
    [],
  );
});

test('the first layer gives what its convolution, batch norm and ReLU come to', async () => {
  const image = syntheticDigits({ count: 1, seed: 3 }).images;
  const layers = new FirstLayers(network);
  await layers.outputs(new Uint8Array(784));
  const [first, second, third] = await layers.outputs(image);
  expect([first, second, third].map(({ height, width, channels }) => [height, width, channels])).toEqual([
    [28, 28, FILTERS],
    [28, 28, FILTERS],
    [14, 14, 2 * FILTERS],
  ]);
  const { mean, deviation } = network.normalisation;
  const weight = (name: string) => network.weights.get(name)!.values;
  const [row, column] = [14, 12];
  for (let channel = 0; channel < FILTERS; channel++) {
    let sum = 0;
    for (let y = 0; y < 3; y++) {
      for (let x = 0; x < 3; x++) {
        const pixel = (image[(row + y - 1) * 28 + column + x - 1] / 255 - mean) / deviation;
        sum += pixel * weight('conv2d_1.weight')[(y * 3 + x) * FILTERS + channel];
      }
    }
    const spread = Math.sqrt(weight('batchNorm_1.runningVariance')[channel] + 1e-5);
    const centred = (sum - weight('batchNorm_1.runningMean')[channel]) / spread;
    const scaled = weight('batchNorm_1.gamma')[channel] * centred + weight('batchNorm_1.beta')[channel];
    expect(first.values[(row * 28 + column) * FILTERS + channel]).toBeCloseTo(Math.max(0, scaled), 3);
  }
});
