import fc from 'fast-check';
import type { Cases } from '../cases.ts';

const border = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }));

/** Any kernel, stride and padding, also borders wider than the kernel and inputs no larger than it. */
export const cases: Cases = {
  conv2d: fc
    .record({
      height: fc.integer({ min: 1, max: 9 }),
      width: fc.integer({ min: 1, max: 9 }),
      channels: fc.integer({ min: 1, max: 9 }),
      filters: fc.integer({ min: 1, max: 19 }),
      kernel: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
      stride: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      padding: fc.oneof(fc.constant('same'), fc.constant('valid'), fc.tuple(border, border)),
      useBias: fc.boolean(),
    })
    .filter(
      ({ height, width, kernel, padding }) =>
        padding !== 'valid' || (kernel[0] <= height && kernel[1] <= width),
    )
    .filter(({ height, width, kernel, padding }) => {
      if (!Array.isArray(padding)) return true;
      return (
        height + padding[0][0] + padding[0][1] >= kernel[0] &&
        width + padding[1][0] + padding[1][1] >= kernel[1]
      );
    })
    .map(({ height, width, channels, filters, kernel, stride, padding, useBias }) => ({
      input: [height, width, channels],
      layers: [{ type: 'conv2d', filters, kernelSize: kernel, stride, padding, useBias }],
    })),
  /** Lines longer and shorter than the tiles for a single channel, with every border. */
  'conv2d of one channel': fc
    .record({
      height: fc.integer({ min: 5, max: 8 }),
      width: fc.integer({ min: 5, max: 20 }),
      filters: fc.constantFrom(8, 16, 24, 32, 12),
      kernel: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
      padding: fc.oneof(fc.constant('same'), fc.constant('valid'), fc.tuple(border, border)),
      useBias: fc.boolean(),
    })
    .map(({ height, width, filters, kernel, padding, useBias }) => ({
      input: [height, width, 1],
      layers: [{ type: 'conv2d', filters, kernelSize: kernel, padding, useBias }],
    })),
  /** Sizes around those that Winograd's algorithm takes: whole tiles and parts of them, with every border. */
  'conv2d 3×3': fc
    .record({
      height: fc.integer({ min: 3, max: 13 }),
      width: fc.integer({ min: 3, max: 13 }),
      channels: fc.constantFrom(8, 16, 24, 32),
      filters: fc.constantFrom(8, 16, 24, 40),
      padding: fc.oneof(fc.constant('same'), fc.constant('valid'), fc.tuple(border, border)),
      useBias: fc.boolean(),
    })
    .map(({ height, width, channels, filters, padding, useBias }) => ({
      input: [height, width, channels],
      layers: [{ type: 'conv2d', filters, kernelSize: 3, padding, useBias }],
    })),
  /** Sizes around those that Winograd's algorithm takes along lines. */
  'conv2d five wide': fc
    .record({
      height: fc.integer({ min: 5, max: 9 }),
      width: fc.integer({ min: 5, max: 14 }),
      channels: fc.constantFrom(8, 16, 24),
      filters: fc.constantFrom(8, 16, 40),
      kernelHeight: fc.integer({ min: 1, max: 5 }),
      padding: fc.oneof(fc.constant('same'), fc.constant('valid'), fc.tuple(border, border)),
      useBias: fc.boolean(),
    })
    .map(({ height, width, channels, filters, kernelHeight, padding, useBias }) => ({
      input: [height, width, channels],
      layers: [{ type: 'conv2d', filters, kernelSize: [kernelHeight, 5], padding, useBias }],
    })),
};
