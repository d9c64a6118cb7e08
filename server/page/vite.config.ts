/**
 * How `npm run build:page` makes `server/page/dist`, which the app serves, and how `npm run dev:page` serves the page
 * while one works on it, with the app beside it on port 3000.
 *
 * Everything is addressed from the page itself, so that it works under any path. Nothing is inlined: the page's
 * content security policy allows no inline scripts, styles or data addresses.
 */
import { join } from 'node:path';
import { defineConfig } from 'vite';
import { pageFiles, SERVICE_WORKER } from './bundle/serviceWorker.ts';

const root = import.meta.dirname;
const publicDir = join(root, 'public');
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};
const app = { target: `http://127.0.0.1:${process.env.PORT ?? 3000}`, changeOrigin: false };

export default defineConfig({
  root,
  base: './',
  publicDir,
  // The training page's modules name the engine as other projects do.
  resolve: { alias: { 'inkling/browser': join(root, '..', '..', 'src', 'browser.ts') } },
  worker: { format: 'es' },
  plugins: [pageFiles(publicDir)],
  build: {
    outDir: join(root, 'dist'),
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { index: join(root, 'index.html'), sw: join(root, 'offline', 'serviceWorker.ts') },
      output: {
        entryFileNames: ({ name }) => (name === 'sw' ? SERVICE_WORKER : 'assets/[name]-[hash].js'),
      },
    },
  },
  server: { headers, fs: { allow: [join(root, '..', '..')] }, proxy: { '^/(api|docs|openapi.json)': app } },
});
