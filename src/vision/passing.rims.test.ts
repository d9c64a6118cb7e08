/** A stroke with paper on one side and a desk on the other was not written. */
import { describe, expect, it } from 'vitest';
import { findDigits, sectionFinder } from './find.ts';
import { type StrokeDigit, withoutRims } from './passing.ts';
import type { Box, Picture, PictureReading } from './picture.ts';
import { digitAt, greyPicture, inkOf } from './testing/draw.ts';
import { noTurn } from './turn.ts';

const [WIDTH, HEIGHT] = [240, 120];
const [TOP, TALL] = [30, 50];
const PAPER = [230, 225, 210];
const DESK = [120, 90, 60];
const INK = [40, 40, 80];

/** A 1 at each of these places, as it is found in ink alone. */
function strokesAt(...lefts: number[]): StrokeDigit[] {
  return lefts.map((left): StrokeDigit => {
    const box: Box = [left, TOP, 6, TALL];
    const sections = Array.from({ length: TALL }, (_, y) => {
      return [[-5, y] as const, [3, y] as const, [10, y] as const] as const;
    });
    const probabilities = Array.from({ length: 10 }, (_, digit) => (digit === 1 ? 1 : 0));
    return { digit: 1, confidence: 1, probabilities, notDigit: 0, box, image: new Uint8Array(784), sections };
  });
}

const isInk = (x: number, y: number, lefts: readonly number[]) =>
  y >= TOP && y < TOP + TALL && lefts.some((left) => x >= left && x < left + 6);

function pictureOf(lefts: readonly number[], groundAt: (x: number, y: number) => readonly number[]): Picture {
  const data = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => {
    const at = Math.floor(i / 3);
    const [x, y] = [at % WIDTH, Math.floor(at / WIDTH)];
    return (isInk(x, y, lefts) ? INK : groundAt(x, y))[i % 3];
  });
  return { width: WIDTH, height: HEIGHT, channels: 3, data };
}

const rowOf = (digits: StrokeDigit[], text = '1'.repeat(digits.length)): PictureReading => ({
  ...{ text, digits, rejected: false },
});
const [FIRST, SECOND, THIRD] = [40, 90, 140];
const lefts = [FIRST, SECOND, THIRD];
const row = rowOf(strokesAt(...lefts));

describe('withoutRims', () => {
  it.each<[string, string, (x: number, y: number) => readonly number[]]>([
    ['all of a row on paper', '111', () => PAPER],
    ['a row without the rim before it', '11', (x) => (x < FIRST ? DESK : PAPER)],
    ['a row without the rim behind it', '11', (x) => (x > THIRD ? DESK : PAPER)],
    ['a row without either', '1', (x) => (x > THIRD || x < FIRST ? DESK : PAPER)],
    ['a row with a shadow that begins inside', '111', (x) => (x > SECOND ? DESK : PAPER)],
    [
      'a stroke that a shadow goes along for half of its length',
      '111',
      (x, y) => (x < FIRST && y < 60 ? DESK : PAPER),
    ],
    ['a row on two shades that are nearly one', '111', (x) => (x < FIRST ? [190, 190, 180] : PAPER)],
    ['what is all rims', '111', (x) => (x % 50 >= 20 && x % 50 < 43 ? DESK : PAPER)],
  ])('leaves %s: %s', (_, text, groundAt) => {
    const left = withoutRims(row, pictureOf(lefts, groundAt));
    expect(left.text).toBe(text);
    expect(left.digits).toHaveLength(text.length);
    expect(left.digits.every((digit) => !('sections' in digit))).toBe(true);
  });

  it('leaves white ink on a clear ground, of which colours tell nothing', () => {
    const { width, height } = pictureOf([], () => PAPER);
    const data = Uint8Array.from({ length: width * height * 4 }, (_, i) => {
      const at = Math.floor(i / 4);
      return i % 4 < 3 || isInk(at % width, Math.floor(at / width), lefts) ? 255 : 0;
    });
    expect(withoutRims(row, { width, height, channels: 4, data }).text).toBe('111');
  });

  it('takes a line of nothing but a rim away', () => {
    const isDesk = (x: number) => x > THIRD;
    const lines = rowOf(strokesAt(...lefts), '11\n1');
    expect(
      withoutRims(
        lines,
        pictureOf(lefts, (x) => (isDesk(x) ? DESK : PAPER)),
      ).text,
    ).toBe('11');
  });

  it('leaves one digit alone, and what has no sections, and what was turned away, but for its sections', () => {
    const desk = pictureOf(lefts, (x) => (x < FIRST ? DESK : PAPER));
    const one = rowOf(strokesAt(FIRST));
    expect(withoutRims(one, desk).text).toBe('1');
    const without = rowOf(strokesAt(...lefts).map(({ sections: _, ...digit }) => digit));
    expect(withoutRims(without, desk)).toEqual(without);
    const turnedAway = { ...row, text: '', rejected: 'No digit.' };
    const { digits, ...rest } = withoutRims(turnedAway, desk);
    expect(rest).toEqual({ text: '', rejected: 'No digit.' });
    expect(digits).toHaveLength(3);
    expect(digits.every((digit) => !('sections' in digit))).toBe(true);
  });
});

describe('sectionFinder', () => {
  const [one, four] = [digitAt(1, 40, TOP, TALL), digitAt(4, 100, TOP, TALL)];
  const findingOf = (lean = 0) => {
    const turned = [...one, ...four].map((stroke) =>
      stroke.map(([x, y]) => [x - lean * (y - TOP), y + lean * (x - 70)] as const),
    );
    return findDigits(greyPicture(inkOf(WIDTH, HEIGHT, turned, 6)))[0];
  };

  it.each([0, 0.15])('looks at both sides of a stroke that leans by %f', (lean) => {
    const { candidates, boxOf, sectionsOf } = findingOf(lean);
    const stroke = candidates.reduce((a, b) => (b.extent.left < a.extent.left ? b : a));
    const box = boxOf(stroke);
    const sections = sectionsOf(1, stroke, box);
    expect(sections.length).toBeGreaterThan(0.7 * TALL);
    for (const [before, ink, behind] of sections) {
      const [x, y] = [box[0] + ink[0], box[1] + ink[1]];
      const middle = 55 - lean * (y - TOP);
      expect(Math.abs(x - middle)).toBeLessThan(4);
      expect(before[0]).toBeLessThan(ink[0] - 2);
      expect(behind[0]).toBeGreaterThan(ink[0] + 2);
      expect(Math.max(...[before, behind].map(([across]) => Math.abs(across - ink[0])))).toBeLessThan(12);
    }
    expect(sectionsOf(4, stroke, box)).toEqual([]);
  });

  it('finds none in what is too short, too wide, or at the edge', () => {
    const label = 1;
    const of = (width: number, height: number, left: number) => {
      const labels = new Int32Array(WIDTH * HEIGHT);
      for (let y = 0; y < height; y++) labels.fill(label, y * WIDTH + left, y * WIDTH + left + width);
      const extent = { left, top: 0, right: left + width, bottom: height };
      const atom = { ...extent, label, area: width * height, component: label };
      const labelled = { width: WIDTH, height: HEIGHT, labels, components: [] };
      const turn = noTurn({ width: WIDTH, height: HEIGHT, data: new Float32Array() });
      const view = { labelled, lines: [{ height, atoms: [atom] }], turn, scale: 1 };
      const find = sectionFinder(view as unknown as Parameters<typeof sectionFinder>[0]);
      const candidate = { line: 0, first: 0, last: 0, extent, image: new Uint8Array(784) };
      return find(1, candidate, [left, 0, width, height]).length;
    };
    expect(of(4, 20, 50)).toBe(20);
    expect(of(1, 5, 50)).toBe(0);
    expect(of(10, 20, 50)).toBe(0);
    expect(of(4, 20, 0)).toBe(0);
  });
});
