import { expect, test } from 'vitest';
import { editDistance, nearest } from './suggestion.ts';

test('the distance counts letters added, dropped, changed and swapped', () => {
  expect(editDistance('epochs', 'epochs')).toBe(0);
  expect(editDistance('epoch', 'epochs')).toBe(1);
  expect(editDistance('trian', 'train')).toBe(1);
  expect(editDistance('bach', 'batch')).toBe(1);
  expect(editDistance('', 'out')).toBe(3);
  expect(editDistance('kitten', 'sitting')).toBe(3);
});

test('the nearest word is suggested if it is near', () => {
  const words = ['epochs', 'batch', 'learning-rate', 'out'];
  expect(nearest('epoch', words)).toBe('epochs');
  expect(nearest('learn', words)).toBe('learning-rate');
  expect(nearest('bogus', words)).toBeUndefined();
  expect(nearest('anything', [])).toBeUndefined();
});
