import { expect, test } from 'vitest';
import { syntheticDigits } from '../data/synthetic/index.ts';
import { preset } from './presets.ts';
import { train } from './train.ts';

const { model, ...recipe } = preset('sprint');
const OPTIONS = { ...recipe, batch: 16, epochs: 1, backend: 'wasm', threads: 1 } as const;

test('a profile names every kernel of a step, and changes nothing', async () => {
  const data = syntheticDigits({ count: 176, seed: 3 });
  const plain = await train(model, { ...OPTIONS, data });
  const { profile, network } = await train(model, { ...OPTIONS, data, profile: true });
  expect(plain.profile).toBeUndefined();
  expect(network.weights).toEqual(plain.network.weights);
  // Of eleven steps the third and the eleventh.
  expect(profile?.steps).toBe(2);
  const { kernels = [], milliseconds = 0 } = profile ?? {};
  expect(kernels.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  expect(kernels.reduce((sum, kernel) => sum + kernel.milliseconds, 0)).toBeCloseTo(milliseconds, 9);
  for (const [layer, operation, phase] of [
    ['conv2d_1', 'conv2d', 'forward'],
    ['dense_2', 'dense', 'backward'],
    ['', 'adamw', 'update'],
  ]) {
    expect(kernels).toContainEqual(expect.objectContaining({ layer, operation, phase }));
  }
});

test('a run that is too short has no profile', async () => {
  const data = syntheticDigits({ count: 32, seed: 3 });
  expect((await train(model, { ...OPTIONS, data, profile: true })).profile).toBeUndefined();
});
