/** What tests of the page need: the built page, the app that serves it, and a browser. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { findChromium, launchChromium } from '../src/bench/browser/chromium.ts';
import { builtPage } from './pageBuild.ts';

const root = join(import.meta.dirname, '..');

export const executable = findChromium();
export const PHONE: BrowserContextOptions = { viewport: { width: 360, height: 740 }, hasTouch: true };
export const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 900 } };
export const PATIENCE = 60_000;

export interface Served {
  url: string;
  /** Its SQLite file. */
  database: string;
  browser: Browser;
  /** Ends the app, as a server that is away. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface Opened {
  context: BrowserContext;
  page: Page;
  /** What the console and the scripts complained of. */
  complaints: string[];
}

/**
 * Serves the built page with the app as `npm start` does, on a database of its own.
 *
 * @param flags for Chromium.
 * @param variables of the app's environment, beside ours.
 */
export async function servePage(
  basePath = '',
  flags: readonly string[] = [],
  variables: Record<string, string> = {},
): Promise<Served> {
  await builtPage();
  const folder = await mkdtemp(join(tmpdir(), 'inkling-served-'));
  const database = join(folder, 'test.db');
  const app = spawn(process.execPath, [join(root, 'server', 'main.ts')], {
    cwd: root,
    env: {
      ...process.env,
      ...{ PORT: '0', INKLING_DB: database, INKLING_WORKERS: '1', INKLING_LOG_LEVEL: 'error' },
      ...(basePath && { INKLING_BASE_PATH: basePath }),
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await addressFrom(app);
  const browser = await launchChromium(executable!, true, flags);
  const stop = async () => {
    if (app.exitCode !== null) return;
    const ended = new Promise((resolve) => app.once('exit', resolve));
    app.kill('SIGTERM');
    await ended;
  };
  const close = async () => {
    await browser.close();
    await stop();
    await rm(folder, { recursive: true });
  };
  return { url, database, browser, stop, close };
}

function addressFrom(app: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    app.once('exit', (code) => reject(new Error(`The app ended with ${code}: ${said}`)));
    app.stdout?.on('data', (chunk) => {
      said += chunk;
      const [, url] = /is at (\S+)/.exec(said) ?? [];
      if (url) resolve(url);
    });
  });
}

/** Another visitor, who has never been here. */
export async function visit(
  { url, browser }: Served,
  options: BrowserContextOptions = DESKTOP,
  place = '',
): Promise<Opened> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE / 2);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${url}${place}`);
  await page.locator('h1').waitFor({ state: 'attached' });
  return { context, page, complaints };
}

/** A 7 in shares of the sheet. */
export const SEVEN: readonly (readonly [number, number])[] = [
  [0.4, 0.22],
  [0.5, 0.21],
  [0.62, 0.2],
  [0.56, 0.42],
  [0.5, 0.6],
  [0.47, 0.8],
];

export async function drawOnSheet(page: Page, points = SEVEN): Promise<void> {
  const { x, y, width, height } = (await page.locator('.pad-canvas').boundingBox())!;
  await drawStroke(
    page,
    points.map(([right, down]) => [x + right * width, y + down * height] as const),
  );
}

/** Draws strokes, in shares of a square in the middle of the sheet. */
export async function drawStrokes(
  page: Page,
  strokes: readonly (readonly (readonly [number, number])[])[],
): Promise<void> {
  const { x, y, width, height } = (await page.locator('.pad-canvas').boundingBox())!;
  const side = Math.min(width, height);
  const [left, top] = [x + (width - side) / 2, y + (height - side) / 2];
  for (const points of strokes) {
    await drawStroke(
      page,
      points.map(([right, down]) => [left + right * side, top + down * side] as const),
    );
  }
}

async function drawStroke(page: Page, points: readonly (readonly [number, number])[]): Promise<void> {
  await page.mouse.move(...points[0]);
  await page.mouse.down();
  for (const point of points.slice(1)) await page.mouse.move(...point, { steps: 6 });
  await page.mouse.up();
}

/** Waits until the answer says this. */
export const answered = (page: Page, text: string) =>
  page.waitForFunction((wanted) => document.querySelector('.large')?.textContent === wanted, text);

/** What the app keeps of this visitor, the latest first. */
export const storedPredictions = (page: Page) =>
  page.evaluate(async () => (await (await fetch('api/v1/predictions')).json()).predictions);

export const kept = (page: Page) => page.getByText('Kept in your history', { exact: true }).waitFor();
