/** A candidate is tried beside the champion: who is answered by it, what is counted, and who may say so. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InklingClient } from '../server/client/client.ts';
import { digitFiles, forgetfulModel, otherModel, shippedModel } from '../server/reading/testing/pictures.ts';
import { placeOf } from '../server/trials.ts';
import { startApp, type TestApp } from './appServer.ts';

const TOKEN = 'a-token-of-the-administrator';
const champion = shippedModel().version;
const tried = otherModel('tried');
let app: TestApp;
let admin: InklingClient;

beforeEach(async () => {
  app = await startApp({ INKLING_ADMIN_TOKEN: TOKEN });
  admin = new InklingClient(app.url, { token: TOKEN });
  await admin.addModel(new Uint8Array(tried.bytes));
});
afterEach(() => app.stop());

const picture = (digit: number) => new Blob([digitFiles[digit]], { type: 'image/png' });
const browser = () => new InklingClient(app.url);
const usageOf = async (version: string) =>
  (await admin.usage()).models.find((model) => model.version === version);

/** How many of so many new browsers each model answers. */
async function answeredBy(browsers: number): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let i = 0; i < browsers; i++) {
    const { model } = await browser().predict(picture(3));
    counts.set(model, (counts.get(model) ?? 0) + 1);
  }
  return counts;
}

describe('a trial', { timeout: 60_000 }, () => {
  it('lets the candidate answer some browsers, and each of them always', async () => {
    expect(await admin.models()).toMatchObject({ current: champion, yours: champion, trial: null });
    await admin.tryModel(tried.version, 0.5);
    expect((await admin.models()).trial).toMatchObject({ champion, candidate: tried.version, share: 0.5 });
    const counts = await answeredBy(24);
    expect(counts.get(champion)! + counts.get(tried.version)!).toBe(24);
    const one = browser();
    const { model } = await one.predict(picture(1));
    for (const digit of [2, 3, 4]) expect((await one.predict(picture(digit))).model).toBe(model);
    expect((await one.predict(picture(5), { store: false })).model).toBe(model);
    expect((await one.models()).yours).toBe(model);
    expect((await browser().predict(picture(5), { store: false })).model, 'nobody in particular').toBe(
      champion,
    );
    await admin.endTrial();
    expect((await admin.models()).trial).toBeNull();
    expect((await one.predict(picture(1))).model).toBe(champion);
  });

  it('with a share of 0 lets it read along only', async () => {
    await admin.tryModel(tried.version, 0);
    expect(await answeredBy(8)).toEqual(new Map([[champion, 8]]));
    // One answer in four is read twice; the counts are kept a second later.
    await expect.poll(async () => (await usageOf(tried.version))?.agreement?.of, { timeout: 10_000 }).toBe(2);
    expect(await usageOf(champion)).toMatchObject({
      predictions: 8,
      agreement: { count: 2, of: 2, rate: 1 },
    });
    expect(await usageOf(tried.version)).toMatchObject({
      predictions: 0,
      corrections: { of: 0, rate: null },
    });
  });

  it('counts what people put right', async () => {
    await admin.tryModel(tried.version, 0.5);
    const wrong = new Map<string, number>();
    for (let i = 0; i < 12; i++) {
      const one = browser();
      const { id, text, model } = await one.predict(picture(i % 10));
      // Every third is said to be wrong, and one is confirmed.
      if (i % 3 === 0) {
        await one.correct(id, text === '1' ? '2' : '1');
        wrong.set(model, (wrong.get(model) ?? 0) + 1);
      } else if (i === 1) await one.correct(id, text);
    }
    for (const version of [champion, tried.version]) {
      const { predictions, corrections } = (await usageOf(version))!;
      expect(corrections).toMatchObject({ count: wrong.get(version) ?? 0, of: predictions });
      const [low, high] = corrections.interval;
      expect(low).toBeLessThanOrEqual(corrections.rate!);
      expect(high).toBeGreaterThan(corrections.rate!);
    }
  });

  it('ends when a model is promoted, and does not come back with the one before', async () => {
    await admin.tryModel(tried.version, 0.5);
    await admin.useModel(tried.version);
    expect((await admin.models()).trial).toBeNull();
    expect(await answeredBy(4)).toEqual(new Map([[tried.version, 4]]));
    await admin.rollBack();
    expect((await admin.models()).trial).toBeNull();
    expect(await answeredBy(8)).toEqual(new Map([[champion, 8]]));
  });

  it('is an administrator’s to begin, with a model that is there and sound, and half of all at most', async () => {
    const statusOf = (asked: Promise<unknown>) =>
      asked.then(
        () => 200,
        ({ problem }) => problem.status,
      );
    const stranger = browser();
    expect(await statusOf(stranger.tryModel(tried.version, 0.1))).toBe(401);
    expect(await statusOf(stranger.endTrial())).toBe(401);
    expect(await statusOf(admin.tryModel('0123456789ab', 0.1))).toBe(404);
    for (const share of [-0.1, 0.51, Number.NaN]) {
      expect(await statusOf(admin.tryModel(tried.version, share))).toBe(400);
    }
    expect(await statusOf(admin.tryModel(champion, 0.1))).toBe(422);
    const forgetful = forgetfulModel();
    await admin.addModel(new Uint8Array(forgetful.bytes));
    await admin.tryModel(tried.version, 0.5);
    expect(await statusOf(admin.tryModel(forgetful.version, 0.5))).toBe(422);
    expect((await admin.models()).trial, 'as before').toMatchObject({ candidate: tried.version });
    await app.services.models.follow();
    expect([...(await answeredBy(16)).keys()].sort()).toEqual([champion, tried.version].sort());
  });
});

it('where browsers stand is spread evenly, and anew for each candidate', () => {
  const owners = Array.from({ length: 4000 }, (_, i) => `browser ${i}`);
  const below = (candidate: string, share: number) =>
    owners.filter((owner) => placeOf(owner, candidate) < share);
  const tenth = below('a', 0.1);
  expect(tenth.length).toBeGreaterThan(330);
  expect(tenth.length).toBeLessThan(470);
  const third = new Set(below('a', 0.3));
  expect(tenth.every((owner) => third.has(owner))).toBe(true);
  const ofOther = new Set(below('b', 0.1));
  expect(tenth.filter((owner) => ofOther.has(owner)).length).toBeLessThan(80);
});
