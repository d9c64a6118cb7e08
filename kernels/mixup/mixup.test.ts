import { describe, expect, test } from 'vitest';
import { parseMixup } from './index.ts';
import { drawShare } from './pairs.ts';
import { mixPictures } from './reference.ts';

const DRAWS = 20_000;

/** How probable a number up to x is under Beta(α, α), where that has a short formula. */
const BETA: Record<number, (x: number) => number> = {
  0.5: (x) => (2 / Math.PI) * Math.asin(Math.sqrt(x)),
  1: (x) => x,
  2: (x) => 3 * x ** 2 - 2 * x ** 3,
};

describe('the share of a step', () => {
  test.each([0.5, 1, 2])('is the larger of λ and 1 - λ, of λ ~ Beta(α, α), for α = %f', (alpha) => {
    const draws = Array.from({ length: DRAWS }, (_, step) => drawShare(alpha, { seed: 3, step })).sort(
      (a, b) => a - b,
    );
    const distance = draws.reduce((most, share, i) => {
      const expected = BETA[alpha](share) - BETA[alpha](1 - share);
      return Math.max(most, Math.abs(expected - i / DRAWS), Math.abs(expected - (i + 1) / DRAWS));
    }, 0);
    // Kolmogorov and Smirnov's distance is larger than this once in a thousand.
    expect(distance).toBeLessThan(1.95 / Math.sqrt(DRAWS));
  });

  test('has the deviation of its distribution for a small α, too', () => {
    const draws = Array.from({ length: DRAWS }, (_, step) => drawShare(0.2, { seed: 3, step }));
    const variance = draws.reduce((sum, share) => sum + (share - 0.5) ** 2, 0) / DRAWS;
    expect(variance).toBeCloseTo(0.25 / (2 * 0.2 + 1), 2);
  });

  test('is a 32-bit float from ½ to 1, the same for the same seed and step', () => {
    for (const alpha of [0, 1e-3, 0.2, 1, 999]) {
      for (let step = 0; step < 200; step++) {
        const share = drawShare(alpha, { seed: 5, step });
        expect(share).toBeGreaterThanOrEqual(0.5);
        expect(share).toBeLessThanOrEqual(1);
        expect(share).toBe(Math.fround(share));
        expect(drawShare(alpha, { seed: 5, step })).toBe(share);
      }
    }
    expect(drawShare(1, { seed: 5, step: 1 })).not.toBe(drawShare(1, { seed: 5, step: 2 }));
    expect(drawShare(1, { seed: 6, step: 1 })).not.toBe(drawShare(1, { seed: 5, step: 1 }));
  });

  test('is 1 for an α of 0, and close to ½ for a large one', () => {
    for (let step = 0; step < 50; step++) {
      expect(drawShare(0, { seed: 1, step })).toBe(1);
      expect(drawShare(999, { seed: 1, step })).toBeLessThan(0.56);
    }
  });
});

describe('mixing', () => {
  const x = Float64Array.of(0, 1, 10, 20, 4, 8);

  test('takes a part of the batch in reverse', () => {
    const y = new Float64Array(6);
    mixPictures(x, y, 0.75, 3);
    expect([...y]).toEqual([1, 2.75, 10, 20, 3, 6.25]);
  });

  test('with a share of 1 changes nothing', () => {
    const y = new Float64Array(6);
    mixPictures(x, y, 1, 3);
    expect(y).toEqual(x);
  });
});

describe('what it takes', () => {
  test('is alpha, of 0.2 by default', () => {
    expect(parseMixup({})).toEqual({ alpha: 0.2 });
    expect(parseMixup({ alpha: 0 })).toEqual({ alpha: 0 });
    for (const alpha of [-1, 1000, '1']) {
      expect(() => parseMixup({ alpha })).toThrow('alpha must be a number from 0 to below 1000, not ');
    }
    expect(() => parseMixup({ beta: 1 })).toThrow('has no attribute "beta": it takes alpha');
  });
});
