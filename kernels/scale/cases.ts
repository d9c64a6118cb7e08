import fc from 'fast-check';
import type { Cases } from '../cases.ts';

/** Channels scaled by something made of themselves, which is read twice. */
export const cases: Cases = {
  scaleChannels: fc.record({
    layers: fc
      .constantFrom('globalAveragePool', 'globalMaxPool')
      .map((type) => [{ type: 'channelScale', layers: [{ type }] }]),
    input: fc.tuple(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 9 }),
    ),
  }),
};
