/** Paper steps where a shadow or a sheet ends, and nowhere else, whatever is written on it. */
import { expect, it } from 'vitest';
import { hasSteps } from './lit.ts';
import { digitAt, inkOf, planeBy } from './testing/draw.ts';

const SIDE = 200;
const PAPER = 200;
const ink = inkOf(SIDE, SIDE, digitAt(4, 60, 50, 100), 12);
const written = (paperAt: (x: number, y: number) => number, amount = 0.7) => ({
  plane: planeBy(SIDE, SIDE, (x, y) => paperAt(x, y) * (1 - amount * ink.data[y * SIDE + x])),
  ...{ scale: 1, isLight: true },
});

it.each<[string, boolean, (x: number, y: number) => number]>([
  ['a shadow', true, (x, y) => (x + y / 3 > 120 ? 0.5 * PAPER : PAPER)],
  ['a sheet on a desk', true, (x, y) => (Math.min(x, y, SIDE - x, SIDE - y) < 20 ? 80 : PAPER)],
  ['even paper', false, () => PAPER],
  ['paper that darkens from one side to the other', false, (x) => PAPER * (1 - (0.6 * x) / SIDE)],
  ['two shades that are nearly one', false, (x) => (x > 100 ? 0.9 * PAPER : PAPER)],
  ['the dark alone', false, (x) => (x > 100 ? 3 : 6)],
  ['squares of two shades', false, (x, y) => (((x >> 4) + (y >> 4)) % 2 === 0 ? 60 : PAPER)],
])('%s: %s', (_, has, paperAt) => {
  expect(hasSteps(written(paperAt))).toBe(has);
  expect(hasSteps(written(paperAt, 0))).toBe(has);
});
