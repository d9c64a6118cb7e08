/** The README's example is a promise: it runs as it stands, and it is short. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

test("the README's example trains a network in at most 25 lines", { timeout: 120_000 }, async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] as string;
  expect(code.trimEnd().split('\n').length).toBeLessThanOrEqual(25);
  // Inside the package, "inkling" means the package itself.
  const folder = await mkdtemp(join(root, 'test', 'readme-'));
  try {
    await writeFile(join(folder, 'example.ts'), code);
    const env = { ...process.env, INKLING_DATA: '' };
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'example.ts')], { env });
    expect(Number.parseFloat(stdout)).toBeGreaterThan(85);
  } finally {
    await rm(folder, { recursive: true });
  }
});
