/** How `npm run build:browser` makes `dist/`: the engine as an ES module for pages, its workers beside it. */
import { join } from 'node:path';
import { defineConfig } from 'vite';

export default defineConfig({
  // Workers and chunks are found beside the module, wherever a page puts it.
  base: './',
  publicDir: false,
  worker: { format: 'es' },
  build: {
    lib: { entry: join(import.meta.dirname, 'src', 'browser.ts'), formats: ['es'], fileName: 'inkling' },
    outDir: 'dist',
    target: 'es2024',
    // Vite leaves modules for other bundlers their white space, whatever it is told; Rolldown does not.
    rolldownOptions: { output: { minify: true } },
  },
});
