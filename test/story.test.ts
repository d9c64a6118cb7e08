/**
 * The story of a mistake, in a real browser: someone draws sevens with a bar, which the model takes for ones, and says
 * what they are; an administrator accepts that and lets the model learn; the gate lets the result answer; it is taken
 * back again. Nobody's request fails meanwhile.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { InklingClient } from '../server/client/client.ts';
import { versionOf } from '../server/learning/registry.ts';
import { encodePng } from '../server/reading/png.ts';
import {
  type Dataset,
  decodeNetwork,
  defaultValidationCount,
  loadMnist,
  rightAnswers,
  splitDataset,
} from '../src/index.ts';
import { barredSeven, barredSevenStrokes, ROOMIER, SIDE, weakModel } from './barredSevens.ts';
import { temporaryFolder } from './commandLine.ts';
import { DESKTOP, drawStrokes, executable, kept, PATIENCE, type Served, servePage, visit } from './page.ts';
import { needs } from './requirements.ts';

const TOKEN = 'a-token-of-the-administrator';
const CORRECTIONS = 20;
const MOST_DRAWN = 60;
const NEW_SEVENS = 40;
const FIRST_NEW = 500;
const canRun =
  executable !== undefined &&
  (process.env.INKLING_DATA !== undefined || existsSync('data/mnist/train-images-idx3-ubyte.gz'));
const inChromium = needs(
  canRun,
  'Chromium (Debian package chromium) and MNIST (set INKLING_DATA to a folder with its four files)',
);
const folder = await temporaryFolder();
let served: Served;
let weak: Uint8Array<ArrayBuffer>;
let validation: Dataset;

beforeAll(async () => {
  if (!canRun) return;
  const { train: mnist } = await loadMnist();
  // The pictures that fine-tuning holds out, too: those of the usual seed.
  const division = splitDataset(mnist, defaultValidationCount(mnist.labels.length), 1);
  validation = division.validation;
  weak = await weakModel(division.train, ROOMIER);
  const file = join(folder, 'weak.safetensors');
  await writeFile(file, weak);
  served = await servePage('', [], { INKLING_ADMIN_TOKEN: TOKEN, INKLING_MODEL: file });
}, 4 * PATIENCE);
afterAll(() => served?.close());

async function drawSeven(page: Page, seed: number): Promise<string | null> {
  await drawStrokes(
    page,
    barredSevenStrokes(seed).map((stroke) => stroke.map(([x, y]) => [x / SIDE, y / SIDE] as const)),
  );
  await kept(page);
  return page.locator('.large').textContent();
}

async function clear(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await page.getByText('Kept in your history', { exact: true }).waitFor({ state: 'hidden' });
}

/** Share of sevens that nobody has drawn yet that the server reads. */
async function newSevensRead(): Promise<number> {
  const client = new InklingClient(served.url);
  let right = 0;
  for (let i = 0; i < NEW_SEVENS; i++) {
    const { data, ...size } = barredSeven(FIRST_NEW + i);
    const png = encodePng({ ...size, channels: 1, data: Uint8Array.from(data) });
    const { text } = await client.predict(new Blob([png], { type: 'image/png' }), { store: false });
    if (text === '7') right++;
  }
  return right / NEW_SEVENS;
}

async function validationAccuracy(model: Uint8Array): Promise<number> {
  const right = await rightAnswers(decodeNetwork(model, 'model'), validation, { threads: 1 });
  return right.reduce((sum, one) => sum + one, 0) / right.length;
}

/** What went wrong with requests of the page, from now on. */
function failuresOf(page: Page): string[] {
  const failures: string[] = [];
  page.on('response', (response) => {
    if (response.status() >= 400) failures.push(`${response.status()} ${response.url()}`);
  });
  page.on('requestfailed', (request) => failures.push(`${request.failure()?.errorText} ${request.url()}`));
  return failures;
}

inChromium(
  'sevens with a bar are corrected by hand, learnt, read from then on, and unlearnt again',
  async () => {
    const before = await newSevensRead();
    expect(before, 'it is weak').toBeLessThan(0.5);
    const { page, context, complaints } = await visit(served, DESKTOP);
    const failures = failuresOf(page);
    for (let seed = 0, corrected = 0; corrected < CORRECTIONS; seed++) {
      expect(seed, 'most are misread').toBeLessThan(MOST_DRAWN);
      if ((await drawSeven(page, seed)) !== '7') {
        await page.getByRole('button', { name: 'It is a 7' }).click();
        await page.getByText('Noted: it is 7.').waitFor();
        corrected++;
      }
      await clear(page);
    }

    const admin = await visit(served, DESKTOP, '#/model');
    const adminFailures = failuresOf(admin.page);
    const section = admin.page.locator('.admin');
    await admin.page.getByText('For whoever runs this app').click();
    await admin.page.getByLabel('The administrator’s token').fill(TOKEN);
    await admin.page.getByRole('button', { name: 'Open', exact: true }).click();
    await admin.page.getByRole('heading', { name: `Corrections to look at: ${CORRECTIONS}` }).waitFor();
    await admin.page.getByRole('button', { name: 'Accept all of these' }).click();
    await admin.page.getByText(`${CORRECTIONS} corrections are accepted`).waitFor();

    // Someone goes on asking, and the one who draws goes on drawing.
    let isOver = false;
    const refusals: unknown[] = [];
    let answered = 0;
    const asking = (async () => {
      const other = new InklingClient(served.url);
      const { data, ...size } = barredSeven(900);
      const png = new Blob([encodePng({ ...size, channels: 1, data: Uint8Array.from(data) })]);
      while (!isOver) {
        await other.predict(png, { store: false }).catch((error) => refusals.push(error));
        answered++;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    })();
    await admin.page.getByRole('button', { name: 'Learn from them' }).click();
    await section.getByText(/^Fine-tuning: corrections/).waitFor();
    await drawSeven(page, 901);
    await clear(page);
    const outcome = section.getByText(/^(Done; the |It failed)/);
    await outcome.waitFor({ timeout: 4 * PATIENCE });
    expect(await outcome.textContent()).toMatch(/^Done; the new model answers\. /);
    const client = new InklingClient(served.url, { token: TOKEN });
    const { current: tuned, models } = await client.models();
    expect(models.find(({ version }) => version === tuned)).toMatchObject({
      ...{
        state: 'champion',
        parents: [versionOf(weak)],
        reason: expect.stringContaining('held-out corrections'),
      },
    });

    const after = await newSevensRead();
    expect(after - before, `${before} before and ${after} after`).toBeGreaterThanOrEqual(0.3);
    const scores = [await validationAccuracy(weak), await validationAccuracy(await client.weights(tuned))];
    expect(scores[1], `${scores}`).toBeGreaterThanOrEqual(scores[0] - 0.0005);
    await page.reload();
    expect(await drawSeven(page, FIRST_NEW)).toBe('7');
    await clear(page);

    await admin.page.getByRole('button', { name: 'Back to the one before' }).click();
    const row = section.getByRole('row').filter({ hasText: versionOf(weak) });
    await row.getByText('answers', { exact: true }).waitFor();
    expect((await client.models()).current).toBe(versionOf(weak));
    expect(await newSevensRead(), 'as before').toBe(before);
    await page.reload();
    await drawSeven(page, FIRST_NEW);
    const [latest] = await page.evaluate(
      async () => (await (await fetch('api/v1/predictions?limit=1')).json()).predictions,
    );
    expect(latest.model).toBe(versionOf(weak));

    isOver = true;
    await asking;
    expect([...refusals, ...failures, ...adminFailures, ...complaints]).toEqual([]);
    expect(answered).toBeGreaterThan(3);
    await admin.context.close();
    await context.close();
  },
  10 * PATIENCE,
);
