import fc from 'fast-check';
import type { Cases } from '../cases.ts';

/**
 * At least six values a channel, however small the batch: fewer have hardly any gradient left. And at least two
 * channels: the sums of one alone may cancel so far that their rounding is all that is left to compare.
 */
export const cases: Cases = {
  batchNorm: fc.record({
    layers: fc
      .record(
        {
          momentum: fc.double({ min: 0, max: 0.99, noNaN: true }),
          epsilon: fc.double({ min: 1e-5, max: 1e-2, noNaN: true }),
        },
        { requiredKeys: [] },
      )
      .map((attributes) => [{ type: 'batchNorm', ...attributes }]),
    input: fc.tuple(
      fc.integer({ min: 2, max: 9 }),
      fc.integer({ min: 3, max: 9 }),
      fc.integer({ min: 2, max: 21 }),
    ),
  }),
};
