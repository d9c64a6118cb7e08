/** Stroke widths, measured and changed. */
import { expect, test } from 'vitest';
import { strokeWidthOf, thicken, thin } from './strokes.ts';
import { digitAt, inkOf, planeOf, rowsOf } from './testing/draw.ts';

test.each([2, 3, 5, 8])('a stroke of %i pixels is measured to a quarter, level, upright or aslant', (pen) => {
  for (const to of [
    [90, 20],
    [20, 90],
    [80, 80],
  ] as const) {
    const ink = inkOf(110, 110, [[[20, 20], to]], pen);
    expect(strokeWidthOf(ink)).toBeGreaterThan(0.75 * pen);
    expect(strokeWidthOf(ink)).toBeLessThan(1.1 * pen);
  }
});

test('paper has no strokes', () => {
  expect(strokeWidthOf(planeOf('...', '...'))).toBe(0);
});

test('a dot is thickened to a disc, and thinned strokes lose as much as was asked', () => {
  expect(rowsOf(thicken(planeOf('.....', '.....', '..#..', '.....', '.....'), 1))).toEqual([
    '.....',
    '.###.',
    '.###.',
    '.###.',
    '.....',
  ]);
  const seven = inkOf(80, 80, digitAt(7, 20, 15, 50), 8);
  const before = strokeWidthOf(seven);
  const [thinner, thicker] = [strokeWidthOf(thin(seven, 1.5)), strokeWidthOf(thicken(seven, 1.5))];
  expect(Math.abs(before - 3 - thinner)).toBeLessThan(1);
  expect(Math.abs(before + 3 - thicker)).toBeLessThan(1);
});

test('thickening is the largest value in a disc, whole within the radius and in part on its rim', () => {
  const [width, height] = [23, 17];
  // Any values will do.
  const data = Float32Array.from({ length: width * height }, (_, i) => ((i * 7919) % 256) / 255);
  for (const radius of [0.3, 1, 1.5, 2.8, 6, 11.4, 30]) {
    const { data: found } = thicken({ width, height, data }, radius);
    const wanted = data.map((_, at) => {
      let largest = 0;
      for (const [i, value] of data.entries()) {
        const away = Math.hypot((i % width) - (at % width), Math.floor(i / width) - Math.floor(at / width));
        largest = Math.max(largest, value * Math.min(1, radius + 1 - away));
      }
      return largest;
    });
    expect(found, `radius ${radius}`).toEqual(wanted);
  }
});

test('what is too thin to be thinned stays', () => {
  const line = planeOf('.......', '.#####.', '.......');
  expect(rowsOf(thin(line, 2))).toEqual(rowsOf(line));
});
