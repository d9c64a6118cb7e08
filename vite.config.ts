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
    // Modules for other bundlers are not minified unless told; and keep their white space unless Rolldown is told itself.
    minify: 'oxc',
    rolldownOptions: { output: { minify: true } },
  },
});
