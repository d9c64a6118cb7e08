/** A digit comes out the same from any size, polarity and contrast. */
import { describe, expect, it } from 'vitest';
import { InklingError } from '../errors.ts';
import { averageOverSquare, DIGIT_SIZE, type GreyPicture, toDigit } from './centred.ts';

/** Points a side at which all sizes are sampled. */
const POINTS = 560;
const masks = new Map<number, Uint8Array>();

/** Which of the points are on the strokes of a 7. */
function maskOfSeven(thickness: number): Uint8Array {
  const known = masks.get(thickness);
  if (known) return known;
  const strokes = [
    [0.3, 0.25, 0.7, 0.25],
    [0.7, 0.25, 0.45, 0.78],
  ];
  const mask = new Uint8Array(POINTS * POINTS).map((_, i) => {
    const [x, y] = [((i % POINTS) + 0.5) / POINTS, (Math.floor(i / POINTS) + 0.5) / POINTS];
    return strokes.some((stroke) => distanceTo(stroke, x, y) < thickness / 2) ? 1 : 0;
  });
  masks.set(thickness, mask);
  return mask;
}

/** A 7 on a canvas of any size: each pixel has the mean of its points. */
function drawSeven(size: number, paper: number, ink: number, thickness = 0.1): GreyPicture {
  const mask = maskOfSeven(thickness);
  const fine = POINTS / size;
  const pixels = new Float32Array(size * size);
  mask.forEach((covered, i) => {
    const [x, y] = [Math.floor((i % POINTS) / fine), Math.floor(i / POINTS / fine)];
    pixels[y * size + x] += covered / (fine * fine);
  });
  return { width: size, height: size, pixels: pixels.map((share) => paper + (ink - paper) * share) };
}

function distanceTo([x0, y0, x1, y1]: number[], x: number, y: number): number {
  const along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2);
  const nearest = Math.min(1, Math.max(0, along));
  return Math.hypot(x - x0 - nearest * (x1 - x0), y - y0 - nearest * (y1 - y0));
}

function largestDifference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

describe('toDigit', () => {
  const expected = toDigit(drawSeven(28, 0, 1));

  it.each([28, 56, 280])(
    'gives nearly the same digit from %i pixels, either polarity, any contrast',
    (size) => {
      for (const [paper, ink] of [
        [0, 1],
        [1, 0],
        [0.9, 0.4],
        [0.2, 0.6],
      ]) {
        expect(largestDifference(toDigit(drawSeven(size, paper, ink)), expected)).toBeLessThanOrEqual(4);
      }
    },
  );

  it('passes 28×28 pixels with black paper through unchanged', () => {
    const bytes = drawSeven(28, 0, 1).pixels.map((value) => Math.round(value * 200));
    const pixels = bytes.map((byte) => byte / 255);
    expect([...toDigit({ width: 28, height: 28, pixels })]).toEqual([...bytes]);
  });

  it('turns black paper at 28×28 into the same as its negative', () => {
    const { pixels, ...size } = drawSeven(28, 0, 1);
    const negative = { ...size, pixels: pixels.map((value) => 1 - value) };
    expect(largestDifference(toDigit(negative), expected)).toBeLessThanOrEqual(1);
  });

  it('is not fooled by a thin frame, and blackens thin strokes', () => {
    const picture = drawSeven(280, 1, 0, 0.01);
    const thin = toDigit(picture);
    expect(Math.max(...thin)).toBe(255);
    expect(thin[0]).toBe(0);
    for (let i = 0; i < 280; i++) {
      for (const at of [i, 279 * 280 + i, 280 * i, 280 * i + 279]) picture.pixels[at] = 0;
    }
    expect(toDigit(picture)[14 * 28 + 3]).toBe(0);
  });

  it('keeps the aspect, with paper at both sides', () => {
    const pixels = new Float32Array(20 * 60).fill(1);
    for (let y = 10; y < 50; y++) pixels.fill(0, y * 20 + 8, y * 20 + 12);
    const digit = toDigit({ width: 20, height: 60, pixels });
    const columns = Array.from({ length: 28 }, (_, x) => digit[14 * 28 + x]);
    expect(columns.map((ink, x) => (ink > 0 ? x : -1)).filter((x) => x >= 0)).toEqual([13, 14]);
  });

  it('takes pictures of extreme shapes in stride', () => {
    for (const [width, height] of [
      [1, 60_000],
      [60_000, 1],
      [2, 1],
      [5, 5],
    ]) {
      const pixels = new Float32Array(width * height).fill(1);
      pixels[Math.floor(pixels.length / 2)] = 0;
      expect(toDigit({ width, height, pixels })).toHaveLength(DIGIT_SIZE ** 2);
    }
  });

  it('says so when the picture is blank', () => {
    for (const shade of [0, 0.5, 1]) {
      const blank = { width: 28, height: 28, pixels: new Float32Array(784).fill(shade) };
      expect(() => toDigit(blank, 'blank.png')).toThrow(InklingError);
      expect(() => toDigit(blank, 'blank.png')).toThrow(/blank\.png is blank/);
    }
  });
});

describe('averageOverSquare', () => {
  it('averages whole and split pixels by area', () => {
    expect([...averageOverSquare([1, 3, 5, 7], 2, 2, 1)]).toEqual([4]);
    expect([...averageOverSquare([1, 2, 3, 4], 2, 2, 2)]).toEqual([1, 2, 3, 4]);
    const thirds = averageOverSquare([0, 3, 0, 0, 3, 0, 0, 3, 0], 3, 3, 2);
    for (const value of thirds) expect(value).toBeCloseTo(1, 12);
    expect([...averageOverSquare([6, 6], 1, 2, 2)]).toEqual([3, 3, 3, 3]);
  });

  it('keeps the sum, whatever the sizes', () => {
    for (const [width, height] of [
      [3, 7],
      [50, 31],
      [28, 28],
      [101, 4],
    ]) {
      const values = Float64Array.from({ length: width * height }, (_, i) => (i * 37) % 11);
      const sum = values.reduce((a, b) => a + b, 0);
      const averages = averageOverSquare(values, width, height, 28);
      const cellArea = (Math.max(width, height) / 28) ** 2;
      expect(averages.reduce((a, b) => a + b, 0) * cellArea).toBeCloseTo(sum, 6);
    }
  });
});
