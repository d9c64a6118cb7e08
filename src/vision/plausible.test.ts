/** What could be writing. */
import { expect, test } from 'vitest';
import { findComponents } from './components.ts';
import type { Plane } from './plane.ts';
import { plausible } from './plausible.ts';
import { digitAt, inkOf, planeBy } from './testing/draw.ts';

const PEN = 6;
const digits = [...digitAt(4, 40, 60, 60), ...digitAt(7, 110, 60, 60)];

function keptOf(ink: Plane, strokeWidth = PEN) {
  return plausible(ink, findComponents(ink), strokeWidth).map(({ left, right, top, bottom }) => [
    Math.round((left + right) / 2),
    Math.round((top + bottom) / 2),
  ]);
}

const drawn = inkOf(200, 200, digits, PEN);
const both = keptOf(drawn);

test('digits are kept', () => {
  expect(both).toHaveLength(2);
});

test('specks go, dots of the size of a stroke stay', () => {
  const withDots = inkOf(
    200,
    200,
    [
      ...digits,
      [
        [170, 30],
        [170.5, 30],
      ],
      [
        [20.5, 150.5],
        [20.5, 150.5],
      ],
    ],
    PEN,
  );
  expect(keptOf(withDots)).toHaveLength(4);
  withDots.data[5 * 200 + 100] = 1;
  expect(keptOf(withDots)).toHaveLength(4);
});

test('a border along an edge and a dark corner go', () => {
  const framed = planeBy(200, 200, (x, y) => (y >= 190 || x + y < 40 ? 1 : drawn.data[y * 200 + x]));
  expect(keptOf(framed)).toEqual(both);
});

test('what lies along an edge goes, however small, and a 1 that begins at the upper edge stays', () => {
  const beside = planeBy(200, 200, (x, y) => (x < 5 && y >= 90 && y < 120 ? 1 : drawn.data[y * 200 + x]));
  expect(keptOf(beside)).toEqual(both);
  const one = planeBy(200, 200, (x, y) => (x >= 160 && x < 166 && y < 50 ? 1 : drawn.data[y * 200 + x]));
  expect(keptOf(one)).toHaveLength(3);
});

test("a sheet's edge round its corner goes", () => {
  const corner = [
    [0, 185],
    [185, 175],
    [190, 0],
  ] as const;
  expect(keptOf(inkOf(200, 200, [...digits, corner], PEN))).toEqual(both);
});

test("a sheet's corner goes where something is written inside of it, and stays where nothing is", () => {
  const corner = [
    [
      [30, 30],
      [160, 34],
    ],
    [
      [160, 34],
      [150, 199],
    ],
  ] as const;
  const seven = digitAt(7, 80, 90, 36);
  const written = keptOf(inkOf(200, 200, seven, PEN));
  expect(written).toHaveLength(1);
  expect(keptOf(inkOf(200, 200, [...corner, ...seven], PEN))).toEqual(written);
  expect(keptOf(inkOf(200, 200, corner, PEN))).toHaveLength(1);
});

test('a thumb goes, more than twice as thick as the strokes beside it, and a digit that is cut off stays', () => {
  const withThumb = planeBy(200, 200, (x, y) =>
    x >= 20 && x < 40 && y >= 150 ? 1 : drawn.data[y * 200 + x],
  );
  expect(keptOf(withThumb, 30)).toEqual(both);
  expect(keptOf(inkOf(200, 200, [...digits, ...digitAt(7, 20, 160, 60)], PEN), 30)).toHaveLength(3);
});

test('a blot far thicker than strokes goes', () => {
  const blotted = planeBy(200, 200, (x, y) =>
    Math.hypot(x - 150, y - 160) < 25 ? 1 : drawn.data[y * 200 + x],
  );
  expect(keptOf(blotted)).toEqual(both);
});

test('a line across the page goes, alone it may stay', () => {
  const line = [
    [15, 170],
    [185, 172],
  ] as const;
  expect(keptOf(inkOf(200, 200, [...digits, line], PEN))).toEqual(both);
  expect(keptOf(inkOf(200, 200, [line], PEN))).toHaveLength(1);
});

test('a soft shadow at the edge goes, a stroke that is cut off there stays', () => {
  const shadow = planeBy(200, 200, (x, y) => Math.max(drawn.data[y * 200 + x], 0.9 - (200 - x) / 40));
  expect(keptOf(shadow)).toEqual(both);
  expect(
    keptOf(
      inkOf(
        200,
        200,
        [
          ...digits,
          [
            [150, 170],
            [199, 150],
          ],
        ],
        PEN,
      ),
    ),
  ).toHaveLength(3);
});
