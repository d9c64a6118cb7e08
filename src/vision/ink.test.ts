/** Shares of ink. */
import { describe, expect, it } from 'vitest';
import { findInk } from './ink.ts';
import { coarsen } from './paper.ts';
import type { Plane } from './plane.ts';
import { digitAt, inkOf, planeBy } from './testing/draw.ts';

const SIZE = 200;
const PEN = 8;
const drawn = inkOf(SIZE, SIZE, [...digitAt(4, 40, 60, 80), ...digitAt(7, 120, 60, 80)], PEN);
const onPaper = (paper: number, shade: number, ink: Plane = drawn) =>
  planeBy(SIZE, SIZE, (x, y) => paper + (shade - paper) * ink.data[y * SIZE + x]);
const inkIn = (plane: Plane, isDark = true) =>
  findInk(plane, coarsen(plane), 2 * PEN, { isDark, isShareOfLight: true });

/** Share of the pixels that were drawn, or left, that are seen so. */
function agreement(seen: Plane): number {
  const right = seen.data.filter((share, i) => share >= 0.42 === drawn.data[i] >= 0.42).length;
  return right / seen.data.length;
}

describe('findInk', () => {
  it.each([
    ['black on white', 255, 0, true],
    ['pencil on grey', 200, 160, true],
    ['white on black', 0, 255, false],
    ['chalk on a board', 60, 130, false],
  ])('sees %s as it was drawn', (_, paper, shade, isDark) => {
    const { plane, strokeWidth, labelled } = inkIn(onPaper(paper, shade), isDark)!;
    expect(agreement(plane)).toBeGreaterThan(0.99);
    expect(Math.abs(strokeWidth - PEN)).toBeLessThanOrEqual(2);
    expect(labelled.components).toHaveLength(2);
    expect(plane.data.every((share) => share >= 0 && share <= 1)).toBe(true);
  });

  it('sees a faint digit beside a strong one', () => {
    const two = planeBy(SIZE, SIZE, (x, y) => 230 - (x < 105 ? 200 : 70) * drawn.data[y * SIZE + x]);
    expect(inkIn(two)!.labelled.components).toHaveLength(2);
  });

  it('leaves out a table at the edge and its shade, but not all there is', () => {
    const table = planeBy(SIZE, SIZE, (x, y) => {
      const away = Math.max(0, SIZE - x - 20);
      return Math.min(230 - 190 * drawn.data[y * SIZE + x], away === 0 ? 60 : 230 - 60 / (1 + away));
    });
    expect(inkIn(table)!.labelled.components).toHaveLength(2);
    const onlyCut = planeBy(SIZE, SIZE, (_, y) => (y > 90 && y < 98 ? 30 : 230));
    expect(inkIn(onlyCut)!.labelled.components).toHaveLength(1);
  });

  it("sees pencil beside a scanner's black lid", () => {
    const lid = planeBy(SIZE, SIZE, (x, y) => (x < 10 || y < 10 ? 20 : 230 - 45 * drawn.data[y * SIZE + x]));
    const { plane, labelled } = inkIn(lid)!;
    expect(labelled.components).toHaveLength(2);
    expect(agreement(plane)).toBeGreaterThan(0.98);
  });

  it('sees none on blank paper, nor in what is too faint', () => {
    expect(inkIn(onPaper(200, 200))).toBeUndefined();
    expect(inkIn(onPaper(200, 197))).toBeUndefined();
    for (const [width, height] of [
      [1, 1],
      [1, 60],
      [60, 1],
    ]) {
      expect(inkIn(planeBy(width, height, () => 100))).toBeUndefined();
    }
  });
});
