/** What people type and tap becomes digits and lines, or nothing. */
import { expect, test } from 'vitest';
import { readable, withDigit } from './correction.ts';

test('one digit of a number is replaced, whatever lines it has', () => {
  expect(withDigit('2046', 3, 8)).toBe('2048');
  expect(withDigit('31\n97', 2, 5)).toBe('31\n57');
  expect(withDigit('7', 4, 1)).toBe('7');
});

test('what is typed may have spaces, and must be digits', () => {
  expect(readable(' 20 46 ')).toBe('2046');
  expect(readable('31 \r\n 97')).toBe('31\n97');
  expect(readable('')).toBe('');
  expect(readable('seven')).toBeUndefined();
  expect(readable('<b>7</b>')).toBeUndefined();
  expect(readable('1'.repeat(65))).toBeUndefined();
});
