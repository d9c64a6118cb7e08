/**
 * How `npm run example` serves the page. The two headers make it cross-origin isolated, without which browsers give
 * threads no shared memory.
 */
import { join } from 'node:path';
import { defineConfig } from 'vite';

const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  // The engine's source, so that a change is seen at once. Other projects import the package.
  resolve: { alias: { 'inkling/browser': join(import.meta.dirname, '..', '..', 'src', 'browser.ts') } },
  worker: { format: 'es' },
  build: { target: 'esnext' },
  server: { headers, fs: { allow: [join(import.meta.dirname, '..', '..')] } },
  preview: { headers },
});
