/** Every gradient of every operation against central differences, in double precision. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allCases } from '../kernels/cases.ts';
import { gradientErrors } from './operations.ts';

describe('the reference agrees with central differences to 1e-6', () => {
  // Winograd's algorithm is the kernels' alone: to the reference these are convolutions like all others, but slow.
  const names = Object.keys(allCases).filter((name) => !['conv2d 3×3', 'conv2d five wide'].includes(name));
  test.each(names)('%s', async (name) => {
    const trials = fc.record({
      drawn: allCases[name],
      batch: fc.integer({ min: 1, max: 3 }),
      seed: fc.nat(1e6),
    });
    await fc.assert(
      fc.asyncProperty(trials, async ({ drawn, batch, seed }) => {
        const errors = await gradientErrors({ ...drawn, batch, seed });
        for (const [tensor, error] of errors) expect(error, tensor).toBeLessThan(1e-6);
      }),
      { numRuns: 15 },
    );
  });
});
