/**
 * The built page for tests: built once for each state of its sources, however many files of tests ask at once.
 *
 * A note beside the built files says which sources they were made of. A folder that only one can make is the lock, and
 * the page is built elsewhere and copied, its index.html last, so that an app that serves it never lacks a file.
 */
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';

const root = join(import.meta.dirname, '..');
const PAGE = join(root, 'server', 'page', 'dist');
const NOTE = join(PAGE, '.sources');
const LOCK = join(tmpdir(), `inkling-page-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`);
/** All that the build reads. */
const SOURCES = ['server/page', 'src', 'kernels', 'examples/train', 'package.json', 'package-lock.json'];
/** Whoever held a lock so long, in milliseconds, was killed. */
const STALE = 120_000;
const LOOK_EVERY = 100;

/** The folder of the built page. */
export async function builtPage(): Promise<string> {
  await lock();
  try {
    const sources = await digestOfSources();
    if ((await readFile(NOTE, 'utf8').catch(() => '')) !== sources) await buildPage(sources);
  } finally {
    await rm(LOCK, { recursive: true, force: true });
  }
  return PAGE;
}

async function lock(): Promise<void> {
  for (;;) {
    try {
      await mkdir(LOCK);
      return;
    } catch {
      const { mtimeMs = Date.now() } = await stat(LOCK).catch(() => ({ mtimeMs: undefined }));
      if (Date.now() - mtimeMs > STALE) await rm(LOCK, { recursive: true, force: true });
      else await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
  }
}

async function digestOfSources(): Promise<string> {
  const digest = createHash('sha256');
  for (const source of SOURCES) {
    const path = join(root, source);
    const isFolder = (await stat(path)).isDirectory();
    const names = isFolder ? (await readdir(path, { recursive: true })).sort() : [''];
    for (const name of names) {
      if (/(^|[\\/])(dist|node_modules)([\\/]|$)|\.test\.ts$/.test(name)) continue;
      const file = join(path, name);
      if ((await stat(file)).isFile()) digest.update(file).update(await readFile(file));
    }
  }
  return digest.digest('hex');
}

async function buildPage(sources: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-page-build-'));
  try {
    const configFile = join(root, 'server', 'page', 'vite.config.ts');
    await build({ configFile, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
    await rm(NOTE, { force: true });
    const isIndex = (path: string) => path.endsWith('index.html');
    await cp(folder, PAGE, { recursive: true, filter: (path) => !isIndex(path) });
    await cp(join(folder, 'index.html'), join(PAGE, 'index.html'));
    const names = new Set(await readdir(folder, { recursive: true }));
    for (const name of await readdir(PAGE, { recursive: true })) {
      if (!names.has(name)) await rm(join(PAGE, name), { recursive: true, force: true });
    }
    await writeFile(NOTE, sources);
  } finally {
    await rm(folder, { recursive: true });
  }
}
