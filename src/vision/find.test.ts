/** Digits are found wherever they are, however they are drawn. */
import { describe, expect, it } from 'vitest';
import { findDigits, lookAt } from './find.ts';
import { harvest } from './harvest.ts';
import type { Box, Picture } from './picture.ts';
import { wholeComponents } from './plain.ts';
import type { Plane } from './plane.ts';
import { colourPicture, digitAt, greyPicture, inkOf, planeBy, type Stroke } from './testing/draw.ts';

const WIDTH = 200;
const HEIGHT = 110;
const digits = [...digitAt(4, 20, 25, 60), ...digitAt(7, 85, 25, 60), ...digitAt(1, 140, 25, 60)];
const drawn = inkOf(WIDTH, HEIGHT, digits, 6);
/** Of the 4, the 7 and the 1, with half of the pen's width around their strokes. */
const BOXES = [
  [17, 22, 42, 66],
  [82, 22, 42, 66],
  [155, 22, 6, 66],
];

/** The boxes of whole components, from left to right, of the view that is asked about first. */
function boxesIn(picture: Picture): Box[] {
  const [view] = lookAt(picture);
  if (view === undefined) return [];
  const [finding] = findDigits(picture);
  const wholes = wholeComponents(view.lines) ?? [];
  return finding.candidates
    .filter(({ line, first, last }) =>
      wholes.some((whole) => whole.line === line && whole.first === first && whole.last === last),
    )
    .map((candidate) => finding.boxOf(candidate))
    .sort((a, b) => a[0] - b[0]);
}

function expectBoxes(found: readonly Box[], expected: readonly number[][], slack: number) {
  expect(found).toHaveLength(expected.length);
  for (const [i, box] of found.entries()) {
    for (let side = 0; side < 4; side++) {
      expect(Math.abs(box[side] - expected[i][side]), `${box} for ${expected[i]}`).toBeLessThanOrEqual(slack);
    }
  }
}

describe('findDigits', () => {
  const black = greyPicture(drawn);

  it('finds three digits in their boxes', () => {
    expectBoxes(boxesIn(black), BOXES, 2);
  });

  it.each<[string, Picture]>([
    ['in the negative', greyPicture(drawn, 0, 255)],
    ['in pencil on grey', greyPicture(drawn, 210, 150)],
    ['in blue on yellow', colourPicture(drawn, [250, 240, 150], [40, 50, 190])],
    ['on a clear ground', colourPicture(drawn, [0, 0, 0, 0], [0, 0, 0, 255])],
    [
      'under a lamp',
      {
        ...greyPicture(drawn),
        data: Uint8Array.from(drawn.data, (share, i) => (240 - 0.5 * (i % WIDTH)) * (1 - 0.8 * share)),
      },
    ],
  ])('finds the same %s', (_, picture) => {
    expectBoxes(boxesIn(picture), BOXES, 2);
  });

  it('finds them moved, when the picture is larger to the left and above', () => {
    const moved = inkOf(WIDTH + 40, HEIGHT + 30, shifted(digits, 40, 30), 6);
    const expected = BOXES.map(([x, y, width, height]) => [x + 40, y + 30, width, height]);
    expectBoxes(boxesIn(greyPicture(moved)), expected, 2);
  });

  it('finds them twice as large', () => {
    const large = planeBy(2 * WIDTH, 2 * HEIGHT, (x, y) => drawn.data[(y >> 1) * WIDTH + (x >> 1)]);
    expectBoxes(
      boxesIn(greyPicture(large)),
      BOXES.map((box) => box.map((value) => 2 * value)),
      4,
    );
  });

  it.each([3, 5])('shows the network the same of a digit %i times as large', (times) => {
    const seven = inkOf(100, 110, digitAt(7, 30, 25, 60), 6);
    const large = planeBy(
      times * 100,
      times * 110,
      (x, y) => seven.data[Math.floor(y / times) * 100 + Math.floor(x / times)],
    );
    const [small, magnified] = [seven, large].map((plane) => {
      const [{ candidates, lines }] = findDigits(greyPicture(plane));
      const whole = candidates.find(({ first, last }) => first === 0 && last === lines[0].atoms.length - 1);
      return whole?.image ?? [];
    });
    expect(magnified).toHaveLength(small.length);
    let [difference, ink] = [0, 0];
    small.forEach((value, i) => {
      difference += Math.abs(value - magnified[i]);
      ink += value;
    });
    expect(difference / ink).toBeLessThan(0.1);
  });

  it('finds them upside down, and again where they were when turned twice', () => {
    const turn = (plane: Plane): Plane => ({ ...plane, data: plane.data.toReversed() });
    const expected = BOXES.map(([x, y, width, height]) => [
      WIDTH - x - width,
      HEIGHT - y - height,
      width,
      height,
    ]);
    expectBoxes(boxesIn(greyPicture(turn(drawn))), expected.toReversed(), 2);
    expect(boxesIn(greyPicture(turn(turn(drawn))))).toEqual(boxesIn(black));
  });

  it('finds a row that leans, its boxes in the pixels of the picture', () => {
    const lean = Math.tan((10 * Math.PI) / 180);
    const down = [42, 105, 158].map((x) => lean * x);
    const leaning = [
      ...shifted(digitAt(4, 20, 25, 60), 0, down[0]),
      ...shifted(digitAt(7, 85, 25, 60), 0, down[1]),
      ...shifted(digitAt(1, 140, 25, 60), 0, down[2]),
    ];
    const found = boxesIn(greyPicture(inkOf(WIDTH, HEIGHT + 40, leaning, 6)));
    expectBoxes(
      found,
      BOXES.map(([x, y, width, height], i) => [x, y + down[i], width, height]),
      3,
    );
  });

  it('offers the whole of two digits that touch, and both parts', () => {
    const touching = inkOf(170, 100, [...digitAt(7, 30, 20, 60), ...digitAt(7, 67, 20, 60)], 6);
    const [{ candidates }] = findDigits(greyPicture(touching));
    const widths = candidates.map(({ extent }) => extent.right - extent.left);
    expect(Math.max(...widths)).toBeGreaterThan(75);
    expect(widths.filter((width) => width > 34 && width < 46).length).toBeGreaterThanOrEqual(2);
    expect(harvest(greyPicture(touching)).length).toBeGreaterThanOrEqual(candidates.length);
  });

  it('gives pictures of 28×28 bytes in which ink is light', () => {
    for (const { candidates } of findDigits(black)) {
      for (const { image } of candidates) {
        expect(image).toHaveLength(784);
        expect(Math.max(...image)).toBe(255);
        expect(image[0]).toBe(0);
      }
    }
  });
});

describe('next to nothing', () => {
  it.each([0, 77, 255])('is found in a picture of shade %i', (shade) => {
    for (const [width, height] of [
      [1, 1],
      [2, 2],
      [1, 3000],
      [3000, 1],
      [28, 28],
      [64, 64],
    ]) {
      for (const channels of [1, 2, 3, 4] as const) {
        const data = new Uint8Array(width * height * channels).fill(shade);
        expect(findDigits({ width, height, channels, data })).toEqual([]);
      }
    }
  });

  it('is no trouble where it is dots, chequers or strips of ink', () => {
    for (const [width, height] of [
      [1, 1],
      [1, 300],
      [300, 1],
      [3, 5],
      [40, 40],
    ]) {
      const chequers = greyPicture(planeBy(width, height, (x, y) => (x + y) % 2));
      const dot = greyPicture(
        planeBy(width, height, (x, y) => (x === width >> 1 && y === height >> 1 ? 1 : 0)),
      );
      for (const picture of [chequers, dot]) {
        for (const { candidates, boxOf } of findDigits(picture)) {
          for (const candidate of candidates) {
            const [x, y, w, h] = boxOf(candidate);
            expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
            expect(x + w).toBeLessThanOrEqual(width);
            expect(y + h).toBeLessThanOrEqual(height);
          }
        }
      }
    }
  });
});

function shifted(strokes: readonly Stroke[], right: number, down: number): Stroke[] {
  return strokes.map((stroke) => stroke.map(([x, y]) => [x + right, y + down] as const));
}
