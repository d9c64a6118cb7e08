/** Turning planes and finding ranks. */
import { expect, test } from 'vitest';
import { transposed, valueAtRank } from './plane.ts';
import { planeBy, planeOf, rowsOf } from './testing/draw.ts';

test('columns become rows, in planes of any shape', () => {
  expect(rowsOf(transposed(planeOf('##.', '..#')))).toEqual(['#.', '#.', '.#']);
  for (const [width, height] of [
    [1, 1],
    [1, 100],
    [70, 1],
    [33, 65],
  ]) {
    const plane = planeBy(width, height, (x, y) => 1000 * y + x);
    expect(transposed(plane)).toEqual(planeBy(height, width, (x, y) => 1000 * x + y));
    expect(transposed(transposed(plane))).toEqual(plane);
  }
});

test('a rank is what sorting puts there, and the values stay as they are', () => {
  for (const count of [1, 2, 3, 10, 101]) {
    const values = Float32Array.from({ length: count }, (_, i) => ((i * 37) % 11) - 5);
    const before = values.slice();
    const sorted = values.slice().sort();
    for (let rank = 0; rank < count; rank++) expect(valueAtRank(values, rank)).toBe(sorted[rank]);
    expect(values).toEqual(before);
  }
  expect(valueAtRank(new Float32Array(50).fill(3), 20)).toBe(3);
});
