/** Every operation in WebAssembly against the reference, on random shapes, at every instruction level. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allCases } from '../kernels/cases.ts';
import { LEVELS } from '../src/engine/wasm/module.ts';
import { parityErrors } from './operations.ts';

describe.each(LEVELS)('WebAssembly (%s) agrees with the reference to 1e-4', (level) => {
  test.each(Object.keys(allCases))('%s', async (name) => {
    const trials = fc.record({
      drawn: allCases[name],
      batch: fc.integer({ min: 1, max: 5 }),
      seed: fc.nat(1e6),
    });
    await fc.assert(
      fc.asyncProperty(trials, async ({ drawn, batch, seed }) => {
        const errors = await parityErrors({ ...drawn, batch, seed }, { level });
        for (const [tensor, error] of errors) expect(error, tensor).toBeLessThan(1e-4);
      }),
      { numRuns: 60 },
    );
  });
});
