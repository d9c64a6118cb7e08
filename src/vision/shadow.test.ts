/** Ink is told from a shadow by its hue, and by how dark it is. */
import { describe, expect, it } from 'vitest';
import type { Grey } from './grey.ts';
import type { Picture } from './picture.ts';
import { toDepth, toHue } from './shadow.ts';
import { colourPicture, digitAt, inkOf, planeBy } from './testing/draw.ts';

const SIDE = 80;
const ink = inkOf(SIDE, SIDE, digitAt(4, 20, 10, 50), 6);
const CARD = [190, 140, 90];
const BLUE = [40, 50, 150];

/** The same with half of the light missing below a line across it. */
function shadowed(picture: Picture): Picture {
  const { width, channels } = picture;
  const data = picture.data.map((value, i) => {
    const pixel = Math.floor(i / channels);
    const isOpacity = channels === 4 && i % channels === 3;
    return isOpacity || pixel % width > Math.floor(pixel / width) ? value : Math.round(value / 2);
  });
  return { ...picture, data: Uint8Array.from(data) };
}

/** The mean of the plane where these shares of ink and this side of the shadow are. */
function meanOf(data: Float32Array, isInk: boolean, isShadow: boolean): number {
  const values = data.filter(
    (_, i) => ink.data[i] === (isInk ? 1 : 0) && i % SIDE > Math.floor(i / SIDE) !== isShadow,
  );
  expect(values.length).toBeGreaterThan(20);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('toHue', () => {
  it('sees ink of another colour than the card, and hardly the shadow', () => {
    const { plane, scale, isLight } = toHue(shadowed(colourPicture(ink, CARD, BLUE)))!;
    expect({ width: plane.width, height: plane.height, scale, isLight }).toEqual({
      ...{ width: SIDE, height: SIDE, scale: 1, isLight: false },
    });
    const [paper, shade] = [false, true].map((isShadow) => meanOf(plane.data, false, isShadow));
    const inks = [false, true].map((isShadow) => meanOf(plane.data, true, isShadow));
    const contrasts = inks.map((own) => Math.abs(own - paper));
    expect(Math.min(...contrasts)).toBeGreaterThan(50);
    expect(Math.abs(shade - paper)).toBeLessThan(0.25 * Math.min(...contrasts));
    expect(plane.data.every((value) => value >= 0 && value <= 255)).toBe(true);
  });

  it.each([
    ['in grey', colourPicture(ink, [200, 200, 200], [30, 30, 30])],
    ['in one channel', { width: 2, height: 1, channels: 1, data: Uint8Array.of(1, 255) } as const],
    ['of one hue', colourPicture(ink, [120, 60, 30], [124, 62, 31])],
    ['on a clear ground', colourPicture(ink, [...CARD, 0], [...BLUE, 255])],
  ])('has nothing to say of a picture %s', (_, picture) => {
    expect(toHue(picture)).toBeUndefined();
  });

  it('takes pictures with an opaque fourth channel, and large ones by cells', () => {
    const opaque = colourPicture(ink, [...CARD, 255], [...BLUE, 255]);
    expect(toHue(opaque)).toEqual(toHue(colourPicture(ink, CARD, BLUE)));
    const [width, height] = [1001, 701];
    const data = new Uint8Array(width * height * 3).map((_, i) => {
      const x = Math.floor(i / 3) % width;
      return (x < 500 ? CARD : BLUE)[i % 3];
    });
    const { plane, scale } = toHue({ width, height, channels: 3, data })!;
    expect([scale, plane.width, plane.height]).toEqual([2, 501, 351]);
    expect(Math.abs(plane.data[0] - plane.data[500])).toBeGreaterThan(50);
    expect(plane.data[500], 'a cell at the edge is narrower, and of the same colour').toBeCloseTo(
      plane.data[499],
      3,
    );
  });
});

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
