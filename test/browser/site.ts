/** Builds the test's page, and serves it from this machine. */
import type { Server } from 'node:http';
import { join } from 'node:path';
import { build } from 'vite';
import { folderSource, ISOLATION, servePage } from '../../src/bench/browser/serve.ts';

const ENTRY = 'page.js';
const PAGE = `<!doctype html><title>Inkling</title><script type="module" src="/${ENTRY}"></script>`;

/** Bundles the page and its workers as ES modules into a folder. */
export async function buildPage(folder: string): Promise<void> {
  await build({
    configFile: false,
    root: join(import.meta.dirname, '..', '..'),
    base: './',
    logLevel: 'warn',
    worker: { format: 'es' },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'esnext',
      minify: false,
      rollupOptions: {
        input: join(import.meta.dirname, 'page.ts'),
        output: { entryFileNames: ENTRY },
      },
    },
  });
}

/** Serves a folder; a page that is cross-origin isolated may share memory with its workers. */
export function serveBuilt(folder: string, isolated: boolean): Promise<Server> {
  const files = folderSource(folder);
  return servePage(
    async (path) => (path === '/' ? { content: PAGE, type: 'text/html' } : files(path)),
    isolated ? ISOLATION : {},
  );
}
