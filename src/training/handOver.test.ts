import { expect, test } from 'vitest';
import { syntheticDigits } from '../data/synthetic/index.ts';
import { dense, flatten, sequential } from '../model/layers.ts';
import { train } from './train.ts';

const model = sequential({ input: [28, 28, 1] }, [flatten(), dense({ units: 10 })]);

test('pictures that are handed over are given up, and training sees them all the same', async () => {
  const options = { backend: 'wasm', epochs: 2, batch: 16, threads: 1 } as const;
  const kept = syntheticDigits({ count: 64, seed: 3 });
  const given = { ...kept, images: kept.images.slice() };
  const images = given.images;
  const expected = await train(model, { ...options, data: kept });
  const { network } = await train(model, { ...options, data: given, handOver: true });
  expect(network.weights).toEqual(expected.network.weights);
  expect(kept.images.length).toBe(64 * 784);
  expect(given.images.length).toBe(0);
  expect(images.buffer.byteLength).toBe(0);
});

test('bytes that share their memory with others are left to them', async () => {
  const { images: own, ...rest } = syntheticDigits({ count: 32, seed: 4 });
  const shared = new Uint8Array(own.length + 16);
  shared.set(own, 16);
  const data = { ...rest, images: shared.subarray(16) };
  await train(model, { backend: 'wasm', epochs: 1, batch: 16, threads: 1, data, handOver: true });
  expect(data.images.length).toBe(0);
  expect(shared.length).toBe(own.length + 16);
});
