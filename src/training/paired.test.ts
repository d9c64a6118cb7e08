/** The paired comparison against values from textbooks and by other means. */
import { expect, test } from 'vitest';
import { comparePaired, mcNemar } from './paired.ts';

test('the exact test gives what the binomial distribution does', () => {
  // 2 of 12: 2 · (1 + 12 + 66) / 4096.
  expect(mcNemar(2, 10)).toEqual({ pValue: expect.closeTo(158 / 4096, 12), test: 'exact binomial' });
  expect(mcNemar(10, 2).pValue).toBeCloseTo(158 / 4096, 12);
  expect(mcNemar(0, 5).pValue).toBeCloseTo(1 / 16, 12);
  expect(mcNemar(0, 0).pValue).toBe(1);
  expect(mcNemar(7, 7).pValue).toBe(1);
});

test('both tests agree where one hands over to the other', () => {
  const exact = mcNemar(460, 540);
  const approximate = mcNemar(461, 540);
  expect([exact.test, approximate.test]).toEqual(['exact binomial', 'chi-squared']);
  expect(Math.abs(exact.pValue - approximate.pValue)).toBeLessThan(0.002);
  // χ² of 3.841 is exceeded in 5 % of cases: |difference| - 1 = 1.95996 √10000.
  expect(mcNemar(4901.5201, 5098.4799).pValue).toBeCloseTo(0.05, 3);
});

test('counts pairs, and gives an interval around the difference', () => {
  const [first, second] = [new Uint8Array(100), new Uint8Array(100)];
  first.fill(1, 0, 80);
  second.fill(1, 5, 95);
  const comparison = comparePaired(first, second);
  expect(comparison).toMatchObject({
    ...{ examples: 100, bothRight: 75, onlyFirst: 5, onlySecond: 15, bothWrong: 5 },
    difference: expect.closeTo(0.1, 12),
  });
  // Agresti and Min by hand: 10/102 ± 1.96 √((21/102 - (10/102)²) / 102).
  expect(comparison.interval[0]).toBeCloseTo(0.01206, 4);
  expect(comparison.interval[1]).toBeCloseTo(0.18401, 4);
  expect(comparePaired([], [])).toMatchObject({ difference: 0, pValue: 1 });
});
