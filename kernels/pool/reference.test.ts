import { describe, expect, test } from 'vitest';
import { averagePool2d, globalAveragePool, globalMaxPool, maxPool2d } from './index.ts';
import {
  averagePool2dBackward,
  averagePool2dForward,
  maxPool2dBackward,
  maxPool2dForward,
  type PoolGeometry,
} from './reference.ts';

/** One 3×3 image of one channel, in windows of 2×2. */
const geometry: PoolGeometry = {
  images: 1,
  height: 3,
  width: 3,
  channels: 1,
  outputHeight: 2,
  outputWidth: 2,
  windowHeight: 2,
  windowWidth: 2,
  strideHeight: 1,
  strideWidth: 1,
  top: 0,
  left: 0,
};
/** The same with stride 2, so that the last row and column of windows hang over the edge. */
const hanging: PoolGeometry = { ...geometry, strideHeight: 2, strideWidth: 2 };
const x = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
const y = new Float64Array(4);
const positions = new Int32Array(4);

describe('maxima', () => {
  test('are the largest under each window, with their places', () => {
    maxPool2dForward(geometry, x, y, positions);
    expect([...y]).toEqual([5, 6, 8, 9]);
    expect([...positions]).toEqual([4, 5, 7, 8]);
  });

  test('leave padding out, even where all values are negative', () => {
    const negative = x.map((value) => -value);
    maxPool2dForward(hanging, negative, y, positions);
    expect([...y]).toEqual([-1, -3, -7, -9]);
  });

  test('of equal values are the first', () => {
    maxPool2dForward(geometry, x.map(Math.sign), y, positions);
    expect([...positions]).toEqual([0, 1, 3, 4]);
  });

  test('are NaN where a NaN lies under the window', () => {
    const holed = x.slice();
    holed[4] = Number.NaN;
    maxPool2dForward(hanging, holed, y, positions);
    expect([...y]).toEqual([Number.NaN, 6, 8, 9]);
    expect([...positions]).toEqual([3, 5, 7, 8]);
  });

  test('pass gradients to their places, added where windows overlap', () => {
    const dx = new Float64Array(9).fill(77);
    maxPool2dBackward(geometry, Float64Array.of(1, 2, 3, 4), Int32Array.of(4, 4, 4, 8), dx);
    expect([...dx]).toEqual([0, 0, 0, 0, 6, 0, 0, 0, 4]);
  });
});

describe('averages', () => {
  test('count only what lies inside', () => {
    averagePool2dForward(hanging, x, y);
    expect([...y]).toEqual([3, 4.5, 7.5, 9]);
  });

  test('share gradients equally', () => {
    const dx = new Float64Array(9).fill(77);
    averagePool2dBackward(hanging, Float64Array.of(4, 6, 8, 5), dx);
    expect([...dx]).toEqual([1, 1, 3, 1, 1, 3, 4, 4, 5]);
  });
});

describe('shapes and attributes', () => {
  test('stride is the pool size unless given', () => {
    expect(maxPool2d.parse({ poolSize: [2, 3] })).toEqual({
      poolSize: [2, 3],
      stride: [2, 3],
      padding: 'valid',
    });
  });

  test.each([
    ['valid', [5, 2, 3, 4]],
    ['same', [5, 3, 4, 4]],
    [1, [5, 3, 4, 4]],
  ])('padding %s', (padding, output) => {
    const attributes = averagePool2d.parse({ poolSize: 2, padding });
    expect(averagePool2d.layout([[5, 5, 7, 4]], attributes).output).toEqual(output);
  });

  test('global pools leave the channels', () => {
    expect(globalMaxPool.layout([[5, 6, 7, 4]], {}).output).toEqual([5, 4]);
    expect(globalAveragePool.layout([[5, 6, 7, 4]], {}).output).toEqual([5, 4]);
  });

  test.each([
    [{}, 'poolSize must be a whole number from 1 or a pair [height, width] of them, not missing'],
    [{ poolSize: 2, size: 3 }, 'has no attribute "size": it takes poolSize, stride, padding'],
    [{ poolSize: 2, padding: 2 }, 'padding must be smaller than the window, whose height is 2'],
    [
      {
        poolSize: [3, 2],
        padding: [
          [2, 2],
          [0, 2],
        ],
      },
      'whose width is 2: a window must not lie wholly in padding',
    ],
  ])('%j is refused', (raw, message) => {
    expect(() => maxPool2d.parse(raw)).toThrow(message);
  });

  test('inputs that do not fit are refused', () => {
    const attributes = maxPool2d.parse({ poolSize: 3 });
    expect(() => maxPool2d.layout([[4, 10]], attributes)).toThrow(
      'needs inputs of [height, width, channels], not [10]',
    );
    expect(() => maxPool2d.layout([[4, 2, 9, 1]], attributes)).toThrow(
      'a window of 3 does not fit the height 2 of its input',
    );
    expect(() => globalMaxPool.layout([[4, 10]], {})).toThrow('needs inputs of [height, width, channels]');
  });
});
