/** What is turned away, and with which words. */
import { expect, test } from 'vitest';
import { judge } from './judge.ts';
import type { ReadDigit } from './picture.ts';

function read(digit: number, confidence: number, notDigit: number): ReadDigit {
  const probabilities = new Array(10).fill(0);
  probabilities[digit] = confidence;
  probabilities[(digit + 1) % 10] = 1 - confidence;
  return { digit, confidence, probabilities, notDigit, box: [0, 0, 9, 9], image: new Uint8Array(784) };
}

const readingOf = (...digits: ReadDigit[]) => ({
  text: digits.map(({ digit }) => digit).join(''),
  digits,
  rejected: false as const,
});

test('what is sure, or sure on average, stays as it was read', () => {
  for (const reading of [readingOf(read(7, 0.99, 0.01)), readingOf(read(7, 0.99, 0), read(1, 0.7, 0.05))]) {
    expect(judge(reading)).toEqual(reading);
  }
  const rejected = { text: '', digits: [], rejected: 'The picture is blank.' };
  expect(judge(rejected)).toEqual(rejected);
});

test.each([
  [[read(3, 0.9, 0.6)], 'It has something of a 3, but does not look like a digit.'],
  [[read(9, 0.6, 0.1)], 'It could be a 9 or a 0, and is not clearly either.'],
  [[read(4, 0.95, 0.3)], 'It may be a 4, but may as well be no digit.'],
  [[read(4, 0.9, 0.5), read(1, 0.9, 0.2)], 'What is in the picture does not look like digits.'],
])('turns away what is unsure: case %#', (digits, reason) => {
  const judged = judge(readingOf(...digits));
  expect(judged).toEqual({ text: '', digits, rejected: reason });
});

test('a row stays one though some of its digits do not look like any, and two of which one does not are none', () => {
  const [sure, unlike] = [read(8, 0.99, 0), read(8, 0.99, 0.9)];
  const row = readingOf(sure, unlike, sure, unlike, sure);
  expect(judge(row)).toEqual(row);
  expect(judge(readingOf(sure, unlike)).rejected).toContain('does not look like digits');
  expect(judge(readingOf(unlike, sure, unlike, sure, unlike)).rejected).toContain(
    'does not look like digits',
  );
});

test('turns away digits that are a small part of what is written', () => {
  const one = readingOf(read(1, 0.999, 0));
  expect(judge(one, 0.9)).toEqual(one);
  expect(judge(one, 0.1).rejected).toBe('Most of what is in the picture does not look like digits.');
});
