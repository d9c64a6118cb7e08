/** The page in Firefox, whose engine is another than Chromium's. */
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { startApp, type TestApp } from './appServer.ts';
import { findFirefox, launchFirefox, type RunningFirefox } from './firefox.ts';
import { PATIENCE, SEVEN } from './page.ts';
import { builtPage } from './pageBuild.ts';
import { needs } from './requirements.ts';

const executable = findFirefox();
const inFirefox = needs(executable !== undefined, 'Firefox (Debian package firefox-esr)');
const LEAST_LEARNED = 85;
let app: TestApp;
let firefox: RunningFirefox;

beforeAll(async () => {
  if (!executable) return;
  await builtPage();
  app = await startApp();
  firefox = await launchFirefox(executable);
}, PATIENCE);

afterAll(async () => {
  await firefox?.close();
  await app?.stop();
}, PATIENCE);

/** The page for another visitor, and what its scripts complained of. */
async function visit(place = ''): Promise<{ page: Page; complaints: string[]; leave(): Promise<void> }> {
  const context = await firefox.browser.createBrowserContext();
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE / 2);
  await page.setViewport({ width: 1280, height: 900 });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${app.url}${place}`);
  await page.locator('h1').wait();
  return { page, complaints, leave: () => context.close() };
}

async function drawSeven(page: Page): Promise<void> {
  const sheet = await page.waitForSelector('.pad-canvas');
  const { x, y, width, height } = (await sheet!.boundingBox())!;
  const [first, ...rest] = SEVEN.map(([right, down]) => [x + right * width, y + down * height] as const);
  await page.mouse.move(...first);
  await page.mouse.down();
  for (const point of rest) await page.mouse.move(...point, { steps: 6 });
  await page.mouse.up();
}

const says = (page: Page, text: string) => page.locator(`::-p-text(${text})`).wait();

const textOf = (page: Page, selector: string) => page.$eval(selector, ({ textContent }) => textContent ?? '');

const answered = (page: Page, text: string) =>
  page.waitForFunction((wanted) => document.querySelector('.large')?.textContent === wanted, {}, text);

inFirefox(
  'what is drawn is read, kept and corrected',
  async () => {
    const { page, complaints, leave } = await visit();
    await drawSeven(page);
    await answered(page, '7');
    await says(page, 'Kept in your history');
    await page.locator('::-p-aria(It is a 1)').click();
    const stored = () =>
      page.evaluate(async () => (await (await fetch('api/v1/predictions')).json()).predictions);
    await expect.poll(async () => (await stored())[0]).toMatchObject({ text: '7', correction: '1' });
    expect(complaints).toEqual([]);
    await leave();
  },
  PATIENCE,
);

inFirefox(
  'it learns on all cores, time and again',
  async () => {
    const { page, complaints, leave } = await visit('#/train');
    await says(page, 'Ready.');
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    await page.select('select:not(#backend)', '1');
    await page.select('#backend', 'wasm');
    for (let run = 0; run < 3; run++) {
      await page.locator('button::-p-text(Start)').click();
      await says(page, 'Done in');
      expect(await textOf(page, '#computes-on')).toContain(`${cores} thread`);
      expect(Number.parseFloat(await textOf(page, '#held-out'))).toBeGreaterThan(LEAST_LEARNED);
    }
    expect(complaints).toEqual([]);
    await leave();
  },
  PATIENCE,
);

inFirefox(
  'it opens and reads when the app is away',
  async () => {
    const { page, leave } = await visit();
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await drawSeven(page);
    await answered(page, '7');
    await app.stop();
    await page.reload();
    await drawSeven(page);
    await answered(page, '7');
    await leave();
  },
  PATIENCE,
);
