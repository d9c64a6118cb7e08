/** Predictions are found again: page by page, by what they say, or all. */
import { expect } from 'vitest';
import { UsageError } from '../../../src/index.ts';
import { samplePrediction } from '../testing/samples.ts';
import { allOf, type ContractPart } from './part.ts';

export const lists: ContractPart = (test, { one }) => {
  test('lists the newest first, without pictures', async () => {
    const store = await one();
    const predictions = [3, 1, 2].map((createdAt) => samplePrediction({ createdAt }));
    for (const prediction of predictions) await store.add(prediction);
    const page = await store.list({ owner: 'me', limit: 3 });
    const { picture: _, digits, ...rest } = predictions[0];
    expect(page.predictions[0]).toEqual({
      ...rest,
      digits: digits.map(({ image: _, ...digit }) => digit),
    });
    expect(page.predictions.map(({ createdAt }) => createdAt)).toEqual([3, 2, 1]);
    expect(page).toMatchObject({ next: null, total: 3 });
    expect(await store.list({ owner: 'nobody', limit: 3 })).toEqual({
      predictions: [],
      next: null,
      total: 0,
    });
  });

  test('pages through all, each once, while some are added and deleted', async () => {
    const store = await one();
    // Many of the same millisecond, so that the time alone is no order.
    const predictions = Array.from({ length: 25 }, (_, index) =>
      samplePrediction({ createdAt: 1000 + Math.floor(index / 10) }),
    );
    await Promise.all(predictions.map((prediction) => store.add(prediction)));
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await store.list({ owner: 'me', limit: 4, after });
      seen.push(...page.predictions.map(({ id }) => id));
      after = page.next ?? undefined;
      await store.add(samplePrediction({ createdAt: 2000 + seen.length }));
      // What was seen goes, the one that the cursor stands on too.
      await store.remove('me', seen.at(-1)!);
    } while (after);
    expect(new Set(seen)).toEqual(new Set(predictions.map(({ id }) => id)));
    expect(seen).toHaveLength(25);
  });

  test('ends with the last page when it is exactly full', async () => {
    const store = await one();
    for (const createdAt of [1, 2, 3, 4]) await store.add(samplePrediction({ createdAt }));
    const first = await store.list({ owner: 'me', limit: 2 });
    expect(first.next).not.toBeNull();
    const second = await store.list({ owner: 'me', limit: 2, after: first.next! });
    expect(second.predictions.map(({ createdAt }) => createdAt)).toEqual([2, 1]);
    expect(second).toMatchObject({ next: null, total: 4 });
  });

  test('turns away cursors that it did not give', async () => {
    const store = await one();
    for (const after of ['', 'x', 'bm9uZQ', Buffer.from('1 a\0').toString('base64url')]) {
      await expect(store.list({ owner: 'me', limit: 2, after })).rejects.toThrow(UsageError);
    }
  });

  test('searches text and correction, every character for itself', async () => {
    const store = await one();
    const texts = ['7', '17\n7', '50%', '5_0', 'a\\b', 'Ünï', 'it’s "'];
    for (const [index, text] of texts.entries())
      await store.add(samplePrediction({ text, createdAt: index }));
    const corrected = samplePrediction({ text: '0', createdAt: 99 });
    await store.add(corrected);
    await store.correct('me', corrected.id, '42', 1);
    const find = async (search: string) =>
      (await allOf(store, { owner: 'me', search })).map(({ text }) => text);
    expect(await find('7')).toEqual(['17\n7', '7']);
    expect(await find('7\n7')).toEqual(['17\n7']);
    expect(await find('%')).toEqual(['50%']);
    expect(await find('_')).toEqual(['5_0']);
    expect(await find('\\')).toEqual(['a\\b']);
    expect(await find('ünï')).toEqual([]);
    expect(await find('Ünï')).toEqual(['Ünï']);
    expect(await find("' or 1=1 --")).toEqual([]);
    expect(await find('"')).toEqual(['it’s "']);
    expect(await find('42')).toEqual(['0']);
    expect(await find('\0')).toEqual([]);
    expect(await find('')).toHaveLength(8);
    expect((await store.list({ owner: 'me', limit: 1, search: '7' })).total).toBe(2);
  });

  test('lists only those that were corrected, or only the others', async () => {
    const store = await one();
    const [one_, two, three] = [1, 2, 3].map((createdAt) => samplePrediction({ createdAt }));
    for (const prediction of [one_, two, three]) await store.add(prediction);
    await store.correct('me', one_.id, '', 5);
    await store.correct('me', two.id, '7', 5);
    const ids = async (corrected: boolean) =>
      (await allOf(store, { owner: 'me', corrected })).map(({ id }) => id);
    expect(await ids(true)).toEqual([two.id, one_.id]);
    expect(await ids(false)).toEqual([three.id]);
    expect((await store.list({ owner: 'me', limit: 1, corrected: true })).total).toBe(2);
  });

  test('gives all of an owner, oldest first, whole', async () => {
    const store = await one();
    const predictions = [1, 2, 2, 3].map((createdAt) => samplePrediction({ createdAt }));
    for (const prediction of predictions.toReversed()) await store.add(prediction);
    const given = [];
    for await (const prediction of store.each('me')) {
      given.push(prediction);
      if (given.length > 1) continue;
      await store.remove('me', predictions[3].id);
      await store.add({ ...predictions[0], createdAt: 9 });
      await store.add(samplePrediction({ createdAt: 10 }));
    }
    expect(given.map(({ createdAt }) => createdAt)).toEqual([1, 2, 2]);
    expect(given).toEqual(expect.arrayContaining(predictions.slice(0, 3)));
  });
};
