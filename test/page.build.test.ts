/** The page as it is built: small, nothing inline, and all of it known to its service worker. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { builtPage } from './pageBuild.ts';

const root = join(import.meta.dirname, '..');
/** Bytes, gzipped, of what a visitor waits for: HTML, CSS and scripts before the engine. */
const LARGEST_SHELL = 60_000;
/** Of the engine with its kernels and workers, and the weights. */
const LARGEST_ENGINE = 2_000_000;

const files = new Map<string, Buffer>();

beforeAll(async () => {
  const folder = await builtPage();
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.startsWith('.') && (await stat(join(folder, name))).isFile()) {
      files.set(relative('.', name).replaceAll('\\', '/'), await readFile(join(folder, name)));
    }
  }
}, 60_000);

const html = () => files.get('index.html')!.toString();
const zipped = (names: Iterable<string>) =>
  [...names].reduce((sum, name) => sum + gzipSync(files.get(name)!).length, 0);
/** What `index.html` names, and what those scripts import at once. */
function shell(): Set<string> {
  const named = [...html().matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, name]) => name);
  const seen = new Set(named);
  for (const name of seen) {
    if (!name.endsWith('.js')) continue;
    for (const [, from] of files
      .get(name)!
      .toString()
      .matchAll(/(?:^|[;}])import[^(;]*?["'`]\.\/([^"'`]+)["'`]/g))
      seen.add(`assets/${from}`);
  }
  return seen.add('index.html');
}

test('what a visitor waits for is small, and the engine is no part of it', async () => {
  const size = zipped(shell());
  const scripts = [...files.keys()].filter((name) => name.endsWith('.js') && name !== 'sw.js');
  const later = scripts.filter((name) => !shell().has(name));
  const weights = gzipSync(await readFile(join(root, 'weights', 'reader.safetensors'))).length;
  process.stdout.write(
    `The page, gzipped: ${size} bytes at first, ${zipped(later)} of engine and other views, ${weights} of weights\n`,
  );
  expect(size).toBeLessThan(LARGEST_SHELL);
  expect(size).toBeGreaterThan(5_000);
  expect(zipped(later)).toBeGreaterThan(50_000);
  expect(zipped(later) + weights).toBeLessThan(LARGEST_ENGINE);
});

test('nothing is inline, absolute or from elsewhere', () => {
  expect(html()).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:/);
  for (const [, address] of html().matchAll(/(?:src|href)="([^"]+)"/g)) expect(address).toMatch(/^\.\//);
  for (const [name, content] of files) {
    if (name.endsWith('.css'))
      expect(content.toString()).not.toMatch(/url\(\s*["']?(?:data|https?):|@import/);
    if (/^assets\/(index|view).*\.js$/.test(name))
      expect(content.toString()).not.toMatch(
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/,
      );
  }
});

test('the service worker knows every file, and stands alone', () => {
  const worker = files.get('sw.js')!.toString();
  for (const name of files.keys()) {
    if (name !== 'sw.js' && name !== 'index.html') expect(worker).toContain(`"${name}"`);
  }
  expect(worker).not.toMatch(/\bimport\b|\bexport\b|__FILES__|__VERSION__/);
});

test('the manifest makes it installable, and its icons are there', () => {
  const manifest = JSON.parse(files.get('manifest.webmanifest')!.toString());
  expect(manifest).toMatchObject({ display: 'standalone', start_url: './' });
  for (const { src } of manifest.icons) expect([...files.keys()]).toContain(src);
  const sizes = manifest.icons.map(({ sizes }: { sizes: string }) => sizes);
  expect(sizes).toEqual(expect.arrayContaining(['192x192', '512x512']));
});
