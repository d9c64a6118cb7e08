import fc from 'fast-check';
import type { Cases } from '../cases.ts';

/** Residual adds, also of a value to itself. */
export const cases: Cases = {
  add: fc.record({
    layers: fc.constant([{ type: 'residual', layers: [] }]),
    input: fc.tuple(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 7 }),
    ),
  }),
};
