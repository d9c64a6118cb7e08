/** What a crop is taken for, by whose ink it has. */
import { describe, expect, test } from 'vitest';
import { syntheticDigits } from '../synthetic/index.ts';
import { isSteepStroke, type Verdict, whatIsIn } from './match.ts';
import type { Truth } from './page.ts';

const box: Truth['box'] = [0, 0, 1, 1];
/** An 8, a 3 and a letter, of 100 pixels each. */
const page: Truth[] = [
  { digit: 8, box, core: 100 },
  { digit: 3, box, core: 100 },
  { box, core: 100 },
];

describe('a crop with', () => {
  test.each<[string, number[], number, Verdict]>([
    ['all of a digit', [100, 0, 0], 0, 8],
    ['nearly all of a digit', [0, 90, 0], 10, 3],
    ['all of a digit and a trace of its neighbour', [3, 100, 0], 0, 3],
    ['all of a digit and a part of its neighbour', [20, 100, 0], 0, undefined],
    ['all of a digit and much dirt', [100, 0, 0], 80, undefined],
    ['two digits', [100, 95, 0], 0, 'none'],
    ['halves of two digits', [50, 50, 0], 0, 'none'],
    ['a digit and a letter', [0, 100, 100], 0, 'none'],
    ['a letter', [0, 0, 100], 0, 'none'],
    ['a small part of a letter', [0, 0, 30], 0, 'none'],
    ['half of a letter, which may be a 1', [0, 0, 50], 0, undefined],
    ['half of a 3', [0, 50, 0], 0, 'none'],
    ['most of a 3', [0, 75, 0], 0, undefined],
    ['half of an 8, which may be a 0', [50, 0, 0], 0, undefined],
    ['nothing but dirt', [0, 0, 0], 60, 'none'],
    ['dirt and a speck of a digit', [3, 0, 0], 60, 'none'],
  ])('%s', (_, cores, dirt, expected) => {
    const total = dirt + cores.reduce((sum, count) => sum + count, 0);
    expect(whatIsIn({ cores, dirt, total }, page)).toBe(expected);
  });

  test('nothing of an empty page', () => {
    expect(whatIsIn({ cores: [], dirt: 9, total: 9 }, [])).toBe('none');
  });
});

describe('a steep stroke', () => {
  const drawn = (isInk: (x: number, y: number) => boolean) =>
    Uint8Array.from({ length: 784 }, (_, i) => (isInk(i % 28, Math.floor(i / 28)) ? 255 : 0));

  test.each<[string, (x: number, y: number) => boolean, boolean]>([
    ['is upright', (x, y) => x > 12 && x < 16 && y > 3 && y < 24, true],
    ['or leans', (x, y) => Math.abs(x - 20 + 0.6 * y) < 2 && y > 3 && y < 24, true],
    ['is not flat', (x, y) => y > 12 && y < 16 && x > 3 && x < 24, false],
    ['is not a block', (x, y) => x > 8 && x < 20 && y > 3 && y < 24, false],
    ['is not blank', () => false, false],
  ])('%s', (_, isInk, expected) => {
    expect(isSteepStroke(drawn(isInk))).toBe(expected);
  });

  test('is among the digits a 1, and mostly nothing else', () => {
    const { images, labels } = syntheticDigits({ count: 400, seed: 8 });
    const steep = labels.map((_, i) => Number(isSteepStroke(images.subarray(i * 784, (i + 1) * 784))));
    const share = (isOne: boolean) => {
      const own = [...steep].filter((__, i) => (labels[i] === 1) === isOne);
      return own.filter((value) => value === 1).length / own.length;
    };
    expect(share(true)).toBeGreaterThan(0.4);
    expect(share(false)).toBeLessThan(0.02);
  });
});
