import fc from 'fast-check';
import type { Cases } from '../cases.ts';

/** Two layers, since the mask depends on the layer's position. */
export const cases: Cases = {
  dropout: fc.record({
    layers: fc
      .tuple(fc.double({ min: 0, max: 0.95, noNaN: true }), fc.double({ min: 0, max: 0.95, noNaN: true }))
      .map((rates) => rates.map((rate) => ({ type: 'dropout', rate }))),
    input: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
  }),
};
