/** The page for whoever runs the app: reviewing corrections and changing models, with the token and without. */
import { createRequire } from 'node:module';
import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { InklingClient } from '../server/client/client.ts';
import { digitFiles, otherModel, shippedModel } from '../server/reading/testing/pictures.ts';
import {
  DESKTOP,
  drawOnSheet,
  executable,
  kept,
  PATIENCE,
  PHONE,
  type Served,
  servePage,
  visit,
} from './page.ts';
import { needs } from './requirements.ts';

const TOKEN = 'a-token-of-the-administrator';
const inChromium = needs(executable !== undefined, 'Chromium (Debian package chromium)');
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
let served: Served;

beforeAll(async () => {
  process.env.INKLING_ADMIN_TOKEN = TOKEN;
  if (executable) served = await servePage();
}, PATIENCE);
afterAll(() => served?.close());

/** A client whom this model answers, with one answer that it put right. */
async function browserAnsweredBy(version: string): Promise<InklingClient> {
  for (;;) {
    const client = new InklingClient(served.url);
    const { model, id } = await client.predict(new Blob([digitFiles[4]], { type: 'image/png' }));
    if (model !== version) continue;
    await client.correct(id, '9');
    return client;
  }
}

async function answersOf(version: string): Promise<number> {
  const { models } = await new InklingClient(served.url).usage();
  return models.find((model) => model.version === version)?.predictions ?? 0;
}

/** A browser that has this client's cookie before its first visit: what a page asks for may bring its own back. */
function asBrowser({ cookie }: InklingClient): BrowserContextOptions {
  const [name, value] = cookie!.split(/=(.*)/s);
  const { hostname } = new URL(served.url);
  const kept = { name, value, domain: hostname, path: '/', expires: -1 };
  return {
    ...DESKTOP,
    storageState: { cookies: [{ ...kept, httpOnly: true, secure: false, sameSite: 'Lax' }], origins: [] },
  };
}

inChromium(
  'an administrator reviews corrections, and lets another model answer and the first again',
  async () => {
    const person = new InklingClient(served.url);
    const admin = new InklingClient(served.url, { token: TOKEN });
    for (const digit of [1, 2, 3]) {
      const { id } = await person.predict(new Blob([digitFiles[digit]], { type: 'image/png' }));
      await person.correct(id, `${digit + 4}`);
    }
    const other = otherModel('another');
    await admin.addModel(new Uint8Array(other.bytes));
    const { page, context } = await visit(served, { ...PHONE, bypassCSP: true }, '#/model');
    await page.getByText('For whoever runs this app').click();
    const open = async (token: string) => {
      await page.getByLabel('The administrator’s token').fill(token);
      await page.getByRole('button', { name: 'Open', exact: true }).click();
    };
    await open('wrong');
    await page.getByText('This needs the administrator’s token').waitFor();
    await open(TOKEN);
    await page.getByRole('heading', { name: 'Corrections to look at: 3' }).waitFor();

    await page.addScriptTag({ path: axe });
    const found = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; impact: string }[] }> };
      };
      const { violations } = await axe.run();
      return violations.filter(({ impact }) => /serious|critical/.test(impact)).map(({ id }) => id);
    });
    expect(found).toEqual([]);

    const of = (told: string) => page.getByRole('listitem').filter({ hasText: told });
    await of('Read as 1; said to be 5').getByRole('button', { name: 'Reject' }).click();
    await page.getByRole('heading', { name: 'Corrections to look at: 2' }).waitFor();
    await of('Read as 2; said to be 6').getByLabel('What it really says').fill('2');
    await of('Read as 2; said to be 6').getByRole('button', { name: 'Accept' }).click();
    await page.getByRole('heading', { name: 'Corrections to look at: 1' }).waitFor();
    await page.getByRole('button', { name: 'Accept all of these' }).click();
    await page.getByText('2 corrections are accepted').waitFor();
    const { corrections } = await admin.corrections();
    expect(corrections.map(({ correction, relabelled, state }) => [correction, relabelled, state])).toEqual([
      ['7', null, 'accepted'],
      ['6', '2', 'accepted'],
      ['5', null, 'rejected'],
    ]);

    const row = page.locator('.admin').getByRole('row').filter({ hasText: other.version });
    // Someone who is answered by the candidate: their page reads with it, too.
    await row.getByLabel('Share of the browsers').selectOption('0.5');
    await row.getByRole('button', { name: 'Try' }).click();
    await row.getByText('tried: answers 50 %').waitFor();
    await page.getByText(`The candidate ${other.version} answers 50 % of the browsers`).waitFor();
    const tried = await browserAnsweredBy(other.version);
    // What was counted is told for a second.
    await expect.poll(() => answersOf(other.version), { timeout: 10_000 }).toBeGreaterThan(0);
    const visitor = await visit(served, asBrowser(tried), '#/model');
    await visitor.page.getByText('It answers yours.').waitFor();
    await visitor.page.getByText('Version').locator('..').getByText(other.version).waitFor();
    const fares = visitor.page.getByRole('row').filter({ hasText: 'another, candidate, on trial' });
    await fares
      .getByText(/^\d+ of \d+ \(/)
      .first()
      .waitFor();
    await row.getByRole('button', { name: 'End the trial' }).click();
    await page.getByText(`The model ${shippedModel().version} answers everyone.`).waitFor();

    // A page that is open when a trial begins goes over to the candidate with the first answer of the server's.
    await visitor.page.goto(served.url);
    const drawnBy = async () => {
      await drawOnSheet(visitor.page);
      await kept(visitor.page);
      return visitor.page.locator('.inside dd').last();
    };
    expect(await (await drawnBy()).textContent()).toBe(shippedModel().version);
    await admin.tryModel(other.version, 0.5);
    await visitor.page.getByRole('button', { name: 'Clear', exact: true }).click();
    await (await drawnBy()).getByText(other.version).waitFor();
    await visitor.context.close();
    await admin.endTrial();

    await row.getByRole('button', { name: 'Let it answer' }).click();
    await row.getByText('answers', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Back to the one before' }).click();
    await row.getByText('answered before').waitFor();
    expect((await admin.models()).current).toBe(shippedModel().version);

    // Two corrections are too few; the page says so.
    await page.getByRole('button', { name: 'Learn from them' }).click();
    await page.getByText('It failed. There are 2 corrections to learn from').waitFor();
    await context.close();
  },
  2 * PATIENCE,
);
