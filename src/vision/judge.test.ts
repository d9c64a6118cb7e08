/** What is turned away, and with which words. */
import { describe, expect, it, test } from 'vitest';
import type { Atom } from './atoms.ts';
import type { Candidate } from './candidates.ts';
import { around } from './components.ts';
import { judge, readShare } from './judge.ts';
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
  [[read(9, 0.6, 0.3)], 'It could be a 9 or a 0, and is not clearly either.'],
  [[read(4, 0.95, 0.4)], 'It may be a 4, but may as well be no digit.'],
  [[read(4, 0.9, 0.5), read(1, 0.9, 0.2)], 'What is in the picture does not look like digits.'],
])('turns away what is unsure: case %#', (digits, reason) => {
  const judged = judge(readingOf(...digits));
  expect(judged).toEqual({ text: '', digits, rejected: reason });
});

test('a digit alone is believed where two would not be', () => {
  const doubtful = read(4, 0.95, 0.3);
  expect(judge(readingOf(doubtful)).rejected).toBe(false);
  expect(judge(readingOf(doubtful, doubtful)).rejected).toBe(
    'What is in the picture does not look like digits.',
  );
});

test('a row stays one though some of its digits do not look like any, and two of which one does not are none', () => {
  const [sure, unlike] = [read(8, 0.99, 0), read(8, 0.99, 0.9)];
  const row = readingOf(sure, unlike, sure, unlike, sure);
  expect(judge(row)).toEqual(row);
  expect(judge(readingOf(sure, unlike)).rejected).toContain('does not look like digits');
  expect(judge(readingOf(sure, unlike, sure, unlike, sure, unlike)).rejected).toContain(
    'does not look like digits',
  );
  expect(judge(readingOf(unlike, sure, unlike, sure, unlike)).rejected).toContain(
    'does not look like digits',
  );
});

test('turns away digits that are a small part of what is written', () => {
  const one = readingOf(read(1, 0.999, 0));
  expect(judge(one, 0.9)).toEqual(one);
  expect(judge(one, 0.1).rejected).toBe('Most of what is in the picture does not look like digits.');
});

describe('readShare', () => {
  const atom = (component: number, left: number, top: number, width: number, height: number): Atom => ({
    ...{ left, top, right: left + width, bottom: top + height },
    ...{ label: component, area: width * height, component },
    ...{ componentAspect: 1, componentHeight: height, componentThickness: 5 },
  });
  const candidateOf = (atoms: readonly Atom[], first: number, last: number): Candidate => ({
    ...{ line: 0, first, last, extent: around(atoms.slice(first, last + 1)) },
    image: new Uint8Array(784),
  });
  const shareOf = (atoms: readonly Atom[], digits: readonly number[], ...spans: [number, number][]) =>
    readShare({
      lines: [{ atoms: [...atoms], height: 100 }],
      read: spans.map(([first, last]) => candidateOf(atoms, first, last)),
      digits,
    });

  it('is that of the ink that was read', () => {
    const atoms = [atom(1, 0, 0, 50, 100), atom(2, 80, 0, 25, 100)];
    expect(shareOf(atoms, [0, 1], [0, 0], [1, 1])).toBe(1);
    expect(shareOf(atoms, [0], [0, 0])).toBeCloseTo(2 / 3, 9);
  });

  it('counts what is far away only where nothing but 1s was read', () => {
    const far = [atom(1, 0, 0, 25, 100), atom(2, 480, 0, 50, 100)];
    const near = [atom(1, 0, 0, 25, 100), atom(2, 420, 0, 50, 100)];
    expect([far, near].map((atoms) => shareOf(atoms, [4], [0, 0]))).toEqual([1, 1 / 3]);
    expect(shareOf(far, [1], [0, 0])).toBeCloseTo(1 / 3, 9);
  });

  const ring = atom(1, 0, 0, 100, 100);
  const mouth = atom(2, 30, 65, 40, 15);
  it.each<[string, Atom[], number, boolean]>([
    ['a face', [ring, mouth], 0, false],
    ['eyes', [ring, atom(2, 30, 30, 18, 18), atom(3, 55, 30, 18, 18)], 0, false],
    ['a 0 with a dot', [ring, atom(2, 40, 40, 20, 20)], 0, true],
    ['a 0 with a slash', [ring, atom(2, 35, 20, 30, 60)], 0, true],
    ['a 0 of two halves', [atom(1, 0, 0, 55, 100), atom(2, 50, 0, 50, 100)], 0, true],
    ['another digit of two strokes', [ring, mouth], 5, true],
  ])('counts a ring that holds strokes for nothing: %s', (_, atoms, digit, counts) => {
    const last = atoms.length - 1;
    expect(shareOf(atoms, [digit], [0, last])).toBe(counts ? 1 : 0);
    // What lies inside may have been left out, too.
    if (last === 1 && digit === 0 && atoms[0] === ring) {
      expect(shareOf(atoms, [digit], [0, 0]) > 0).toBe(counts);
    }
  });

  it.each<[string, number[], number[], number]>([
    ['an m, seen as 1, 7 and 7', [1, 1, 1], [1, 7, 7], 0],
    ['three 1s that stand apart', [1, 2, 3], [1, 1, 1], 1],
    ['a 1 and a 7 that touch, beside a 4', [1, 1, 2], [1, 7, 4], 1],
    ['an n and an o, seen as 1, 1 and 0', [1, 1, 2], [1, 1, 0], 0],
    ['a 1 and a 0 that touch, beside a 7', [1, 1, 2], [1, 0, 7], 1],
    ['three digits that touch', [1, 1, 1], [1, 7, 4], 1],
  ])('counts strokes that hang together for a letter: %s', (_, components, digits, share) => {
    const atoms = components.map((component, i) => atom(component, 40 * i, 0, 30, 100));
    expect(shareOf(atoms, digits, [0, 0], [1, 1], [2, 2])).toBe(share);
  });

  it.each<[string, number[], number, number]>([
    ['two letters, seen as two digits each', [1, 1, 2, 2], 0.8, 0],
    ['beside as many that are whole', [1, 1, 2, 2, 3, 4], 0.8, 0],
    ['beside more', [1, 1, 2, 2, 3, 4, 5], 0.8, 1],
    ['one letter alone', [1, 1], 0.8, 1],
    ['two pairs of digits that touch', [1, 1, 2, 2], 1.1, 1],
    ['two letters in three pieces each', [1, 1, 1, 2, 2, 2], 1.1, 0],
    ['what is whole', [1, 2, 3], 0.5, 1],
  ])('takes what is mostly cut up for a word: %s', (_, components, componentAspect, share) => {
    const atoms = components.map((component, i) => ({
      ...atom(component, 40 * i, 0, 30, 100),
      componentAspect,
    }));
    const digits = components.map((_, i) => 2 + (i % 4));
    expect(shareOf(atoms, digits, ...components.map((_, i): [number, number] => [i, i]))).toBe(share);
  });
});
