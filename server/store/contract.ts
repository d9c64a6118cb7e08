/** What every store keeps to: one suite, run over each database. */
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect } from 'vitest';
import { UsageError } from '../../src/index.ts';
import type { needs } from '../../test/requirements.ts';
import { type ListOptions, type Store, StoreUnavailableError } from './store.ts';
import { sampleDigit, samplePrediction } from './testing/samples.ts';
import { watchAlias } from './watch.ts';

type Register = ReturnType<typeof needs>;

/** A database for one test. */
export interface TestDatabase {
  /** Opens a store on it; several are several servers. */
  open(): Promise<Store>;
  remove(): Promise<void>;
}

export function describeStore(name: string, test: Register, create: () => Promise<TestDatabase>): void {
  const open: (() => Promise<void>)[] = [];

  /** So many stores on one new database. */
  async function stores(count: number): Promise<Store[]> {
    const database = await create();
    open.push(() => database.remove());
    // At the same time, as servers are started: all want to make the tables.
    const opened = await Promise.all(Array.from({ length: count }, () => database.open()));
    for (const store of opened) open.push(() => store.close());
    return opened;
  }

  const one = async () => (await stores(1))[0];

  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  describe(name, () => {
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
      expect((await all(store, { owner: 'them' })).map(({ id }) => id)).toEqual([theirs.id]);
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
        (await all(store, { owner: 'me', search })).map(({ text }) => text);
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
        (await all(store, { owner: 'me', corrected })).map(({ id }) => id);
      expect(await ids(true)).toEqual([two.id, one_.id]);
      expect(await ids(false)).toEqual([three.id]);
      expect((await store.list({ owner: 'me', limit: 1, corrected: true })).total).toBe(2);
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
      const left = (await all(store, { owner: 'me' })).map(({ createdAt }) => createdAt);
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
      expect(await other.trial('a')).toBeDefined();
      expect(await store.promote('c', { at: 50, reason: null, previous: 'a', onlyAfter: 'b' })).toBe(false);
      expect(await other.trial('a'), 'nothing was promoted').toBeDefined();
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
      const database = await create();
      open.push(() => database.remove());
      const store = await database.open();
      const predictions = Array.from({ length: 50 }, () => samplePrediction({ id: randomUUID() }));
      const added = Promise.all(predictions.map((prediction) => store.add(prediction)));
      await Promise.all([added, store.close()]);
      const again = await database.open();
      open.push(() => again.close());
      expect(await again.counts()).toEqual({ predictions: 50, corrections: 0 });
    });
  });
}

async function all(store: Store, options: Omit<ListOptions, 'limit'>) {
  return (await store.list({ ...options, limit: 100 })).predictions;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(10);
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
