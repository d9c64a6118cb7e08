/** Shapes and where they come to lie: the box that is told holds the ink that is drawn. */
import { describe, expect, test } from 'vitest';
import { Purpose, RandomStream } from '../../../kernels/random/reference.ts';
import { syntheticDigits } from '../synthetic/index.ts';
import { LETTER_NAMES } from './letters.ts';
import { Projection } from './projection.ts';
import type { InkPlane, Shape } from './shape.ts';
import { DigitSource, digitShape, letterShape, otherShape } from './shapes.ts';

const source = new DigitSource(syntheticDigits({ count: 100, seed: 3 }));
const stream = (index: number) => new RandomStream(1, Purpose.pages, index);
const view = new Projection(160, 120, { rotation: 0.2, lean: [0.06, -0.05] });

/** Draws a shape on a page of its own; gives the box it tells and the smallest around all strong ink. */
function drawn(shape: Shape) {
  const { width, height } = view;
  const plane: InkPlane = { width, height, ink: new Float64Array(width * height) };
  const placement = { x: 50, y: 30, size: 60, rotation: -0.1, pen: 4, softness: 0.6 };
  const box = shape.draw(plane, view, placement);
  const found = [width, height, 0, 0];
  plane.ink.forEach((ink, i) => {
    if (ink < 0.6) return;
    const [column, row] = [i % width, Math.floor(i / width)];
    found[0] = Math.min(found[0], column);
    found[1] = Math.min(found[1], row);
    found[2] = Math.max(found[2], column + 1);
    found[3] = Math.max(found[3], row + 1);
  });
  return { plane, told: [box[0], box[1], box[0] + box[2], box[1] + box[3]], found };
}

describe.each([
  ['our own digits', (i: number) => digitShape({ source, scannedShare: 0, threshold: 0.3 }, stream(i))],
  ['digits of a data set', (i: number) => digitShape({ source, scannedShare: 1, threshold: 0.3 }, stream(i))],
  ['what is no digit', (i: number) => otherShape({ source, scannedShare: 1, threshold: 0.3 }, stream(i))],
])('%s', (_, make) => {
  test('lie within the box that is told, and fill it', () => {
    for (let i = 0; i < 60; i++) {
      const { plane, told, found } = drawn(make(i));
      expect(plane.ink.every((ink) => ink >= 0 && ink <= 1)).toBe(true);
      for (const [side, edge] of told.entries()) expect(Math.abs(edge - found[side])).toBeLessThanOrEqual(4);
      expect(found[0]).toBeGreaterThanOrEqual(told[0] - 1);
      expect(found[1]).toBeGreaterThanOrEqual(told[1] - 1);
      expect(found[2]).toBeLessThanOrEqual(told[2] + 1);
      expect(found[3]).toBeLessThanOrEqual(told[3] + 1);
    }
  });
});

test('only digits are said to be digits, and each is as likely', () => {
  const counts = new Array(10).fill(0);
  for (let i = 0; i < 1000; i++) {
    const hands = { source, scannedShare: 0.5, threshold: 0.3 };
    const { digit } = digitShape(hands, stream(i));
    counts[digit!]++;
    expect(otherShape(hands, stream(i)).digit).toBeUndefined();
    expect(letterShape(stream(i)).digit).toBeUndefined();
  }
  for (const count of counts) expect(count).toBeGreaterThan(60);
});

test('no letter is one that people write like a digit', () => {
  for (const name of 'BDGIOQSYZbgijloqsyz0123456789|/?>&%') expect(LETTER_NAMES).not.toContain(name);
});

test('a scanned digit is thicker with a lower threshold, and blank outside its lines', () => {
  const inkAt = (threshold: number) => {
    const { plane } = drawn(digitShape({ source, scannedShare: 1, threshold }, stream(4)));
    return plane.ink.reduce((sum, ink) => sum + ink, 0);
  };
  expect(inkAt(0.22)).toBeGreaterThan(1.1 * inkAt(0.5));
  const { plane, told } = drawn(digitShape({ source, scannedShare: 1, threshold: 0.22 }, stream(4)));
  const outside = plane.ink.filter((_, i) => {
    const [column, row] = [i % plane.width, Math.floor(i / plane.width)];
    return column < told[0] - 6 || column > told[2] + 6 || row < told[1] - 6 || row > told[3] + 6;
  });
  expect(Math.max(...outside)).toBe(0);
});

test('a projection and its inverse undo each other, and keep the page in the picture', () => {
  const out = new Float64Array(2);
  for (const [x, y] of [
    [0, 0],
    [160, 0],
    [33, 77],
    [160, 120],
  ]) {
    const [left, top] = view.toPicture(x, y, out);
    expect([left > -12, top > -12, left < view.width + 12, top < view.height + 12]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    const back = view.toPage(left, top, out);
    expect(back[0]).toBeCloseTo(x, 6);
    expect(back[1]).toBeCloseTo(y, 6);
  }
});
