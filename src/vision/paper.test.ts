/** Paper, its light, and what differs from it. */
import { describe, expect, it } from 'vitest';
import { coarsen, evenlyLit, inkIsDark, inkOnPaper } from './paper.ts';
import { digitAt, inkOf, planeBy } from './testing/draw.ts';

const SIZE = 200;
const drawn = inkOf(SIZE, SIZE, [...digitAt(4, 40, 60, 80), ...digitAt(7, 120, 60, 80)], 7);
const shade = (lightAt: (x: number, y: number) => number, ink = 0.2) =>
  planeBy(SIZE, SIZE, (x, y) => lightAt(x, y) * (1 - (1 - ink) * drawn.data[y * SIZE + x]));

describe('light', () => {
  it('that falls off to one side is evened out', () => {
    const { plane } = evenlyLit(
      shade((x, y) => 230 - 0.4 * x - 0.2 * y),
      true,
    );
    const paper = plane.data.filter((_, i) => drawn.data[i] === 0);
    expect(Math.max(...paper) - Math.min(...paper)).toBeLessThan(6);
  });

  it('that is even already changes by a step at most', () => {
    const flat = shade(() => 220);
    const { plane } = evenlyLit(flat, true);
    const changes = plane.data.filter((_, i) => drawn.data[i] === 0).map((value) => Math.abs(value - 220));
    expect(Math.max(...changes)).toBeLessThan(8);
  });

  it('is none in the dark, and no trouble', () => {
    for (const isLight of [true, false]) {
      const { plane, coarse } = evenlyLit(
        planeBy(90, 90, () => 0),
        isLight,
      );
      expect([...plane.data, ...coarse.cells.data].some(Number.isNaN)).toBe(false);
    }
  });
});

describe('polarity', () => {
  it('is told by what is around edges', () => {
    const dark = coarsen(shade(() => 220));
    expect(inkIsDark(dark)).toBeGreaterThan(0.5);
    const light = coarsen(planeBy(SIZE, SIZE, (x, y) => 30 + 200 * drawn.data[y * SIZE + x]));
    expect(inkIsDark(light)).toBeLessThan(-0.5);
  });

  it('turns round with the picture, and is open where half is dark', () => {
    const plane = shade(() => 220);
    const negative = planeBy(SIZE, SIZE, (x, y) => 255 - plane.data[y * SIZE + x]);
    expect(inkIsDark(coarsen(negative))).toBeCloseTo(-inkIsDark(coarsen(plane)), 5);
    expect(Math.abs(inkIsDark(coarsen(planeBy(SIZE, SIZE, (x) => (x < 100 ? 30 : 220)))))).toBeLessThan(0.3);
    expect(inkIsDark(coarsen(planeBy(50, 50, () => 9)))).toBe(0);
  });
});

describe('ink', () => {
  const model = { isDark: true, isShareOfLight: true };

  it('is nothing on paper and most of the light under a pen', () => {
    const plane = shade(() => 220);
    const strengths = inkOnPaper(plane, coarsen(plane), 6, model);
    expect(strengths.data.every((value, i) => drawn.data[i] > 0 || value < 0.02)).toBe(true);
    expect(strengths.data.every((value, i) => drawn.data[i] < 1 || value > 0.7)).toBe(true);
  });

  it('in shadow is lifted half the way to ink in the sun', () => {
    const plane = shade((x) => (x < 100 ? 70 : 220));
    const { data } = inkOnPaper(plane, coarsen(plane), 6, model);
    const strongest = (from: number, to: number) =>
      Math.max(...data.filter((_, i) => drawn.data[i] === 1 && i % SIZE >= from && i % SIZE < to));
    const [inShadow, inSun] = [strongest(30, 90), strongest(120, 180)];
    expect(inShadow / inSun).toBeCloseTo(Math.sqrt(70 / 220), 1);
  });

  it('is found light on dark as well', () => {
    const plane = planeBy(SIZE, SIZE, (x, y) => 30 + 200 * drawn.data[y * SIZE + x]);
    const { data } = inkOnPaper(plane, coarsen(plane), 6, { isDark: false, isShareOfLight: true });
    expect(data.every((value, i) => drawn.data[i] < 1 || value > 0.7)).toBe(true);
    expect(data.every((value, i) => drawn.data[i] > 0 || value < 0.02)).toBe(true);
  });
});
