import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../errors.ts';
import { syntheticDigits } from './index.ts';

const SIZE = 28;
const AREA = SIZE * SIZE;

const digits = syntheticDigits({ count: 1000, seed: 7 });
const picture = (index: number) => digits.images.subarray(index * AREA, (index + 1) * AREA);

describe('syntheticDigits', () => {
  test('is a data set of the promised shape with as many of each digit', () => {
    expect(digits.name).toBe('synthetic');
    expect(digits.shape).toEqual([28, 28, 1]);
    expect(digits.classNames).toHaveLength(10);
    expect(digits.images).toHaveLength(1000 * AREA);
    const counts = Array(10).fill(0);
    for (const label of digits.labels) counts[label]++;
    expect(counts).toEqual(Array(10).fill(100));
    expect(syntheticDigits({ count: 3, seed: 0, name: 'mine' }).name).toBe('mine');
  });

  test('draws picture i of a seed the same whatever the count', () => {
    const fewer = syntheticDigits({ count: 23, seed: 7 });
    expect(fewer.images).toEqual(digits.images.subarray(0, 23 * AREA));
    expect(fewer.labels).toEqual(digits.labels.subarray(0, 23));
  });

  test('draws other pictures for another seed, also one beyond 32 bits', () => {
    const first = syntheticDigits({ count: 10, seed: 7 }).images;
    expect(syntheticDigits({ count: 10, seed: 8 }).images).not.toEqual(first);
    expect(syntheticDigits({ count: 10, seed: 7 + 2 ** 32 }).images).not.toEqual(first);
  });

  // Whoever changes the generator changes what `--dataset synthetic` means, and should notice. The pin holds for V8:
  // the language leaves the last bits of Math.sin and its kin to the engine, and a pixel on the edge between two
  // greys may then round the other way.
  test('draws the very pictures it drew before', () => {
    const digest = createHash('sha256')
      .update(digits.images.subarray(0, 100 * AREA))
      .digest('hex');
    expect(digest).toBe('b5c01965483b666be4b972680a569511258f3fd363b083e18fb19ae1867ccd3a');
  });

  test('inks a plausible share of each picture, from paper to full ink', () => {
    let total = 0;
    for (let index = 0; index < 1000; index++) {
      const pixels = picture(index);
      const share = pixels.reduce((sum, value) => sum + value, 0) / (255 * AREA);
      expect(share).toBeGreaterThan(0.02);
      expect(share).toBeLessThan(0.45);
      expect(Math.min(...pixels)).toBe(0);
      expect(Math.max(...pixels)).toBeGreaterThan(150);
      total += share / 1000;
    }
    // MNIST's training pictures have 0.131.
    expect(total).toBeGreaterThan(0.115);
    expect(total).toBeLessThan(0.15);
  });

  test('puts the centre of mass in the middle', () => {
    for (let index = 0; index < 1000; index++) {
      let mass = 0;
      let momentX = 0;
      let momentY = 0;
      picture(index).forEach((ink, i) => {
        mass += ink;
        momentX += ink * ((i % SIZE) + 0.5);
        momentY += ink * (Math.floor(i / SIZE) + 0.5);
      });
      expect(Math.abs(momentX / mass - SIZE / 2)).toBeLessThan(0.6);
      expect(Math.abs(momentY / mass - SIZE / 2)).toBeLessThan(0.6);
    }
  });

  test('never draws the same picture twice', () => {
    const seen = new Set(
      Array.from({ length: 1000 }, (_, index) => Buffer.from(picture(index)).toString('latin1')),
    );
    expect(seen.size).toBe(1000);
  });

  test.each([0, -1, 2.5, Number.NaN, 10_000_001])('refuses to draw %d digits', (count) => {
    expect(() => syntheticDigits({ count, seed: 1 })).toThrow(UsageError);
    expect(() => syntheticDigits({ count, seed: 1 })).toThrow(/ask for a whole number from 1 to 10000000\.$/);
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53])('refuses %d as a seed', (seed) => {
    expect(() => syntheticDigits({ count: 1, seed })).toThrow(UsageError);
    expect(() => syntheticDigits({ count: 1, seed })).toThrow(/give a whole number from 0 to 2\^53 - 1\.$/);
  });
});
