/** Which pictures are taken as they are. */
import { expect, test } from 'vitest';
import { syntheticDigits } from '../data/synthetic/index.ts';
import { formOf, markOf } from './form.ts';
import { toGrey } from './grey.ts';
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

/** A digit somewhere in a larger picture. */
function padded(data: Uint8Array, size: number, left: number, top: number, paper = 0): Picture {
  const large = new Uint8Array(size * size).fill(paper);
  for (let y = 0; y < 28; y++) {
    for (let x = 0; x < 28; x++) {
      large[(top + y) * size + left + x] = Math.abs(data[28 * y + x] - paper);
    }
  }
  return grey(large, size);
}

/** Each pixel so many times as wide and high. */
function magnified({ width, height, data }: Picture, times: number): Picture {
  const large = new Uint8Array(width * height * times ** 2);
  for (let i = 0; i < large.length; i++) {
    const [x, y] = [i % (width * times), Math.floor(i / (width * times))];
    large[i] = data[Math.floor(y / times) * width + Math.floor(x / times)];
  }
  return grey(large, width * times);
}

/** By how many steps of 255 two pictures differ on average, where one may lie a pixel off. */
function difference(one: Uint8Array, other: Uint8Array): number {
  const by = (off: number) => one.reduce((sum, value, i) => sum + Math.abs(value - (other[i + off] ?? 0)), 0);
  return Math.min(...[-29, -28, -27, -1, 0, 1, 27, 28, 29].map(by)) / one.length;
}

test('one mark on paper of one shade is brought back to what it was, wherever it lies and however large it is', () => {
  for (let i = 0; i < 10; i++) {
    const { box } = formOf(grey(digit(i)))!;
    for (const paper of [0, 255]) {
      const picture = padded(digit(i), 64, 30, 5, paper);
      const mark = markOf(toGrey(picture))!;
      expect(difference(mark.image, digit(i)), `${i}`).toBeLessThan(3);
      const large = markOf(toGrey(magnified(picture, 4)))!;
      expect(difference(large.image, mark.image), `${i}`).toBeLessThan(1);
      const [left, top] = [30 + box[0], 5 + box[1]];
      mark.box.forEach((side, k) => {
        expect(Math.abs(side - [left, top, box[2], box[3]][k])).toBeLessThan(2);
        expect(large.box[k]).toBe(4 * side);
      });
    }
  }
});

test('paper of many shades, ink at the edge, rows, specks and faint marks are none', () => {
  const clean = padded(digit(3), 64, 20, 20);
  const changed = (change: (data: Uint8Array) => void) => {
    const data = Uint8Array.from(clean.data);
    change(data);
    return markOf(toGrey({ ...clean, data }));
  };
  expect(changed(() => {})).toMatchObject({ isOnePiece: true });
  expect(changed((data) => data.fill(9, 0, 30))).toBeUndefined();
  expect(changed((data) => data.fill(255, 64 * 40, 64 * 40 + 2))).toBeUndefined();
  expect(changed((data) => data.fill(0))).toBeUndefined();
  expect(markOf(toGrey({ ...clean, data: clean.data.map((value) => value / 5) }))).toBeUndefined();
  const apart = changed((data) => data.fill(255, 64 * 30 + 12, 64 * 30 + 14));
  expect(apart).toMatchObject({ isOnePiece: false });
  expect(changed((data) => data.fill(255, 64 * 30 + 2, 64 * 30 + 60))).toBeUndefined();
  const speck = new Uint8Array(4096);
  speck.fill(255, 2000, 2004);
  expect(markOf(toGrey(grey(speck, 64)))).toBeUndefined();
});
