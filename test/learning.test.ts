/** Learning from corrections as people see it: a mistake is corrected, reviewed, learnt from, kept behind a gate, and
 *  taken back; and floods of wrong corrections change nothing. */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InklingClient } from '../server/client/client.ts';
import { versionOf } from '../server/learning/registry.ts';
import { encodePng } from '../server/reading/png.ts';
import { samplePrediction } from '../server/store/testing/samples.ts';
import {
  type Dataset,
  decodeNetwork,
  defaultValidationCount,
  rightAnswers,
  splitDataset,
  subset,
  syntheticDigits,
} from '../src/index.ts';
import { startApp, type TestApp } from './appServer.ts';
import { barredSeven, weakModel } from './barredSevens.ts';
import { temporaryFolder } from './commandLine.ts';

const TOKEN = 'a-token-of-the-administrator';
const SMALL = { replay: 'synthetic', examples: 2000, epochs: 4, learningRate: 0.002 } as const;
const folder = await temporaryFolder();
const modelFile = join(folder, 'weak.safetensors');
let weak: Uint8Array<ArrayBuffer>;
let app: TestApp;

beforeAll(async () => {
  weak = await weakModel();
  await writeFile(modelFile, weak);
}, 120_000);

const start = () =>
  startApp({
    ...{
      INKLING_ADMIN_TOKEN: TOKEN,
      INKLING_MODEL: modelFile,
      INKLING_DB: join(folder, `${randomUUID()}.db`),
    },
  });
const administrator = () => new InklingClient(app.url, { token: TOKEN });
const drawing = (seed: number) => {
  const { data, ...size } = barredSeven(seed);
  return new Blob([encodePng({ ...size, channels: 1, data: Uint8Array.from(data) })], { type: 'image/png' });
};

async function finetuned() {
  const admin = administrator();
  await admin.finetune(SMALL);
  for (;;) {
    const status = await admin.finetuneStatus();
    if (status.state !== 'running') return status;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function sevensRead(count: number, firstSeed: number): Promise<number> {
  const client = new InklingClient(app.url);
  let right = 0;
  for (let i = 0; i < count; i++) {
    const { text } = await client.predict(drawing(firstSeed + i), { store: false });
    if (text === '7') right++;
  }
  return right / count;
}

describe('sevens with a bar, which the model takes for ones', { timeout: 240_000 }, () => {
  beforeAll(async () => {
    app = await start();
  });
  afterAll(() => app.stop());

  it('are learnt from twenty corrections, and unlearnt by rolling back', async () => {
    const admin = administrator();
    const before = await sevensRead(40, 500);
    expect(before, 'it is weak').toBeLessThan(0.5);

    const person = new InklingClient(app.url);
    for (let seed = 0; seed < 20; seed++) {
      const { id } = await person.predict(drawing(seed), { source: 'drawing' });
      await person.correct(id, '7');
    }
    const { corrections, total } = await admin.corrections({ state: 'pending', limit: 100 });
    expect(total).toBe(20);
    expect(new Set(corrections.map(({ client }) => client)).size).toBe(1);
    for (const { id, createdAt, correctedAt } of corrections) {
      await admin.review(id, { state: 'accepted', seen: { createdAt, correctedAt } });
    }

    let isOver = false;
    const failures: unknown[] = [];
    let answered = 0;
    const asking = (async () => {
      const other = new InklingClient(app.url);
      for (let seed = 1000; !isOver; seed++) {
        await other.predict(drawing(seed), { store: false }).catch((error) => failures.push(error));
        answered++;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    })();
    const status = await finetuned();
    expect(status).toMatchObject({
      state: 'promoted',
      reason: expect.stringContaining('held-out corrections'),
    });
    const tuned = status.version!;
    const { current, models } = await admin.models();
    expect(current).toBe(tuned);
    expect(models.find(({ version }) => version === tuned)).toMatchObject({
      ...{ state: 'champion', name: 'weak (fine-tuned)', parents: [versionOf(weak)], reason: status.reason },
    });

    const after = await sevensRead(40, 500);
    expect(after - before, `${before} before and ${after} after`).toBeGreaterThanOrEqual(0.3);
    // What fine-tuning holds out of the synthetic digits, whose seeds are told in datasets.ts.
    const pool = syntheticDigits({ count: 12_000, seed: 1 });
    const { validation } = splitDataset(pool, defaultValidationCount(12_000), 1);
    const accuracy = async (bytes: Uint8Array) => {
      const right = await rightAnswers(decodeNetwork(bytes, 'model'), validation, { threads: 1 });
      return right.reduce((sum, one) => sum + one, 0) / right.length;
    };
    const scores = [await accuracy(weak), await accuracy(await admin.weights(tuned))];
    expect(scores[1], `${scores}`).toBeGreaterThanOrEqual(scores[0] - 0.0005);

    expect(await admin.rollBack()).toBe(versionOf(weak));
    expect((await person.predict(drawing(5), { store: false })).model).toBe(versionOf(weak));
    expect((await admin.promotions()).promotions).toMatchObject([
      { version: versionOf(weak), previous: tuned, reason: `Rolled back from ${tuned}.` },
      { version: tuned, previous: versionOf(weak) },
    ]);
    await expect(admin.rollBack()).rejects.toMatchObject({ problem: { status: 422 } });
    isOver = true;
    await asking;
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThan(3);
  });

  it('are for administrators only, and reviews name what there is', async () => {
    const admin = administrator();
    const visitor = new InklingClient(app.url);
    for (const asked of [
      () => visitor.corrections(),
      () => visitor.review(randomUUID(), { state: 'accepted' }),
      () => visitor.finetune(),
      () => visitor.finetuneStatus(),
      () => visitor.rollBack(),
    ]) {
      await expect(asked()).rejects.toMatchObject({ problem: { status: 401 } });
    }
    await expect(admin.review(randomUUID(), { state: 'accepted' })).rejects.toMatchObject({
      problem: { status: 404, detail: expect.stringContaining('no such correction') },
    });
    const [{ id, createdAt }] = (await admin.corrections({ limit: 1 })).corrections;
    await expect(
      admin.review(id, { state: 'accepted', seen: { createdAt, correctedAt: 5 } }),
    ).rejects.toMatchObject({ problem: { status: 404 } });
    await expect(admin.review(id, { state: 'accepted', text: 'seven' })).rejects.toMatchObject({
      problem: { status: 400 },
    });
    await expect(admin.finetune({ epochs: 0 })).rejects.toMatchObject({ problem: { status: 400 } });
    const before = (await admin.corrections()).total;
    await expect(visitor.correct(randomUUID(), '7')).rejects.toMatchObject({
      problem: { status: 404, detail: expect.stringMatching(/\.$/) },
    });
    expect((await admin.corrections()).total, 'nothing was kept').toBe(before);
  });
});

/** So many wrong corrections by one owner; gives their ids. */
async function flood({ images, labels }: Dataset, told: (digit: number) => number): Promise<string[]> {
  const { store } = app.services;
  const ids: string[] = [];
  for (const [i, digit] of labels.entries()) {
    const sample = samplePrediction({ owner: 'flood', text: `${digit}`, createdAt: i });
    sample.digits[0] = { ...sample.digits[0], digit, image: images.slice(i * 784, (i + 1) * 784) };
    await store.add(sample);
    await store.correct('flood', sample.id, `${told(digit)}`, i);
    ids.push(sample.id);
  }
  return ids;
}

async function acceptAll(ids: readonly string[]): Promise<void> {
  for (const id of ids) await app.services.store.review(id, { state: 'accepted', text: null, at: 1 });
}

describe('five hundred wrong corrections from one client', { timeout: 240_000 }, () => {
  beforeAll(async () => {
    app = await start();
  });
  afterAll(() => app.stop());

  it('change nothing, reviewed or not', async () => {
    const digits = syntheticDigits({ count: 500, seed: 99 });
    const ids = await flood(digits, (digit) => (digit + 1) % 10);
    expect(await finetuned()).toMatchObject({
      ...{
        state: 'failed',
        version: null,
        reason: expect.stringContaining('No correction has been accepted'),
      },
    });
    await acceptAll(ids);
    const status = await finetuned();
    expect(status).toMatchObject({ state: 'rejected', reason: expect.stringContaining('Rejected') });
    const { current, models } = await administrator().models();
    expect(current).toBe(versionOf(weak));
    expect(models.find(({ version }) => version === status.version)).toMatchObject({
      ...{ state: 'rejected', reason: status.reason },
    });
    expect((await administrator().promotions()).promotions).toEqual([]);
  });

  it('cannot make it forget one digit', async () => {
    const { store } = app.services;
    await store.removeAll('flood');
    const many = syntheticDigits({ count: 5000, seed: 98 });
    const fours = [...many.labels.keys()].filter((i) => many.labels[i] === 4);
    await acceptAll(await flood(subset(many, fours, 'fours'), () => 9));
    const status = await finetuned();
    expect(status).toMatchObject({
      state: 'rejected',
      reason: expect.stringMatching(/forgotten|unlearnt 4/),
    });
    expect((await administrator().models()).current).toBe(versionOf(weak));
  });
});
