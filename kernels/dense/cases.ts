import fc from 'fast-check';
import type { Cases } from '../cases.ts';

export const cases: Cases = {
  dense: fc
    .record({
      inputs: fc.integer({ min: 1, max: 40 }),
      units: fc.integer({ min: 1, max: 40 }),
      useBias: fc.boolean(),
    })
    .map(({ inputs, units, useBias }) => ({ input: [inputs], layers: [{ type: 'dense', units, useBias }] })),
};
