/** Blur, noise and compression: what they change, and what they leave alone. */
import { expect, test } from 'vitest';
import { Purpose, RandomStream } from '../../../kernels/random/reference.ts';
import { addNoise, blur, compress } from './camera.ts';
import { Grain, unevenness } from './grain.ts';

const WIDTH = 37;
const HEIGHT = 21;
const grain = () => new Grain(new RandomStream(1, Purpose.pages));
const picture = () =>
  Float32Array.from(
    { length: WIDTH * HEIGHT },
    (_, i) => ((i % WIDTH) * 7 + Math.floor(i / WIDTH) * 5) % 256,
  );
const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
const worst = (one: Float32Array, other: Float32Array) =>
  Math.max(...one.map((value, i) => Math.abs(value - other[i])));

test('blur spreads a dot evenly and leaves a flat picture flat', () => {
  const dot = new Float32Array(WIDTH * HEIGHT);
  dot[10 * WIDTH + 18] = 100;
  blur(dot, WIDTH, HEIGHT, 1.5);
  expect(dot.reduce((sum, value) => sum + value, 0)).toBeCloseTo(100, 3);
  expect(dot[10 * WIDTH + 16]).toBeCloseTo(dot[8 * WIDTH + 18], 5);
  expect(dot[10 * WIDTH + 18]).toBeCloseTo(100 / (2 * Math.PI * 1.5 ** 2), 0);
  const flat = new Float32Array(WIDTH * HEIGHT).fill(80);
  blur(flat, WIDTH, HEIGHT, 3);
  for (const value of flat) expect(value).toBeCloseTo(80, 3);
});

test('compression of the best quality changes next to nothing, of the worst much, and neither the mean', () => {
  const fine = picture();
  compress(fine, WIDTH, HEIGHT, 100);
  expect(worst(fine, picture())).toBeLessThan(4);
  const coarse = picture();
  compress(coarse, WIDTH, HEIGHT, 10);
  expect(worst(coarse, picture())).toBeGreaterThan(20);
  expect(Math.abs(mean(coarse) - mean(picture()))).toBeLessThan(6);
});

test('noise and unevenness have the deviation that is asked for', () => {
  const noise = new Float32Array(20_000);
  addNoise(noise, 5, grain());
  expect(mean(noise)).toBeCloseTo(0, 0);
  expect(Math.sqrt(mean(noise.map((value) => value * value)))).toBeCloseTo(5, 0);
  const surface = unevenness(300, 200, 10, grain());
  expect(Math.abs(mean(surface))).toBeLessThan(0.2);
  expect(Math.sqrt(mean(surface.map((value) => value * value)))).toBeCloseTo(1, 0);
  let steepest = 0;
  for (let i = 1; i < 300; i++) steepest = Math.max(steepest, Math.abs(surface[i] - surface[i - 1]));
  expect(steepest).toBeLessThan(1);
});
