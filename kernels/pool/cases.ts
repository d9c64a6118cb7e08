import fc from 'fast-check';
import type { Cases } from '../cases.ts';

const size = (minimum: number, maximum: number) => fc.integer({ min: minimum, max: maximum });
const sizes = (minimum: number, maximum: number) => fc.tuple(size(minimum, maximum), size(minimum, maximum));

/** Windows that overlap, touch or leave gaps, with every kind of padding, over inputs just large enough or larger. */
const sliding = (type: string) =>
  fc
    .record({
      poolSize: sizes(1, 3),
      stride: fc.option(sizes(1, 4), { nil: undefined }),
      kind: fc.constantFrom('same', 'valid', 'explicit'),
      borders: fc.tuple(sizes(0, 2), sizes(0, 2)),
      extent: sizes(1, 8),
      channels: size(1, 9),
    })
    .map(({ poolSize, stride, kind, borders, extent, channels }) => {
      const explicit = poolSize.map((window, i) => borders[i].map((border) => Math.min(border, window - 1)));
      const fitting = extent.map((value, i) => (kind === 'same' ? value : Math.max(value, poolSize[i])));
      const padding = kind === 'explicit' ? explicit : kind;
      return {
        layers: [stride ? { type, poolSize, stride, padding } : { type, poolSize, padding }],
        input: [...fitting, channels],
      };
    });

/** Windows of 2×2 over channels that fill vectors. */
const squares = (type: string) =>
  fc
    .record({
      stride: sizes(1, 3),
      padding: fc.constantFrom('same', 'valid'),
      extent: sizes(2, 9),
      channels: fc.constantFrom(8, 16, 24),
    })
    .map(({ stride, padding, extent, channels }) => ({
      layers: [{ type, poolSize: 2, stride, padding }],
      input: [...extent, channels],
    }));

const whole = (type: string) =>
  fc
    .record({ extent: sizes(1, 8), channels: size(1, 9) })
    .map(({ extent, channels }) => ({ layers: [{ type }], input: [...extent, channels] }));

export const cases: Cases = {
  maxPool2d: sliding('maxPool2d'),
  'maxPool2d of 2×2': squares('maxPool2d'),
  averagePool2d: sliding('averagePool2d'),
  globalMaxPool: whole('globalMaxPool'),
  globalAveragePool: whole('globalAveragePool'),
};
