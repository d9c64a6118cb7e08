/** The engine as an ES module for pages: what it imports, how large it is, and that it runs with its workers. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findChromium, launchChromium } from '../src/bench/browser/chromium.ts';
import { addressOf, folderSource, servePage } from '../src/bench/browser/serve.ts';
import { needs } from './requirements.ts';

const executable = findChromium();
const inChromium = needs(executable !== undefined, 'Chromium (Debian package chromium)');
/** Of everything, kernels, workers and the reader of pictures included, in bytes; some 185 kB as this is written. */
const LARGEST_GZIPPED = 200_000;

const PAGE = `<!doctype html><title>Inkling</title><script type="module">
import { compile, relu } from '/inkling.js';
const options = { batch: 2, mode: 'infer', backend: 'wasm', threads: 2 };
const executable = await compile({ input: [4], layers: [relu()] }, options);
executable.infer();
document.title = executable.description;
</script>`;

let folder: string;
const contents = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkling-bundle-'));
  const configFile = join(import.meta.dirname, '..', 'vite.config.ts');
  await build({ configFile, logLevel: 'warn', build: { outDir: folder, emptyOutDir: true } });
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    contents.set(entry.name, await readFile(join(entry.parentPath, entry.name), 'utf8'));
  }
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

test('it imports nothing of Node and no package', () => {
  expect(contents.has('inkling.js')).toBe(true);
  for (const [name, code] of contents) {
    const imported = [...code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["'`]([^"'`]+)["'`]/g)].map(
      ([, from]) => from,
    );
    expect(
      imported.filter((from) => !from.startsWith('./')),
      name,
    ).toEqual([]);
  }
});

test('it is small', () => {
  const sizes = [...contents].map(([name, code]) => [name, gzipSync(code).length] as const);
  const whole = sizes.reduce((sum, [, size]) => sum + size, 0);
  process.stdout.write(
    `The engine for pages, gzipped: ${sizes.map(([name, size]) => `${name} ${size}`).join(', ')}; together ${whole} bytes\n`,
  );
  expect(whole).toBeLessThan(LARGEST_GZIPPED);
});

inChromium(
  'a page imports it and runs a network on two threads',
  async () => {
    const files = folderSource(folder);
    const server = await servePage(async (path) =>
      path === '/' ? { content: PAGE, type: 'text/html' } : files(path),
    );
    const browser = await launchChromium(executable as string, true);
    try {
      const page = await browser.newPage();
      await page.goto(addressOf(server));
      await page.waitForFunction(() => document.title !== 'Inkling');
      const description = await page.title();
      expect(description).toBe('wasm (relaxed SIMD, 2 threads)');
    } finally {
      await browser.close();
      server.close();
    }
  },
  60_000,
);
