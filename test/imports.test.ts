/**
 * The engine runs unchanged in a page: nothing that it is made of imports a module of Node or a package.
 *
 * Only the command line, the benchmarks, what draws reports, and those files of `data/` that read files may. Types are not counted, since
 * nothing is left of them when the code runs.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Files of `data/` that pages use. */
const DATA = ['dataset', 'batches', 'augmentation', 'split', 'synthetic/index'];

const STATIC_IMPORT = /^(?:import|export)\s(?!type\b)(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;

function importsOf(file: string): string[] {
  return [...readFileSync(join(root, file), 'utf8').matchAll(STATIC_IMPORT)].map(([, name]) => name);
}

const forPages = [
  ...globSync('{kernels,src}/**/*.ts', { cwd: root }).filter(
    (file) =>
      !/^src\/(?:cli|bench|data|report\/page)\/|\.test\.ts$|wasm\.ts$/.test(file) &&
      !['src/index.ts', 'src/reading.ts', 'kernels/build.ts'].includes(file) &&
      !file.endsWith('cases.ts'),
  ),
  ...DATA.map((name) => `src/data/${name}.ts`),
];

test('what runs in pages imports only its own kind, by relative paths', () => {
  const wrong: string[] = [];
  const seen = new Set(forPages);
  // What these files import joins the set while it is walked over.
  for (const file of seen) {
    for (const name of importsOf(file)) {
      if (!name.startsWith('.')) wrong.push(`${file} imports ${name}`);
      else if (name.endsWith('.ts')) seen.add(relative(root, join(root, dirname(file), name)));
    }
  }
  expect(wrong).toEqual([]);
  expect([...seen].filter((file) => !existsSync(join(root, file)))).toEqual([]);
  expect(seen).toContain('src/engine/wasm/worker.ts');
});

test('the walk sees imports of modules of Node', () => {
  expect(importsOf('src/data/files.ts')).toContain('node:fs/promises');
});
