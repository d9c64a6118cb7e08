import { describe, expect, test } from 'vitest';
import { confidenceInterval, deviation, mean, median, studentQuantile } from './statistics.ts';

describe('quantiles of Student’s t', () => {
  // From the tables of the NIST/SEMATECH e-Handbook, section 1.3.6.7.2, and R's qt() for more digits.
  test.each([
    [0.975, 1, 12.7062047],
    [0.975, 4, 2.7764451],
    [0.95, 9, 1.8331129],
    [0.975, 30, 2.0422725],
    [0.995, 60, 2.660283],
    [0.975, 1000, 1.9623391],
  ])('%d of %d degrees of freedom', (share, degrees, expected) => {
    expect(studentQuantile(share, degrees)).toBeCloseTo(expected, 6);
  });
});

test('mean, deviation and median of a few numbers', () => {
  expect(mean([1, 2, 3, 4])).toBe(2.5);
  expect(deviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
  expect(deviation([3])).toBeNaN();
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

describe('a confidence interval', () => {
  test('is the one of the textbook', () => {
    // R: t.test(extra[1:10]) of the data set `sleep`, Student's own.
    const sleep = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
    const { low, high } = confidenceInterval(sleep)!;
    expect(low).toBeCloseTo(-0.5297804, 6);
    expect(high).toBeCloseTo(2.0297804, 6);
  });

  test('of one number there is none', () => {
    expect(confidenceInterval([0.5])).toBeUndefined();
  });
});
