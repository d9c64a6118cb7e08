/** Variants show the same digit, each a little otherwise. */
import { describe, expect, it } from 'vitest';
import { variantsOf } from './variants.ts';

const SIDE = 28;
/** A cross in the middle, whose upper arm is the longer one. */
const image = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => {
  const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
  const isUpright = Math.abs(x - 13.5) < 1.5 && y > 4 && y < 22;
  const isBar = Math.abs(y - 13.5) < 1.5 && x > 7 && x < 20;
  return isUpright || isBar ? 255 : 0;
});

const inkOf = (picture: Uint8Array) => picture.reduce((sum, value) => sum + value, 0) / 255;

describe('variantsOf', () => {
  it('gives several, all different, none of them the picture itself', () => {
    const all = [image, ...variantsOf(image)].map((picture) => picture.join());
    expect(all.length).toBeGreaterThan(4);
    expect(new Set(all).size).toBe(all.length);
  });

  it('keeps the ink, about, where it was', () => {
    for (const variant of variantsOf(image)) {
      expect(variant).toHaveLength(SIDE * SIDE);
      expect(Math.abs(inkOf(variant) / inkOf(image) - 1)).toBeLessThan(0.3);
      expect(variant[14 * SIDE + 14]).toBeGreaterThan(200);
      expect(variant[0]).toBe(0);
    }
  });

  it('leans and turns to both sides', () => {
    const [right, left, clockwise, back] = variantsOf(image);
    const topOf = (picture: Uint8Array) => {
      const row = picture.subarray(6 * SIDE, 7 * SIDE);
      return row.reduce((sum, value, x) => sum + value * x, 0) / row.reduce((sum, value) => sum + value, 0);
    };
    expect(topOf(right)).toBeGreaterThan(13.5);
    expect(topOf(left)).toBeLessThan(13.5);
    expect(Math.sign(topOf(clockwise) - 13.5)).toBe(-Math.sign(topOf(back) - 13.5));
  });
});
