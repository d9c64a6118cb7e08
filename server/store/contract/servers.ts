/** Several servers on one database, and a server that leaves. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { StoreUnavailableError } from '../store.ts';
import { samplePrediction } from '../testing/samples.ts';
import type { ContractPart } from './part.ts';

export const servers: ContractPart = (test, { one, stores, database }) => {
  test('servers see at once what another wrote', async () => {
    const servers = await stores(3);
    for (let round = 0; round < 10; round++) {
      const prediction = samplePrediction({ createdAt: round });
      await servers[round % 3].add(prediction);
      expect(await servers[(round + 1) % 3].correct('me', prediction.id, `${round}`, 5)).toBe(true);
      const { predictions, total } = await servers[(round + 2) % 3].list({ owner: 'me', limit: 1 });
      expect(predictions[0]).toMatchObject({ id: prediction.id, correction: `${round}` });
      expect(total).toBe(round + 1);
    }
  });

  test('answers, until it is closed', async () => {
    const store = await one();
    await store.check();
    await store.close();
    await store.close();
    await expect(store.check()).rejects.toThrow(StoreUnavailableError);
    await expect(store.add(samplePrediction())).rejects.toThrow(StoreUnavailableError);
  });

  test('finishes what was asked before it closes', async () => {
    const place = await database();
    const store = await place.open();
    const predictions = Array.from({ length: 50 }, () => samplePrediction({ id: randomUUID() }));
    const added = Promise.all(predictions.map((prediction) => store.add(prediction)));
    await Promise.all([added, store.close()]);
    const again = await place.open();
    expect(await again.counts()).toEqual({ predictions: 50, corrections: 0 });
  });
};
