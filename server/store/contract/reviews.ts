/** What administrators decide about corrections. */
import { expect } from 'vitest';
import { samplePrediction } from '../testing/samples.ts';
import type { ContractPart } from './part.ts';

export const reviews: ContractPart = (test, { one }) => {
  test('keeps what was decided about corrections, as long as nothing changes', async () => {
    const store = await one();
    const [mine, theirs] = ['me', 'them'].map((owner) => samplePrediction({ owner }));
    for (const prediction of [mine, theirs, samplePrediction()]) await store.add(prediction);
    await store.correct('me', mine.id, '1', 10);
    await store.correct('them', theirs.id, '2', 20);
    const ids = async (state?: 'pending' | 'accepted' | 'rejected') =>
      (await store.corrections({ state, limit: 9 })).corrections.map(({ id }) => id);
    expect(await ids()).toEqual([theirs.id, mine.id]);
    expect(await ids('pending')).toEqual([theirs.id, mine.id]);
    expect(await store.review(mine.id, { state: 'accepted', text: null, at: 30 })).toBe(true);
    expect(await store.review(theirs.id, { state: 'accepted', text: '3', at: 31 })).toBe(true);
    expect(await ids('accepted')).toEqual([theirs.id, mine.id]);
    const [first] = (await store.corrections({ limit: 1 })).corrections;
    expect(first).toEqual({
      ...{ id: theirs.id, owner: 'them', createdAt: theirs.createdAt, model: theirs.model, text: '7' },
      ...{ digits: theirs.digits, correction: '2', correctedAt: 20 },
      ...{ state: 'accepted', relabelled: '3', reviewedAt: 31 },
    });
    const { next, total } = await store.corrections({ limit: 1 });
    expect(total).toBe(2);
    const rest = await store.corrections({ limit: 1, after: next! });
    expect(rest.corrections.map(({ id }) => id)).toEqual([mine.id]);
    expect(rest.next).toBeNull();
    // Another picture under the same id, and another correction: what was accepted is gone.
    await store.add({ ...mine, createdAt: mine.createdAt + 1 });
    await store.correct('them', theirs.id, '2', 40);
    expect(await ids('accepted')).toEqual([]);
    const seen = { createdAt: theirs.createdAt, correctedAt: 20 };
    expect(await store.review(theirs.id, { state: 'accepted', text: null, at: 50, seen })).toBe(false);
    seen.correctedAt = 40;
    expect(await store.review(theirs.id, { state: 'rejected', text: null, at: 50, seen })).toBe(true);
    expect(await ids('rejected')).toEqual([theirs.id]);
    expect(await store.review('nobody', { state: 'rejected', text: null, at: 1 })).toBe(false);
    await store.remove('them', theirs.id);
    expect(await ids()).toEqual([mine.id]);
  });
};
