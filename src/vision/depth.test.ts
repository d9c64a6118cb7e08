/** What is darker than a shadow. */
import { describe, expect, it } from 'vitest';
import { toDepth } from './depth.ts';
import type { Grey } from './grey.ts';
import { digitAt, inkOf, planeBy } from './testing/draw.ts';

const SIDE = 80;
const ink = inkOf(SIDE, SIDE, digitAt(4, 20, 10, 50), 6);
const isInk = (x: number, y: number) => ink.data[y * SIDE + x] === 1;
const isShadow = (x: number, y: number) => x + y < 60;

function grey(brightness: (x: number, y: number) => number): Grey {
  return { plane: planeBy(SIDE, SIDE, brightness), scale: 2, isLight: true };
}

describe('toDepth', () => {
  it('makes paper and shadow alike, and leaves the ink that a shadow touches', () => {
    // With some grain.
    const seen = grey((x, y) => (isInk(x, y) ? 20 : isShadow(x, y) ? 110 : 210) + ((7 * x + 3 * y) % 5));
    const { plane, scale, isLight } = toDepth(seen)!;
    expect({ scale, isLight }).toEqual({ scale: 2, isLight: true });
    const values = [...plane.data];
    const written = values.filter((_, i) => ink.data[i] === 1);
    const rest = values.filter((_, i) => ink.data[i] !== 1);
    expect(new Set(rest).size).toBe(1);
    expect(rest[0] - Math.max(...written)).toBeGreaterThan(40);
    expect(seen.plane.data).toContain(210);
  });

  it.each<[string, (x: number, y: number) => number]>([
    ['one colour', () => 128],
    ['two', (x, y) => (isInk(x, y) ? 20 : 210)],
    ['no shadow that ink stands out from', (x, y) => (isInk(x, y) ? 100 : isShadow(x, y) ? 110 : 210)],
    ['as much ink as paper', (x, y) => (x < 40 ? 20 : isShadow(x, y) ? 110 : 210)],
  ])('has nothing to say of a picture with %s', (_, brightness) => {
    expect(toDepth(grey(brightness))).toBeUndefined();
  });
});
