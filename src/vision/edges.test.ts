/** What edges tell. */
import { describe, expect, it } from 'vitest';
import { edgeRuns, noiseOf, withoutGrain } from './edges.ts';
import { planeBy } from './testing/draw.ts';

/** Numbers between -1 and 1 that look like chance. */
function scatter(i: number): number {
  let mixed = Math.imul(i ^ (i >>> 15) ^ 0x2c1b_3c6d, 0x297a_2d39);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0x5bd1_e995);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 31 - 1;
}
const stripes = (wide: number, apart: number, paper = 220, ink = 40) =>
  planeBy(240, 240, (x) => (x % (wide + apart) >= apart ? ink : paper));

describe('edgeRuns', () => {
  it.each([3, 6, 12])('finds dark stripes of %i pixels, and the light between them', (wide) => {
    const { dark, light } = edgeRuns(stripes(wide, 40));
    expect(Math.abs(dark.median - wide)).toBeLessThanOrEqual(1);
    expect(Math.abs(light.median - 40)).toBeLessThanOrEqual(1);
    expect(dark.weight).toBeGreaterThan(light.weight);
  });

  it('swaps dark and light in the negative', () => {
    const plane = stripes(5, 30);
    const { dark, light } = edgeRuns(plane);
    expect(edgeRuns(planeBy(240, 240, (x, y) => 255 - plane.data[y * 240 + x]))).toEqual({
      dark: light,
      light: dark,
    });
  });

  it('finds the same in a plane on its side, and twice the width in one twice as large', () => {
    const plane = stripes(6, 34);
    expect(edgeRuns(planeBy(240, 240, (x, y) => plane.data[x * 240 + y]))).toEqual(edgeRuns(plane));
    const large = planeBy(480, 480, (x, y) => plane.data[(y >> 1) * 240 + (x >> 1)]);
    expect(Math.abs(edgeRuns(large).dark.median - 12)).toBeLessThanOrEqual(1);
  });

  it('takes no notice of a soft shadow', () => {
    const plane = stripes(6, 34);
    const shaded = planeBy(240, 240, (x, y) => plane.data[y * 240 + x] - 40 / (1 + Math.exp((y - 120) / 15)));
    expect(edgeRuns(shaded).dark.median).toBe(edgeRuns(plane).dark.median);
  });

  it('has nothing to say of paper, strips and single pixels', () => {
    const nothing = { median: 0, wide: 0, weight: 0 };
    for (const [width, height] of [
      [1, 1],
      [2, 2],
      [1, 90],
      [90, 1],
      [50, 50],
    ]) {
      expect(edgeRuns(planeBy(width, height, () => 128))).toEqual({ dark: nothing, light: nothing });
    }
  });
});

describe('noise', () => {
  it.each([1, 4, 10])('of deviation %i is measured to a quarter, strokes or not', (deviation) => {
    // Numbers evenly spread between -1 and 1 have a deviation of 1/√3.
    const noisy = planeBy(240, 240, (x, y) => {
      const i = 240 * y + x;
      return (x % 40 < 4 ? 60 : 200) + deviation * (scatter(3 * i) + scatter(3 * i + 1) + scatter(3 * i + 2));
    });
    expect(noiseOf(noisy) / deviation).toBeGreaterThan(0.75);
    expect(noiseOf(noisy) / deviation).toBeLessThan(1.25);
  });

  it('is none in drawings and strips', () => {
    expect(noiseOf(stripes(5, 40))).toBe(0);
    expect(noiseOf(planeBy(2, 200, (x) => x))).toBe(0);
  });

  it('is averaged away where it hides the strokes, and only there', () => {
    const clean = stripes(8, 40, 140, 110);
    expect(withoutGrain(clean)).toBe(clean);
    const grainy = planeBy(240, 240, (x, y) => clean.data[240 * y + x] + 30 * scatter(240 * y + x));
    expect(noiseOf(withoutGrain(grainy))).toBeLessThan(noiseOf(grainy) / 3);
  });
});
