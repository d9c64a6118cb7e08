/** Ruling is cleared, strokes are not. */
import { describe, expect, it } from 'vitest';
import type { Plane } from './plane.ts';
import { findRuling } from './ruling.ts';
import { digitAt, inkOf, planeBy, type Stroke } from './testing/draw.ts';

const SIZE = 240;
const PEN = 7;
const digits = [...digitAt(4, 50, 80, 70), ...digitAt(7, 130, 80, 70)];

const level = (y: number, slope = 0): Stroke => [
  [-5, y],
  [SIZE + 5, y + slope * SIZE],
];
const upright = (x: number): Stroke => [
  [x, -5],
  [x, SIZE + 5],
];
const strength = 0.7;
const over = (one: Plane, other: Plane) =>
  planeBy(one.width, one.height, (x, y) =>
    Math.max(one.data[y * one.width + x], strength * other.data[y * one.width + x]),
  );
const drawn = inkOf(SIZE, SIZE, digits, PEN);

function clearing(ruling: readonly Stroke[]) {
  const lines = inkOf(SIZE, SIZE, ruling, 2);
  const marks = findRuling(over(drawn, lines), PEN);
  const shareOf = (isPart: (i: number) => boolean) => {
    let [cleared, all] = [0, 0];
    for (let i = 0; i < drawn.data.length; i++) {
      if (!isPart(i)) continue;
      all++;
      cleared += marks?.[i] ?? 0;
    }
    return cleared / all;
  };
  return {
    ofLines: shareOf((i) => lines.data[i] > 0.5 && drawn.data[i] < 0.1),
    ofDigits: shareOf((i) => drawn.data[i] > 0.9 && lines.data[i] === 0),
  };
}

describe('findRuling', () => {
  it.each<[string, Stroke[]]>([
    ['level lines', [40, 90, 140, 190].map((y) => level(y))],
    ['lines that lean', [30, 80, 130].map((y) => level(y, 0.2))],
    ['a line on its own', [level(120)]],
    ['squares', [...[30, 75, 120, 165, 210].map((y) => level(y)), ...[20, 65, 110, 155, 200].map(upright)]],
  ])('takes %s out and leaves the digits', (_, ruling) => {
    const { ofLines, ofDigits } = clearing(ruling);
    expect(ofLines).toBeGreaterThan(0.85);
    expect(ofDigits).toBeLessThan(0.03);
  });

  it('finds none in digits, not even in a 1 or a long dash', () => {
    expect(findRuling(drawn, PEN)).toBeUndefined();
    const one = inkOf(
      SIZE,
      SIZE,
      [
        [
          [120, 60],
          [120, 180],
        ],
        [
          [30, 30],
          [120, 30],
        ],
      ],
      3,
    );
    expect(findRuling(one, 3)).toBeUndefined();
  });

  it('finds none in a thin digit of a small picture, however often its strokes are found', () => {
    const four = inkOf(
      56,
      56,
      [
        [
          [25, 8],
          [20, 30],
          [46, 29],
        ],
        [
          [35, 20],
          [37, 47],
        ],
      ],
      1.6,
    );
    expect(findRuling(four, 2)).toBeUndefined();
  });

  it('leaves the bar of a digit where a line might be, since it is stronger than the lines are', () => {
    const bar: Stroke = [
      [90, 140],
      [150, 140],
    ];
    const lines = inkOf(
      SIZE,
      SIZE,
      [40, 90, 140, 190].map((y) => level(y)),
      2,
    );
    const stroke = inkOf(SIZE, SIZE, [bar], 3).data;
    const ink = planeBy(SIZE, SIZE, (x, y) => {
      const i = y * SIZE + x;
      return Math.max(0.3 * lines.data[i], stroke[i]);
    });
    const inked = [...stroke.keys()].filter((i) => stroke[i] > 0.9);
    const marks = findRuling(ink, 3)!;
    expect(inked.filter((i) => marks[i] > 0).length).toBeLessThan(0.1 * inked.length);
    expect(marks[40 * SIZE + 60]).toBe(1);
  });

  it('finds the same in a plane that lies on its side', () => {
    const lines = over(
      drawn,
      inkOf(
        SIZE,
        SIZE,
        [40, 90, 140, 190].map((y) => level(y)),
        2,
      ),
    );
    const turned = planeBy(SIZE, SIZE, (x, y) => lines.data[x * SIZE + y]);
    // Upright lines alone could be a table's or the strokes of many digits: those must go right through.
    const marks = findRuling(turned, PEN)!;
    expect(marks.reduce((sum, mark) => sum + mark, 0)).toBeGreaterThan(4 * SIZE);
  });

  it('says nothing of paper, strips and single pixels', () => {
    for (const [width, height] of [
      [1, 1],
      [1, 500],
      [500, 1],
      [300, 60],
    ]) {
      expect(
        findRuling(
          planeBy(width, height, () => 0),
          3,
        ),
      ).toBeUndefined();
      expect(
        findRuling(
          planeBy(width, height, () => 1),
          3,
        ),
      ).toBeUndefined();
    }
  });
});
