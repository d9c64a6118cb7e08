import { expect, test } from 'vitest';
import { fillOutlines } from './fill.ts';
import { emptyMask } from './mask.ts';
import type { Polyline } from './strokes.ts';

function square(left: number, top: number, right: number, bottom: number): Polyline {
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
}

function filled(...outlines: Polyline[]): number[][] {
  const mask = emptyMask(6, 6);
  fillOutlines(mask, outlines);
  return Array.from({ length: 6 }, (_, y) => [...mask.values.subarray(6 * y, 6 * y + 6)]);
}

test('covers pixels by as much as lies within', () => {
  const rows = filled(square(1.25, 1, 4.5, 5));
  for (const row of rows.slice(1, 5)) {
    row.forEach((value, x) => {
      expect(value).toBeCloseTo([0, 0.75, 1, 1, 0.5, 0][x], 5);
    });
  }
  expect([...rows[0], ...rows[5]].every((value) => value === 0)).toBe(true);
});

test('leaves a hole where an outline runs the other way, and none where two overlap', () => {
  const outer = square(0, 0, 6, 6);
  const inner = square(2, 2, 4, 4);
  const hole = filled(outer, inner.toReversed());
  expect(hole[3][3]).toBe(0);
  expect(hole[3][1]).toBeCloseTo(1, 5);
  expect(filled(outer, inner).flat()).toEqual(filled(outer).flat());
});

test('slanted edges cover half of the pixels they halve, and what lies outside is left out', () => {
  const rows = filled([
    [0, 0],
    [6, 6],
    [0, 6],
  ]);
  for (let i = 0; i < 6; i++) expect(rows[i][i]).toBeCloseTo(0.5, 5);
  expect(filled(square(-3, -3, 2, 9))[5].map(Math.round)).toEqual([1, 1, 0, 0, 0, 0]);
});
