/** The example page in a real browser: it trains on the processor and on a graphics card, pauses and goes on. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect } from 'vitest';
import { findChromium, launchChromium } from '../src/bench/browser/chromium.ts';
import { addressOf, folderSource, servePage } from '../src/bench/browser/serve.ts';
import { syntheticDigits } from '../src/index.ts';
import { needs } from './requirements.ts';

const executable = findChromium();
const inChromium = needs(executable !== undefined, 'Chromium (Debian package chromium)');
const TIMEOUT = 90_000;

let folder: string;
let browser: Browser;
let server: Server;

beforeAll(async () => {
  if (!executable) return;
  folder = await mkdtemp(join(tmpdir(), 'inkling-example-'));
  const configFile = join(import.meta.dirname, '..', 'examples', 'train', 'vite.config.ts');
  await build({ configFile, logLevel: 'warn', build: { outDir: join(folder, 'page'), emptyOutDir: true } });
  server = await servePage(folderSource(join(folder, 'page')));
  browser = await launchChromium(executable, true);
}, TIMEOUT);

afterAll(async () => {
  await browser?.close();
  server?.close();
  if (folder) await rm(folder, { recursive: true });
});

/** The page, and what its console and its scripts complained of. `prepare` runs in it before its own scripts. */
async function openPage(prepare = () => {}): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage({ viewport: { width: 375, height: 812 } });
  page.setDefaultTimeout(TIMEOUT);
  await page.addInitScript(prepare);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(addressOf(server));
  await page.getByText('Ready.').waitFor();
  return { page, complaints };
}

const inState = (page: Page, state: string) =>
  page.waitForFunction((wanted) => document.body.dataset.state === wanted, state);

const numberIn = async (page: Page, id: string) =>
  Number.parseFloat((await page.textContent(`#${id}`)) ?? '');

/** Two files as MNIST has them, of so many synthetic digits. */
async function writeDigits(count: number): Promise<string[]> {
  const { images, labels } = syntheticDigits({ count, seed: 5 });
  const paths = ['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz'].map((name) =>
    join(folder, name),
  );
  const header = (magic: number, sizes: number[]) =>
    new Uint8Array([magic, ...sizes].flatMap((word) => [word >> 24, word >> 16, word >> 8, word]));
  await writeFile(paths[0], gzipSync(Buffer.concat([header(0x803, [count, 28, 28]), images])));
  await writeFile(paths[1], gzipSync(Buffer.concat([header(0x801, [count]), labels])));
  return paths;
}

for (const [backend, described, pictures] of [
  ['wasm', 'wasm (relaxed SIMD', 2000],
  // In software, where a step takes half a second.
  ['webgpu', 'webgpu (google swiftshader', 1000],
] as const) {
  inChromium(
    `learns from files on ${backend}`,
    async () => {
      const { page, complaints } = await openPage();
      await page.getByText('MNIST from your disk').click();
      await page.setInputFiles('#files', await writeDigits(pictures));
      await page.selectOption('#backend', backend);
      await page.click('#start');
      await page.waitForFunction(
        () => document.body.dataset.state === 'idle' || document.querySelector('.chart path[d^=M]'),
      );
      const first = await numberIn(page, 'loss');
      await inState(page, 'idle');
      expect(await page.textContent('#message')).toContain('of the held-out digits are read right');
      expect(await page.textContent('#computes-on')).toContain(described);
      expect(first).toBeGreaterThan(0.8);
      expect(await numberIn(page, 'loss')).toBeLessThan(0.9 * first);
      expect(await numberIn(page, 'held-out')).toBeGreaterThan(30);
      expect(await numberIn(page, 'rate')).toBeGreaterThan(0);
      expect(await page.locator('#sample-list li').count()).toBe(24);
      expect(await page.locator('.chart path').count()).toBe(4);
      expect(complaints).toEqual([]);
      await page.close();
    },
    TIMEOUT,
  );
}

inChromium(
  'draws digits, pauses, goes on and stops, and fits a phone',
  async () => {
    const { page, complaints } = await openPage();
    await page.click('#start');
    await inState(page, 'training');
    await page.click('#pause');
    await inState(page, 'paused');
    const paused = await page.getAttribute('#progress', 'value');
    await page.click('#pause');
    await page.waitForFunction(
      (before) => document.getElementById('progress')?.getAttribute('value') !== before,
      paused,
    );
    // The trainer computes on as many threads as there are cores; they end with it.
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    expect(page.workers()).toHaveLength(cores);
    await page.click('#stop');
    await inState(page, 'idle');
    expect(await page.isEnabled('#start')).toBe(true);
    await expect.poll(() => page.workers().length).toBe(1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
    expect(complaints).toEqual([]);
    await page.close();
  },
  TIMEOUT,
);

inChromium(
  'says that a thread does not start, and starts anew',
  async () => {
    const { page } = await openPage(() => {
      let made = 0;
      globalThis.Worker = class extends Worker {
        constructor(url: string | URL, options?: WorkerOptions) {
          super(++made === 2 ? './missing.js' : url, options);
        }
      };
    });
    await page.selectOption('#backend', 'wasm');
    await page.click('#start');
    await page.getByText('A worker thread could not start').waitFor();
    expect(page.workers()).toHaveLength(1);
    await page.click('#start');
    await page.locator('.chart path[d^=M]').first().waitFor();
    await page.close();
  },
  TIMEOUT,
);

inChromium(
  'says what is wrong with files',
  async () => {
    const { page } = await openPage();
    await page.getByText('MNIST from your disk').click();
    await page.click('#start');
    expect(await page.textContent('#message')).toContain('Choose the files first');
    await page.setInputFiles('#files', (await writeDigits(200))[0]);
    await page.click('#start');
    await page.getByText('its pictures and its labels').waitFor();
    expect(await page.isEnabled('#start')).toBe(true);
    await page.close();
  },
  TIMEOUT,
);
