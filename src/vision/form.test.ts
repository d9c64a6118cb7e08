/** Which pictures are taken as they are. */
import { expect, test } from 'vitest';
import { syntheticDigits } from '../data/synthetic/index.ts';
import { formOf } from './form.ts';
import type { Picture } from './picture.ts';

const { images } = syntheticDigits({ count: 10, seed: 3 });
const digit = (i: number) => images.slice(784 * i, 784 * (i + 1));
const grey = (data: Uint8Array, width = 28): Picture => ({
  width,
  height: data.length / width,
  channels: 1,
  data,
});

test("a digit in MNIST's form, or its negative, is taken to the byte", () => {
  for (let i = 0; i < 10; i++) {
    const form = formOf(grey(digit(i)))!;
    expect(form.image).toEqual(digit(i));
    expect(formOf(grey(digit(i).map((value) => 255 - value)))).toEqual(form);
    const [, , width, height] = form.box;
    expect(Math.max(width, height)).toBeGreaterThanOrEqual(18);
  }
});

test('grey in three channels is taken, colour and opacity are not', () => {
  const data = new Uint8Array(784 * 3).map((_, i) => digit(4)[Math.floor(i / 3)]);
  expect(formOf({ width: 28, height: 28, channels: 3, data })!.image).toEqual(digit(4));
  data[3 * 400] ^= 64;
  expect(formOf({ width: 28, height: 28, channels: 3, data })).toBeUndefined();
  expect(formOf({ width: 28, height: 28, channels: 2, data: new Uint8Array(1568) })).toBeUndefined();
});

test('other sizes, blank pictures, ink at the edge, specks and grey paper are not', () => {
  expect(formOf(grey(new Uint8Array(56 * 28), 56))).toBeUndefined();
  expect(formOf(grey(new Uint8Array(784)))).toBeUndefined();
  const atEdge = digit(1);
  atEdge[0] = 60;
  expect(formOf(grey(atEdge))).toBeUndefined();
  const speck = new Uint8Array(784);
  speck[400] = 255;
  expect(formOf(grey(speck))).toBeUndefined();
  expect(formOf(grey(digit(2).map((value) => Math.max(value, 40))))).toBeUndefined();
});
