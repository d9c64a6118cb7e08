import fc from 'fast-check';
import type { Cases } from '../cases.ts';

const size = (minimum: number, maximum: number) => fc.integer({ min: minimum, max: maximum });
const sides = fc.tuple(size(0, 3), size(0, 3));

export const cases: Cases = {
  zeroPadding2d: fc.record({
    layers: fc
      .oneof(size(0, 3), fc.tuple(sides, sides))
      .map((padding) => [{ type: 'zeroPadding2d', padding }]),
    input: fc.tuple(size(1, 6), size(1, 6), size(1, 6)),
  }),
};
