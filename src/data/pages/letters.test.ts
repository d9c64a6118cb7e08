import { expect, test } from 'vitest';
import { Purpose, RandomStream } from '../../../kernels/random/reference.ts';
import { drawLetter, LETTER_NAMES } from './letters.ts';

/** More than the ways that any letter is written in, so that each of them is met. */
const DRAWN = 40;
/** The longest tails hang this far below the top of a capital. */
const LOWEST = 1.4;

/** As it is meant to be, without a hand's looseness. */
const meant = (name: string, index: number) => drawLetter(name, new RandomStream(1, Purpose.pages, index), 0);

test.each(LETTER_NAMES)('%s is strokes of two points and more, inside of its box', (name) => {
  for (let index = 0; index < DRAWN; index++) {
    const strokes = meant(name, index);
    expect(strokes.length).toBeGreaterThan(0);
    for (const [x, y] of strokes.flat(2)) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThan(1);
      expect(y).toBeLessThanOrEqual(LOWEST);
    }
    for (const run of strokes.flat()) expect(run.length).toBeGreaterThan(1);
  }
});

test('letters that hands make differently are written in several ways', () => {
  for (const name of 'EHURaenh') {
    const ways = new Set(Array.from({ length: DRAWN }, (_, index) => JSON.stringify(meant(name, index))));
    expect(ways.size, name).toBeGreaterThan(2);
  }
});
