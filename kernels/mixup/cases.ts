import fc from 'fast-check';
import type { Cases } from '../cases.ts';

/** Before a layer without kinks, since mixtures may lie anywhere. */
export const cases: Cases = {
  mixup: fc.record({
    layers: fc.constant([{ type: 'tanh' }]),
    input: fc.tuple(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 3 }),
    ),
    mixup: fc.record({ alpha: fc.double({ min: 0.05, max: 20, noNaN: true }) }),
  }),
};
