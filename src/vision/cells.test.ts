/** Cells and back. */
import { expect, test } from 'vitest';
import { averageCells, largestOfCells, SmoothCells } from './cells.ts';
import { planeBy, planeOf } from './testing/draw.ts';

test('cells have the mean, or the largest, of their pixels, those at the edges of fewer', () => {
  const plane = planeOf('13..#', '22..#', '..996');
  expect(averageCells(plane, 2).data).toEqual(Float32Array.of(0.2, 0, 1, 0, 0.9, 0.6));
  expect(largestOfCells(plane, 2).data).toEqual(Float32Array.of(0.3, 0, 1, 0, 0.9, 0.6));
  expect(averageCells(plane, 1)).toEqual(plane);
  expect(averageCells(plane, 100).data).toHaveLength(1);
});

test('a slope is the same slope through cells, but for half a cell at its ends', () => {
  const slope = planeBy(40, 30, (x, y) => 3 * x - 2 * y);
  const smooth = new SmoothCells(averageCells(slope, 5), 5, 40);
  for (let y = 3; y < 27; y++) {
    const row = smooth.rowAt(y);
    for (let x = 3; x < 37; x++) expect(row[x]).toBeCloseTo(3 * x - 2 * y, 3);
  }
});

test('rows may be asked for in any order, and one cell is the same everywhere', () => {
  const cells = planeOf('19', '91');
  const smooth = new SmoothCells(cells, 4, 8);
  const downwards = Array.from({ length: 8 }, (_, y) => smooth.rowAt(y).slice());
  for (let y = 7; y >= 0; y--) expect(smooth.rowAt(y)).toEqual(downwards[y]);
  expect(downwards[0]).toEqual(downwards[7].toReversed());
  expect(new SmoothCells(planeOf('5'), 30, 3).rowAt(7)).toEqual(Float32Array.of(0.5, 0.5, 0.5));
});
