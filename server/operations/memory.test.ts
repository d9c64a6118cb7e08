/** Whether the space of new objects stays as small as it was, in a process that makes plenty of them. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const MEMORY = join(import.meta.dirname, 'memory.ts');
/** What a thread does whose objects outlive several collections, which makes V8 widen that space; prints its size. */
const WASTE = `
const { getHeapSpaceStatistics } = require('node:v8');
const kept = [];
for (let round = 0; round < 100; round++) {
  kept.push(Array.from({ length: 20_000 }, (_, i) => ({ i, list: [i] })));
  if (kept.length > 8) kept.shift();
}
console.log(getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size);
`;

/** Bytes of young objects of the main thread and of a worker, after both have wasted. */
async function waste(beginning: string): Promise<number[]> {
  const script = `${beginning}
    const waste = ${JSON.stringify(WASTE)};
    new Function('require', waste)(require);
    new (require('node:worker_threads').Worker)(waste, { eval: true });`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=commonjs', '-e', script]);
  return stdout.trim().split('\n').map(Number);
}

/** Of bytes: many times what a thread begins with, and a fraction of what it goes to by default. */
const SMALL = 10e6;

test('young generations stay small, whatever is wasted', async () => {
  const [main, worker] = await waste(`require(${JSON.stringify(MEMORY)}).boundYoungGenerations();`);
  expect(main).toBeLessThan(SMALL);
  expect(worker).toBeLessThan(SMALL);
});

test('they would be otherwise', async () => {
  const [main, worker] = await waste('');
  expect(main).toBeGreaterThan(SMALL);
  expect(worker).toBeGreaterThan(SMALL);
});
