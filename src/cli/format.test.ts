import { expect, test } from 'vitest';
import { byteSize, count, countOf, duration, magnitude, percent } from './format.ts';

test('counts', () => {
  expect(count(1234567)).toBe('1,234,567');
  expect(countOf(1, 'picture')).toBe('1 picture');
  expect(countOf(12_000, 'picture')).toBe('12,000 pictures');
});

test('shares', () => {
  expect(percent(0.99123)).toBe('99.12 %');
  expect(percent(1, 0)).toBe('100 %');
  expect(percent(Number.NaN)).toBe('–');
});

test('durations', () => {
  expect(duration(7.4)).toBe('0:07');
  expect(duration(83)).toBe('1:23');
  expect(duration(3723)).toBe('1:02:03');
  expect(duration(Number.POSITIVE_INFINITY)).toBe('–:––');
});

test('sizes change their unit before they take four digits', () => {
  expect(byteSize(999)).toBe('999 bytes');
  expect(byteSize(1000)).toBe('1.0 kB');
  expect(byteSize(297_000)).toBe('297 kB');
  expect(byteSize(999_600)).toBe('1.0 MB');
  expect(byteSize(9_912_422)).toBe('9.9 MB');
});

test('magnitudes', () => {
  expect(magnitude(9999)).toBe('9,999');
  expect(magnitude(225_800)).toBe('225.8 k');
  expect(magnitude(14_700_000)).toBe('14.7 M');
});
