/** Wilson's interval, by the values that are in his paper's successors, and where the usual one fails. */
import { expect, test } from 'vitest';
import { rateOf } from './rate.ts';

test('the interval is the one of the books', () => {
  // Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I, method 3.
  for (const [count, of, low, high] of [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ]) {
    const { interval } = rateOf(count, of);
    expect(interval[0]).toBeCloseTo(low, 4);
    expect(interval[1]).toBeCloseTo(high, 4);
  }
});

test('nothing counted is no rate, and could be any', () => {
  expect(rateOf(0, 0)).toEqual({ count: 0, of: 0, rate: null, interval: [0, 1] });
  expect(rateOf(5, 5).interval[1]).toBe(1);
});

test('where none or all were so, the interval ends there, to the bit', () => {
  for (let of = 1; of <= 200; of++) {
    expect(rateOf(0, of).interval[0]).toBe(0);
    expect(rateOf(of, of).interval[1]).toBe(1);
  }
});
