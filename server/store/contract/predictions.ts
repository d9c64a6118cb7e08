/** Predictions are kept, each its owner's own. */
import { expect } from 'vitest';
import { sampleDigit, samplePrediction } from '../testing/samples.ts';
import { allOf, type ContractPart } from './part.ts';

export const predictions: ContractPart = (test, { one, stores }) => {
  test('gives back what was added, to the last bit', async () => {
    const store = await one();
    const predictions = [
      samplePrediction({
        text: '71\n٣ é 𝟟',
        digits: [sampleDigit(7), sampleDigit(1)],
        pictureType: 'image/webp',
        source: 'camera',
        milliseconds: 1 / 3,
      }),
      samplePrediction({ text: '', rejected: 'Nothing here is "dark" enough; it’s blank.', digits: [] }),
      samplePrediction({ correction: '', correctedAt: 12, createdAt: 0 }),
      samplePrediction({ picture: new Uint8Array(0), createdAt: 8.64e15 }),
    ];
    for (const prediction of predictions) {
      expect(await store.add(prediction)).toBe(true);
      const kept = await store.get('me', prediction.id);
      expect(kept).toEqual(prediction);
      expect(kept!.picture.constructor).toBe(Uint8Array);
    }
  });

  test('keeps pictures of many megabytes', async () => {
    const store = await one();
    const picture = new Uint8Array(12_000_000).map((_, index) => (index * index) >> 7);
    const prediction = samplePrediction({ picture });
    await store.add(prediction);
    const kept = await store.get('me', prediction.id);
    expect(Buffer.compare(kept!.picture, picture)).toBe(0);
  });

  test('keeps a picture that is a view of something larger', async () => {
    const store = await one();
    const whole = new Uint8Array(1000).map((_, index) => index);
    const prediction = samplePrediction({ picture: whole.subarray(100, 200) });
    await store.add(prediction);
    expect((await store.get('me', prediction.id))!.picture).toEqual(whole.slice(100, 200));
  });

  test('shows nobody what is someone else’s, and lets nobody change it', async () => {
    const store = await one();
    const mine = samplePrediction({ owner: 'me' });
    const theirs = samplePrediction({ owner: 'them' });
    await store.add(mine);
    await store.add(theirs);
    expect(await store.get('them', mine.id)).toBeUndefined();
    expect(await store.correct('them', mine.id, '1', 5)).toBe(false);
    expect(await store.remove('them', mine.id)).toBe(false);
    expect(await store.add({ ...mine, owner: 'them', text: '0' })).toBe(false);
    expect((await allOf(store, { owner: 'them' })).map(({ id }) => id)).toEqual([theirs.id]);
    for await (const { id } of store.each('them')) expect(id).toBe(theirs.id);
    expect(await store.removeAll('them')).toBe(1);
    expect(await store.get('me', mine.id)).toEqual(mine);
  });

  test('replaces a prediction of the same id, but keeps its correction', async () => {
    const store = await one();
    const first = samplePrediction();
    await store.add(first);
    await store.correct('me', first.id, '1', 77);
    const second = samplePrediction({
      id: first.id,
      createdAt: first.createdAt + 5,
      text: '17',
      digits: [sampleDigit(1), sampleDigit(7)],
      width: 300,
      model: 'ba9876543210',
      pictureType: 'image/webp',
      rejected: 'No.',
    });
    expect(await store.add(second)).toBe(true);
    expect(await store.get('me', first.id)).toEqual({ ...second, correction: '1', correctedAt: 77 });
    expect(await store.counts()).toEqual({ predictions: 1, corrections: 1 });
  });

  test('takes the same prediction many times at once', async () => {
    const [one, other] = await stores(2);
    const prediction = samplePrediction();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? one : other).add(prediction)),
    );
    expect(answers).toEqual(answers.map(() => true));
    expect(await one.get('me', prediction.id)).toEqual(prediction);
    expect(await other.counts()).toEqual({ predictions: 1, corrections: 0 });
  });

  test('of many that are added at once, those that cannot be kept harm no other', async () => {
    const store = await one();
    const theirs = samplePrediction({ owner: 'somebody else' });
    await store.add(theirs);
    const good = Array.from({ length: 60 }, () => samplePrediction());
    const taken = samplePrediction({ id: theirs.id });
    // No database takes that for a width.
    const bad = samplePrediction({ width: Number.NaN });
    const all = [...good.slice(0, 30), taken, bad, ...good.slice(30)];
    const answers = await Promise.allSettled(all.map((prediction) => store.add(prediction)));
    expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : 'refused'))).toEqual(
      all.map((prediction) => (prediction === bad ? 'refused' : prediction !== taken)),
    );
    for (const prediction of good) expect(await store.get('me', prediction.id)).toEqual(prediction);
    expect(await store.get('somebody else', theirs.id)).toEqual(theirs);
    expect(await store.counts()).toEqual({ predictions: 61, corrections: 0 });
  });

  test('sets corrections and takes them back', async () => {
    const store = await one();
    const prediction = samplePrediction();
    expect(await store.correct('me', prediction.id, '1', 5)).toBe(false);
    await store.add(prediction);
    expect(await store.correct('me', prediction.id, '', 5)).toBe(true);
    expect(await store.get('me', prediction.id)).toMatchObject({ correction: '', correctedAt: 5 });
    expect(await store.correct('me', prediction.id, '1\n2', 6)).toBe(true);
    expect(await store.get('me', prediction.id)).toMatchObject({ correction: '1\n2', correctedAt: 6 });
    expect(await store.correct('me', prediction.id, null, 7)).toBe(true);
    expect(await store.get('me', prediction.id)).toMatchObject({ correction: null, correctedAt: null });
    expect(await store.counts()).toEqual({ predictions: 1, corrections: 0 });
  });

  test('deletes one, and all of an owner', async () => {
    const store = await one();
    const predictions = Array.from({ length: 5 }, (_, index) =>
      samplePrediction({ owner: index < 4 ? 'me' : 'them' }),
    );
    for (const prediction of predictions) await store.add(prediction);
    expect(await store.remove('me', predictions[0].id)).toBe(true);
    expect(await store.remove('me', predictions[0].id)).toBe(false);
    expect(await store.get('me', predictions[0].id)).toBeUndefined();
    expect(await store.removeAll('me')).toBe(3);
    expect(await store.removeAll('me')).toBe(0);
    expect(await store.counts()).toEqual({ predictions: 1, corrections: 0 });
    // The id is free again, for anyone.
    expect(await store.add({ ...predictions[0], owner: 'them' })).toBe(true);
  });

  test('knows nothing by names that it could not keep', async () => {
    const store = await one();
    expect(await store.get('me\0', 'x')).toBeUndefined();
    expect(await store.get('me', 'x\0')).toBeUndefined();
    expect(await store.correct('me', '\0', '1', 1)).toBe(false);
    expect(await store.remove('me', '\0')).toBe(false);
    expect(await store.removeAll('\0')).toBe(0);
    for await (const { id } of store.each('\0')) expect.unreachable(id);
    expect(await store.model('\0')).toBeUndefined();
  });
};
