/**
 * The engine in a real browser: the suites that Node runs, bundled into a page and run in its workers and on its main
 * thread, and a training run whose losses must be those of Node.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { findChromium, launchChromium } from '../src/bench/browser/chromium.ts';
import { addressOf } from '../src/bench/browser/serve.ts';
import type { RunTask } from './browser/page.ts';
import { buildPage, serveBuilt } from './browser/site.ts';
import { type Tasks, tasks } from './browser/suite.ts';
import { needs } from './requirements.ts';

const executable = findChromium();
const inChromium = needs(executable !== undefined, 'Chromium (Debian package chromium)');
const TIMEOUT = 60_000;

let folder: string;
let browser: Browser;
const servers: Server[] = [];

beforeAll(async () => {
  if (!executable) return;
  folder = await mkdtemp(join(tmpdir(), 'inkling-page-'));
  await buildPage(folder);
  browser = await launchChromium(executable, true);
}, TIMEOUT);

afterAll(async () => {
  await browser?.close();
  for (const server of servers) server.close();
  if (folder) await rm(folder, { recursive: true });
});

/** Runs tasks in a page that is cross-origin isolated, or one that is not. */
function pageThat(isolated: boolean) {
  let opened: Promise<Page> | undefined;
  async function open(): Promise<Page> {
    const server = await serveBuilt(folder, isolated);
    servers.push(server);
    const page = await browser.newPage();
    page.setDefaultTimeout(TIMEOUT);
    await page.goto(addressOf(server));
    await page.waitForFunction(() => 'runTask' in window);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(isolated);
    return page;
  }
  return async <Name extends keyof Tasks>(
    place: Parameters<RunTask>[0],
    name: Name,
    argument: Parameters<Tasks[Name]>[0],
  ) => {
    opened ??= open();
    const page = await opened;
    const call = { place, name, argument };
    const result = await page.evaluate((sent) => window.runTask(sent.place, sent.name, sent.argument), call);
    return result as Awaited<ReturnType<Tasks[Name]>>;
  };
}

const LEVELS_OF_PAGES = ['simd', 'relaxed'] as const;
const VARIANTS = LEVELS_OF_PAGES.flatMap((level) => [1, 2, 3].map((threads) => ({ level, threads })));

describe('in a page that is cross-origin isolated', () => {
  const run = pageThat(true);

  for (const { level, threads } of VARIANTS) {
    inChromium(
      `every operation agrees with the reference in a worker (${level}, threads: ${threads})`,
      async () => {
        const { layers, wrong } = await run('worker', 'parity', { level, threads, runs: 20 });
        expect(wrong).toEqual([]);
        expect(layers).toBeGreaterThan(200);
      },
      TIMEOUT,
    );

    inChromium(
      `a training run has the losses it has in Node (${level}, threads: ${threads})`,
      async () => {
        const here = await tasks.losses({ level, threads });
        const there = await run('worker', 'losses', { level, threads });
        expect(there).toHaveLength(here.length);
        there.forEach((loss, step) => {
          expect(Math.abs(loss / here[step] - 1), `step ${step + 1}`).toBeLessThan(1e-6);
        });
      },
      TIMEOUT,
    );
  }

  for (const threads of [1, 2, 3]) {
    inChromium(
      `every operation agrees with the reference on the main thread, which may not sleep (threads: ${threads})`,
      async () => {
        expect((await run('main', 'parity', { threads, runs: 5 })).wrong).toEqual([]);
      },
      TIMEOUT,
    );
  }

  for (const place of ['main', 'worker'] as const) {
    inChromium(
      `every operation agrees with the reference on a graphics card (${place})`,
      async () => {
        const { description } = await run(place, 'description', { backend: 'webgpu' });
        expect(description).toMatch(/^webgpu \(.*swiftshader.*, in software\)$/);
        expect((await run(place, 'parity', { backend: 'webgpu', runs: 2 })).wrong).toEqual([]);
      },
      2 * TIMEOUT,
    );
  }

  inChromium(
    'every operation agrees with the reference on a graphics card in half precision',
    async () => {
      const halved = { backend: 'webgpu', precision: 16 } as const;
      expect((await run('worker', 'description', halved)).description).toMatch(/half precision\)$/);
      expect((await run('worker', 'parity', { ...halved, runs: 2 })).wrong).toEqual([]);
    },
    2 * TIMEOUT,
  );

  inChromium(
    'every gradient agrees with central differences',
    async () => {
      expect((await run('worker', 'gradients', { runs: 2 })).wrong).toEqual([]);
    },
    TIMEOUT,
  );

  inChromium(
    'the best level is relaxed SIMD, and a note says why not more',
    async () => {
      const { description, notes } = await run('worker', 'description', { threads: 2 });
      expect(description).toBe('wasm (relaxed SIMD, 2 threads)');
      expect(notes.join()).toContain('needs Node');
      await expect(run('worker', 'description', { level: 'wide', threads: 1 })).rejects.toThrow('needs Node');
    },
    TIMEOUT,
  );
});

describe('in a page that is not cross-origin isolated', () => {
  const run = pageThat(false);

  for (const place of ['main', 'worker'] as const) {
    inChromium(
      `every operation agrees with the reference on one thread (${place})`,
      async () => {
        expect((await run(place, 'parity', { threads: 3, runs: 5 })).wrong).toEqual([]);
        const { description } = await run(place, 'description', { threads: 3 });
        expect(description).toContain('1 thread: the page is not cross-origin isolated');
      },
      TIMEOUT,
    );
  }
});
