/** Every operation in WebAssembly against the reference, on random shapes, at every level and number of threads. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allCases } from '../kernels/cases.ts';
import { LEVELS } from '../src/engine/wasm/module.ts';
import { parityErrors } from './operations.ts';

/** Random layers of each operation, by number of threads; slices are the only difference that threads make. */
const RUNS = [
  { threads: 1, runs: 60 },
  { threads: 2, runs: 25 },
  { threads: 3, runs: 25 },
];

const VARIANTS = LEVELS.flatMap((level) => RUNS.map((run) => ({ level, ...run })));

describe.each(VARIANTS)(
  'WebAssembly ($level, threads: $threads) agrees with the reference to 1e-4',
  ({ level, threads, runs }) => {
    test.each(Object.keys(allCases))('%s', async (name) => {
      const trials = fc.record({
        drawn: allCases[name],
        // Now and then enough for kernels that take a tile full of pictures at a time.
        batch: fc.oneof(
          { weight: 3, arbitrary: fc.integer({ min: 1, max: 5 }) },
          { weight: 1, arbitrary: fc.integer({ min: 6, max: 20 }) },
        ),
        seed: fc.nat(1e6),
      });
      await fc.assert(
        fc.asyncProperty(trials, async ({ drawn, batch, seed }) => {
          const errors = await parityErrors({ ...drawn, batch, seed }, { level, threads });
          for (const [tensor, error] of errors) expect(error, tensor).toBeLessThan(1e-4);
        }),
        { numRuns: runs },
      );
    });
  },
);
