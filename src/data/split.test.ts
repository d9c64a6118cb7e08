import { describe, expect, test } from 'vitest';
import { UsageError } from '../errors.ts';
import { type Dataset, DIGIT_NAMES } from './dataset.ts';
import { defaultValidationCount, splitDataset } from './split.ts';

/** Pictures of one pixel that counts them. */
function numbered(count: number): Dataset {
  const images = Uint8Array.from({ length: count }, (_, position) => position);
  return { name: 'n', images, labels: images.map((i) => i % 10), shape: [1, 1, 1], classNames: DIGIT_NAMES };
}

describe('splitDataset', () => {
  test('puts every picture, with its label, into exactly one part', () => {
    const { train, validation } = splitDataset(numbered(240), 20, 7);
    expect(validation.labels).toHaveLength(20);
    expect([...train.images, ...validation.images].sort((a, b) => a - b)).toEqual([...numbered(240).images]);
    for (const part of [train, validation]) {
      expect(part.labels).toEqual(part.images.map((image) => image % 10));
      expect([...part.images]).toEqual([...part.images].sort((a, b) => a - b));
    }
    expect([train.name, validation.name]).toEqual(['n/fit', 'n/validation']);
  });

  test('gives the same split for the same seed, and another for another', () => {
    const drawn = (seed: number) => [...splitDataset(numbered(200), 8, seed).validation.images];
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
    // Written down so that a change, which would let old validation pictures into training, is noticed.
    expect(drawn(1)).toMatchInlineSnapshot(`
      [
        20,
        27,
        89,
        110,
        126,
        168,
        171,
        198,
      ]
    `);
  });

  test.each([-1, 10, 2.5, Number.NaN])('refuses to set aside %d of 10', (count) => {
    expect(() => splitDataset(numbered(10), count, 0)).toThrow(UsageError);
  });

  test('may set nothing aside', () => {
    expect(splitDataset(numbered(3), 0, 0).train.images).toEqual(numbered(3).images);
  });
});

test('the default is the proportion of MNIST', () => {
  expect([60_000, 120, 2, 1, 0].map(defaultValidationCount)).toEqual([5_000, 10, 1, 0, 0]);
});
