import fc from 'fast-check';
import type { AugmentationSpec } from './spec.ts';

/** Pictures to change, and how. */
export interface AugmentationCase {
  shape: [number, number, number];
  examples: number;
  augmentation: AugmentationSpec;
}

const upTo = (max: number) => fc.double({ min: 0, max, noNaN: true });

/** Sizes that fit no vector, any number of channels, and each kind of change as often left out as not. */
export const cases: fc.Arbitrary<AugmentationCase> = fc.record({
  shape: fc.tuple(
    fc.integer({ min: 1, max: 19 }),
    fc.integer({ min: 1, max: 19 }),
    fc.integer({ min: 1, max: 3 }),
  ),
  examples: fc.integer({ min: 1, max: 5 }),
  augmentation: fc.record(
    {
      ...{ rotation: upTo(180), scale: upTo(0.5), shear: upTo(1), shift: upTo(30) },
      ...{ elastic: upTo(9), elasticSpacing: fc.integer({ min: 2, max: 9 }), thickness: upTo(1) },
      ...{ contrast: upTo(1), brightness: upTo(1), noise: upTo(1), cutOut: fc.integer({ min: 0, max: 25 }) },
      ...{ outline: upTo(1), lines: fc.integer({ min: 0, max: 4 }), negative: upTo(1) },
      spoiled: upTo(1),
    },
    { requiredKeys: [] },
  ),
});
