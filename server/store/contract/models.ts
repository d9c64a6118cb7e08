/** Models, what they are called, and what is known of them. */
import { expect } from 'vitest';
import { UsageError } from '../../../src/index.ts';
import { samplePrediction } from '../testing/samples.ts';
import { watchAlias } from '../watch.ts';
import { type ContractPart, until } from './part.ts';

export const models: ContractPart = (test, { one, stores }) => {
  test('keeps models and what they are called', async () => {
    const [store, other] = await stores(2);
    const bytes = new Uint8Array(2_000_000).map((_, index) => index % 251);
    const first = { version: 'aaaaaaaaaaaa', name: 'first', bytes, createdAt: 1 };
    const second = { version: 'bbbbbbbbbbbb', name: 'sécond', bytes: bytes.slice(7), createdAt: 2 };
    await store.addModel(first);
    await store.addModel(second);
    await Promise.all([store.addModel(first), other.addModel(first)]);
    expect(await other.models()).toEqual(
      [second, first].map(({ version, name, createdAt }) => ({ version, name, createdAt })),
    );
    expect(await other.model('aaaaaaaaaaaa')).toEqual(first);
    const damaged = { version: 'bbbbbbbbbbbb', name: 'other', bytes: bytes.slice(8), createdAt: 3 };
    await store.addModel(damaged);
    expect(await other.model('bbbbbbbbbbbb')).toEqual({ ...second, bytes: damaged.bytes });
    await other.addModel(second);
    expect(await store.model('bbbbbbbbbbbb'), 'the file is mended, the rest is as it was').toEqual(second);
    expect(await other.model('cccccccccccc')).toBeUndefined();
    expect(await other.alias('champion')).toBeUndefined();
    await store.setAlias('champion', 'aaaaaaaaaaaa');
    await store.setAlias('candidate', 'bbbbbbbbbbbb');
    expect(await other.alias('champion')).toBe('aaaaaaaaaaaa');
    await store.setAlias('champion', 'bbbbbbbbbbbb');
    expect(await other.alias('champion')).toBe('bbbbbbbbbbbb');
    for (const version of ['cccccccccccc', '\0']) {
      await expect(store.setAlias('champion', version)).rejects.toThrow(UsageError);
    }
    expect(await other.alias('champion')).toBe('bbbbbbbbbbbb');
  });

  test('tells other servers of a new champion', async () => {
    const [store, other] = await stores(2);
    const bytes = new Uint8Array(8);
    for (const version of ['a', 'b']) await store.addModel({ version, name: version, bytes, createdAt: 1 });
    const seen: string[] = [];
    const stop = watchAlias(other, 'champion', (version) => seen.push(version), { every: 20 });
    try {
      for (const version of ['a', 'b', 'a']) {
        await store.setAlias('champion', version);
        await until(() => seen.at(-1) === version);
      }
      expect(seen).toEqual(['a', 'b', 'a']);
    } finally {
      stop();
    }
  });

  test('keeps what is known of models, and who answered when', async () => {
    const [store, other] = await stores(2);
    const bytes = new Uint8Array(8);
    for (const [i, version] of ['a', 'b', 'c'].entries()) {
      await store.addModel({ version, name: version, bytes, createdAt: i });
    }
    const facts = { parents: ['a'], data: { pictures: 'ff' }, scores: { validation: 0.99 }, reason: null };
    await store.register('b', { ...facts, state: 'candidate' });
    await store.register('c', { ...facts, state: 'candidate' });
    await store.register('c', { ...facts, state: 'rejected', reason: 'It forgot the sevens.' });
    const states = async () => (await other.registry()).map(({ version, state }) => `${version} ${state}`);
    expect(await states()).toEqual(['c rejected', 'b candidate', 'a candidate']);
    expect((await other.registry())[1]).toEqual({
      ...{ version: 'b', name: 'b', createdAt: 1, state: 'candidate' },
      ...facts,
    });
    expect(await store.promote('b', { at: 5, reason: 'Better.', previous: 'a' })).toBe(true);
    expect(await other.alias('champion')).toBe('b');
    expect(await states()).toEqual(['c rejected', 'b champion', 'a archived']);
    expect(await store.promote('c', { at: 6, reason: null, onlyAfter: 'a' }), 'b came first').toBe(false);
    expect(await other.promote('a', { at: 7, reason: null, previous: 'c', onlyAfter: 'b' })).toBe(true);
    expect(await states()).toEqual(['c rejected', 'b archived', 'a champion']);
    expect(await other.promotions(9)).toEqual([
      { version: 'a', previous: 'b', at: 7, reason: null },
      { version: 'b', previous: 'a', at: 5, reason: 'Better.' },
    ]);
    for (const version of ['d', '\0']) {
      await expect(store.promote(version, { at: 8, reason: null })).rejects.toThrow(UsageError);
      await expect(store.register(version, { ...facts, state: 'archived' })).rejects.toThrow(UsageError);
    }
    expect(await other.alias('champion')).toBe('a');
    expect(await other.promotions(1)).toHaveLength(1);
  });

  test('lets an alias name no alias, so that none can go round in a circle', async () => {
    const store = await one();
    await store.addModel({ version: 'a', name: 'a', bytes: new Uint8Array(1), createdAt: 1 });
    await store.setAlias('candidate', 'a');
    await expect(store.setAlias('champion', 'candidate')).rejects.toThrow('no model "candidate"');
    await expect(store.setAlias('candidate', 'candidate')).rejects.toThrow('no model "candidate"');
    expect(await store.alias('candidate')).toBe('a');
  });

  test('keeps the trial of a pair, until another model is promoted or is the candidate', async () => {
    const [store, other] = await stores(2);
    const bytes = new Uint8Array(8);
    for (const version of ['a', 'b', 'c'])
      await store.addModel({ version, name: version, bytes, createdAt: 1 });
    const pair = { champion: 'a', candidate: 'b' };
    expect(await other.trial('a')).toBeUndefined();
    await store.setTrial({ ...pair, share: 0.25, at: 10 });
    const running = { ...pair, share: 0.25, startedAt: 10, digits: 0, agreed: 0 };
    expect(await other.trial('a')).toEqual(running);
    expect(await other.alias('candidate')).toBe('b');
    expect(await other.trial('b')).toBeUndefined();

    await Promise.all([store, other].map((one) => one.addReadings({ ...pair, digits: 5, agreed: 4 })));
    await store.addReadings({ champion: 'a', candidate: 'c', digits: 1, agreed: 1 });
    await store.setTrial({ ...pair, share: 0, at: 20 });
    expect(await other.trial('a'), 'it goes on').toEqual({ ...running, share: 0, digits: 10, agreed: 8 });
    await store.setTrial({ ...pair, share: null, at: 30 });
    expect(await other.trial('a')).toBeUndefined();
    await store.setTrial({ ...pair, share: 0.5, at: 40 });
    expect(await other.trial('a')).toMatchObject({ share: 0.5, startedAt: 40, digits: 10 });

    await store.setAlias('candidate', 'c');
    expect(await other.trial('a'), 'another candidate').toBeUndefined();
    await store.setAlias('candidate', 'b');
    const again = { ...running, share: 0.5, startedAt: 40, digits: 10, agreed: 8 };
    expect(await other.trial('a')).toEqual(again);
    expect(await store.promote('c', { at: 50, reason: null, previous: 'a', onlyAfter: 'b' })).toBe(false);
    expect(await other.trial('a'), 'nothing was promoted').toEqual(again);
    await store.promote('b', { at: 50, reason: null, previous: 'a' });
    expect(await other.trial('b'), 'beside itself').toBeUndefined();
    await store.promote('a', { at: 60, reason: null });
    expect(await other.trial('a'), 'b was taken back').toBeUndefined();

    for (const wrong of ['d', '\0']) {
      for (const names of [
        { ...pair, candidate: wrong },
        { ...pair, champion: wrong },
      ]) {
        await expect(store.setTrial({ ...names, share: 0.1, at: 70 })).rejects.toThrow(UsageError);
      }
    }
    expect(await other.alias('candidate')).toBe('b');
  });

  test('counts what each model answered, and what people put right', async () => {
    const store = await one();
    expect(await store.usage()).toEqual([]);
    const predictions = ['a', 'a', 'a', 'b', 'b'].map((model) => samplePrediction({ model, text: '7' }));
    for (const prediction of predictions) await store.add(prediction);
    // Wrong, confirmed, wrong, and of the other model: no digit at all.
    for (const [i, text] of ['1', '7', '77', '', '1'].entries()) {
      await store.correct('me', predictions[i].id, text, 5);
    }
    await store.correct('me', predictions[4].id, null, 6);
    const usage = (await store.usage()).sort((a, b) => (a.version < b.version ? -1 : 1));
    expect(usage).toEqual([
      { version: 'a', predictions: 3, corrections: 2 },
      { version: 'b', predictions: 2, corrections: 1 },
    ]);
    await store.removeAll('me');
    expect(await store.usage()).toEqual([]);
  });
};
