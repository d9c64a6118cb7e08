/** The light on a picture is found under the ink. */
import { expect, test } from 'vitest';
import { fitSurface } from './surface.ts';
import { planeBy } from './testing/draw.ts';

const lightAt = (x: number, y: number) => 200 - x / 2 + y / 3 - (x - 30) ** 2 / 60 + (x * y) / 90;

test('a surface of the second degree is found to a hundredth of a step', () => {
  const plane = planeBy(60, 40, lightAt);
  const surface = fitSurface(plane)!;
  const errors = surface.data.map((value, i) => Math.abs(value - plane.data[i]));
  expect(Math.max(...errors)).toBeLessThan(0.01);
});

test('a tenth of ink moves it by less than two steps', () => {
  const isInk = (x: number, y: number) => (x + 2 * y) % 20 < 2;
  const surface = fitSurface(planeBy(60, 40, (x, y) => (isInk(x, y) ? 20 : lightAt(x, y))))!;
  const errors = surface.data.map((value, i) => Math.abs(value - lightAt(i % 60, Math.floor(i / 60))));
  expect(Math.max(...errors)).toBeLessThan(2);
});

test('a large plane is fitted by some of its places, a small one not at all', () => {
  const plane = planeBy(300, 200, (x, y) => 100 + x / 10 + y / 5);
  const surface = fitSurface(plane)!;
  expect(surface.data[0]).toBeCloseTo(100, 2);
  expect(surface.data.at(-1)).toBeCloseTo(plane.data.at(-1)!, 2);
  expect(fitSurface(planeBy(7, 100, () => 1))).toBeUndefined();
  expect(fitSurface(planeBy(100, 1, () => 1))).toBeUndefined();
});
