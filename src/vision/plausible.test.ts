/** What could be writing. */
import { describe, expect, it, test } from 'vitest';
import { findComponents } from './components.ts';
import { type Plane, transposed } from './plane.ts';
import { isStep, plausible } from './plausible.ts';
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

test('a thin 1 stays beside dust and the holes of a binder', () => {
  const isHole = (x: number, y: number) => [50, 150].some((middle) => Math.hypot(x - 15, y - middle) < 8);
  const ink = planeBy(200, 200, (x, y) => {
    const isDust = x >= 60 && x < 65 && y >= 20 && y < 25;
    return (x >= 120 && x < 124 && y >= 60 && y < 140) || isHole(x, y) || isDust ? 1 : 0;
  });
  expect(keptOf(ink, 4)).toContainEqual([122, 100]);
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

const SIZE = 60;
/** Ink from column 30 to 33, from row 10 to 50, `left` of it and `right` of it paper of some brightness. */
const grey = (left: number, right: number, ink = 40) =>
  planeBy(SIZE, SIZE, (x, y) => (isInk(x, y) ? ink : x < 32 ? left : right));
const isInk = (x: number, y: number) => x >= 30 && x < 34 && y >= 10 && y < 50;
const mask = planeBy(SIZE, SIZE, (x, y) => (isInk(x, y) ? 1 : 0));

function judged(plane: Plane, ink = mask, isDark = true): boolean {
  const labelled = findComponents(ink);
  return isStep(labelled.components[0], plane, labelled, isDark);
}

describe('isStep', () => {
  it.each<[string, boolean, Plane, boolean]>([
    ['a stroke on paper', false, grey(220, 220), true],
    ['a stroke at the edge of a shadow', false, grey(220, 130), true],
    ['the rim of a sheet on a dark table', true, grey(220, 60), true],
    ['chalk on a board', false, grey(30, 30, 200), false],
    ['the rim of a board on a light wall', true, grey(30, 190, 200), false],
  ])('%s: %s', (_, is, plane, isDark) => {
    expect(judged(plane, mask, isDark)).toBe(is);
    expect(judged(transposed(plane), transposed(mask), isDark)).toBe(is);
  });

  /** A sheet's lower left corner: paper above and to the right of ink that is bent there, or a stroke as bent. */
  it.each<[string, boolean, number]>([
    ['the bent rim of a sheet', true, 60],
    ['a bent stroke', false, 220],
  ])('%s: %s', (_, is, outside) => {
    const isBent = (x: number, y: number) => x >= 20 && y < 44 && y >= 6 && x < 56 && (x < 24 || y >= 40);
    const bent = planeBy(SIZE, SIZE, (x, y) => (isBent(x, y) ? 1 : 0));
    const isSheet = (x: number, y: number) => x >= 24 && y < 40;
    const plane = planeBy(SIZE, SIZE, (x, y) => (isBent(x, y) ? 40 : isSheet(x, y) ? 220 : outside));
    expect(judged(plane, bent)).toBe(is);
  });

  it('is a band however ragged, and no stroke between others, of whose paper nothing is seen', () => {
    const isBand = (x: number, y: number) =>
      isInk(x, y) || (y % 16 === 0 && x > 22 && x < 44 && y >= 10 && y < 50);
    const ragged = planeBy(SIZE, SIZE, (x, y) => (isBand(x, y) ? 1 : 0));
    expect(judged(grey(220, 60), ragged)).toBe(true);
    // Thick strokes close by, the ink to the left a little fainter than that to the right.
    const shade = (x: number) => (x < 22 ? 70 : x < 26 ? 220 : x < 34 ? 40 : x < 38 ? 220 : 30);
    const isThick = (x: number, y: number) => y >= 10 && y < 50 && shade(x) < 100;
    const three = planeBy(SIZE, SIZE, (x, y) => (isThick(x, y) ? 1 : 0));
    const labelled = findComponents(three);
    const middle = labelled.components.find(({ left }) => left === 26)!;
    const plane = planeBy(SIZE, SIZE, (x, y) => (isThick(x, y) ? shade(x) : 220));
    expect(isStep(middle, plane, labelled, true)).toBe(false);
  });

  it('is nothing compact, and nothing at the edge of the picture', () => {
    const blot = planeBy(SIZE, SIZE, (x, y) => (x >= 30 && x < 42 && y >= 20 && y < 32 ? 1 : 0));
    expect(judged(grey(220, 60), blot)).toBe(false);
    const atEdge = planeBy(SIZE, SIZE, (x, y) => (x < 4 && y >= 10 && y < 50 ? 1 : 0));
    expect(judged(grey(60, 220), atEdge)).toBe(false);
  });
});
