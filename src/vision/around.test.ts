/** What is around a pixel, against plain loops. */
import { describe, expect, it } from 'vitest';
import { largestAround, meanAround, smallestAround } from './around.ts';
import type { Plane } from './plane.ts';
import { planeBy, planeOf, rowsOf } from './testing/draw.ts';

const SIZES = [
  [1, 1],
  [1, 40],
  [40, 1],
  [13, 9],
  [31, 22],
];

function slowly({ width, height, data }: Plane, reach: number, of: (values: number[]) => number): number[] {
  return Array.from(data, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const values: number[] = [];
    for (let row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row++) {
      for (let column = Math.max(0, x - reach); column <= Math.min(width - 1, x + reach); column++) {
        values.push(data[row * width + column]);
      }
    }
    return of(values);
  });
}

describe.each(SIZES)('of %i×%i pixels', (width, height) => {
  const plane = planeBy(width, height, (x, y) => ((x * 7919 + y * 104_729) % 101) - 50);

  it.each([0, 1, 3, 17, 60])('finds the largest, the smallest and the mean within %i', (reach) => {
    expect([...largestAround(plane, reach).data]).toEqual(slowly(plane, reach, (v) => Math.max(...v)));
    expect(smallestAround(plane, reach).data).toEqual(
      Float32Array.from(slowly(plane, reach, (values) => Math.min(...values))),
    );
    const means = slowly(plane, reach, (values) => values.reduce((a, b) => a + b) / values.length);
    const errors = meanAround(plane, reach).data.map((value, i) => Math.abs(value - means[i]));
    expect(Math.max(...errors)).toBeLessThan(1e-4);
  });
});

it('makes a dot a square, and a square with a hole whole', () => {
  expect(rowsOf(largestAround(planeOf('.....', '.....', '..#..', '.....', '.....'), 1))).toEqual([
    '.....',
    '.###.',
    '.###.',
    '.###.',
    '.....',
  ]);
  const holed = planeOf('........', '........', '..####..', '..#.##..', '..####..', '........', '........');
  const closed = rowsOf(smallestAround(largestAround(holed, 1), 1));
  expect(closed.slice(2, 5)).toEqual(['..####..', '..####..', '..####..']);
});
