/** MNIST's form. */
import { describe, expect, it } from 'vitest';
import type { Extent } from './components.ts';
import { DIGIT_SIZE, normalise } from './normalise.ts';
import type { Plane } from './plane.ts';
import { strokeWidthOf } from './strokes.ts';
import { digitAt, inkOf, planeBy } from './testing/draw.ts';

function boxOf({ width, height, data }: Plane): Extent {
  const box = { left: width, top: height, right: 0, bottom: 0 };
  data.forEach((value, i) => {
    if (value < 0.15) return;
    const [x, y] = [i % width, Math.floor(i / width)];
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x + 1);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y + 1);
  });
  return box;
}

const normalised = (ink: Plane) => normalise(ink, boxOf(ink));
const planeFrom = (image: Uint8Array) => planeBy(28, 28, (x, y) => image[y * 28 + x] / 255);
const difference = (one: Uint8Array, other: Uint8Array) =>
  one.reduce((sum, value, i) => sum + Math.abs(value - other[i]), 0) / (255 * 784);

describe('a digit', () => {
  const image = normalised(inkOf(140, 140, digitAt(4, 40, 30, 80), 9));

  it('fits 20×20 pixels, its centre of mass in the middle of 28×28', () => {
    expect(image).toHaveLength(DIGIT_SIZE ** 2);
    const { left, top, right, bottom } = boxOf(planeFrom(image));
    expect(Math.max(right - left, bottom - top)).toBe(20);
    let [mass, x, y] = [0, 0, 0];
    image.forEach((value, i) => {
      mass += value;
      x += value * ((i % 28) + 0.5);
      y += value * (Math.floor(i / 28) + 0.5);
    });
    expect(Math.abs(x / mass - 14)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(y / mass - 14)).toBeLessThanOrEqual(0.5);
    expect(Math.max(...image)).toBe(255);
  });

  it('is nearly the same from any size and place', () => {
    for (const size of [40, 160, 320]) {
      const other = normalised(
        inkOf(2 * size, 2 * size, digitAt(4, size / 3, size / 2, size), (9 / 80) * size),
      );
      expect(difference(image, other)).toBeLessThan(0.02);
    }
  });

  it('keeps its aspect', () => {
    const { left, right } = boxOf(planeFrom(normalised(inkOf(60, 140, digitAt(1, 0, 20, 100), 10))));
    expect(right - left).toBeLessThanOrEqual(3);
    expect(right - left).toBeGreaterThanOrEqual(2);
  });
});

it('brings hairlines and blots to the width of a pen', () => {
  const hair = strokeWidthOf(planeFrom(normalised(inkOf(420, 420, digitAt(7, 80, 60, 300), 2))));
  expect(hair).toBeGreaterThan(1.5);
  expect(hair).toBeLessThan(2.6);
  const fat = strokeWidthOf(planeFrom(normalised(inkOf(420, 420, digitAt(7, 80, 60, 300), 100))));
  expect(fat).toBeLessThan(5.2);
});

it('makes something of a single pixel, and nothing of paper', () => {
  const extent = { left: 0, top: 0, right: 1, bottom: 1 };
  expect(
    Math.max(
      ...normalise(
        planeBy(1, 1, () => 1),
        extent,
      ),
    ),
  ).toBe(255);
  expect(
    Math.max(
      ...normalise(
        planeBy(1, 1, () => 0),
        extent,
      ),
    ),
  ).toBe(0);
});
