/** What is old is dropped, and who asks too often waits. */
import { expect } from 'vitest';
import { samplePrediction } from '../testing/samples.ts';
import { allOf, type ContractPart, pause } from './part.ts';

export const upkeep: ContractPart = (test, { one, stores }) => {
  test('drops what is too old, corrected or not', async () => {
    const store = await one();
    const predictions = Array.from({ length: 1100 }, (_, createdAt) => samplePrediction({ createdAt }));
    await Promise.all(predictions.map((prediction) => store.add(prediction)));
    await store.correct('me', predictions[3].id, '1', 5);
    expect(await store.prune({ before: 1050 })).toBe(1050);
    expect(await store.prune({ before: 1050 })).toBe(0);
    expect(await store.counts()).toEqual({ predictions: 50, corrections: 0 });
    expect(await store.prune({})).toBe(0);
  });

  test('drops the oldest beyond a number, but nothing corrected', async () => {
    const [store, other] = await stores(2);
    const predictions = Array.from({ length: 20 }, (_, createdAt) => samplePrediction({ createdAt }));
    await Promise.all(predictions.map((prediction) => store.add(prediction)));
    for (const index of [0, 5, 19]) await store.correct('me', predictions[index].id, '1', 5);
    expect(await store.prune({ count: 20 })).toBe(0);
    // Two servers at the same time do not drop twice as many.
    const dropped = await Promise.all([store.prune({ count: 10 }), other.prune({ count: 10 })]);
    expect(dropped[0] + dropped[1]).toBe(10);
    const left = (await allOf(store, { owner: 'me' })).map(({ createdAt }) => createdAt);
    expect(left).toEqual([19, 18, 17, 16, 15, 14, 13, 12, 5, 0]);
    expect(await store.prune({ count: 2 })).toBe(7);
    expect(await store.counts()).toEqual({ predictions: 3, corrections: 3 });
  });

  test('grants what a bucket holds, then says how long to wait', async () => {
    const store = await one();
    const key = 'client%_\'"';
    expect(await store.take(key, 2, 3, 600)).toBe(0);
    expect(await store.take(key, 1, 3, 600)).toBe(0);
    const wait = await store.take(key, 1, 3, 600);
    expect(wait).toBeGreaterThan(150);
    expect(wait).toBeLessThanOrEqual(200);
    // What was not granted was not taken.
    expect(await store.take(key, 1, 3, 600)).toBeLessThanOrEqual(wait);
    expect(await store.take(key, 2, 3, 600)).toBeGreaterThan(200);
    expect(await store.take('another', 3, 3, 600)).toBe(0);
    expect(await store.take('never', 4, 3, 600)).toBe(Number.POSITIVE_INFINITY);
  });

  test('fills buckets up again', async () => {
    const store = await one();
    expect(await store.take('key', 3, 3, 3)).toBe(0);
    const wait = await store.take('key', 1, 3, 3);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(1);
    await pause(wait * 1000 + 20);
    expect(await store.take('key', 1, 3, 3)).toBe(0);
    await pause(4000);
    // Full, and no fuller than that.
    expect(await store.take('key', 3, 3, 600)).toBe(0);
    expect(await store.take('key', 1, 3, 600)).toBeGreaterThan(0);
  });

  test('grants together no more than a bucket holds, asked by several servers at once', async () => {
    const servers = await stores(3);
    const waits = await Promise.all(
      Array.from({ length: 120 }, (_, index) => servers[index % 3].take('key', 1, 37, 3600)),
    );
    expect(waits.filter((wait) => wait === 0)).toHaveLength(37);
    expect(Math.max(...waits)).toBeLessThanOrEqual(3600 / 37);
  });
};
