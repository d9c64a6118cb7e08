/** What could be two digits though it looks like one, and what is text at first sight. */
import { describe, expect, it } from 'vitest';
import type { AtomLine } from './atoms.ts';
import type { Group } from './candidates.ts';
import type { Opinion } from './choose.ts';
import { around } from './components.ts';
import { areText, halvesOf, largestOfMany } from './plain.ts';
import { atomLine } from './testing/look.ts';

const cutBefore = { crossed: 0.1, strokes: 1, left: 0, top: 0, columns: new Int32Array(0) };
const parted = (part: Partial<AtomLine['atoms'][number]>) =>
  atomLine([{ component: 9 }, { component: 9, cutBefore, ...part }]);
const wholeOf = ({ atoms }: AtomLine): Group => ({ line: 0, first: 0, last: 1, extent: around(atoms) });
const halves = (line: AtomLine) =>
  halvesOf([line], [wholeOf(line)]).map(({ first, last, extent }) => ({ first, last, extent }));

it('cuts what is as wide as two digits into halves as high as it is', () => {
  const line = parted({});
  const [left, right] = line.atoms.map((atom) => around([atom]));
  expect(halves(line)).toEqual([
    { first: 0, last: 0, extent: left },
    { first: 1, last: 1, extent: right },
  ]);
});

it.each([
  ['has a low half', parted({ bottom: 22 })],
  ['only hangs together because it is near', parted({ cutBefore: { ...cutBefore, strokes: 0 } })],
  ['is narrow', parted({ left: 5, right: 12 })],
])('leaves whole what %s', (_, line) => expect(halves(line)).toEqual([]));

const opinion = (best: number, notDigit = 0.02): Opinion => ({
  probabilities: Array.from({ length: 10 }, (_, i) => (i === best ? 0.991 : 0.001)),
  best,
  notDigit,
});
const letter = opinion(4, 0.98);

describe('text', () => {
  const many = atomLine(Array.from({ length: 130 }, (_, i) => ({ top: i % 2 })));
  const largest = largestOfMany([many]);
  const withDigits = (count: number, digit = 5) =>
    largest.map((_, i) => (i < count ? opinion(digit) : letter));

  it('is fifty components and more, of which the largest tell', () => {
    expect(largest).toHaveLength(100);
    expect(largest.filter(({ extent }) => extent.top === 0)).toHaveLength(65);
    expect(largestOfMany([atomLine(many.atoms.slice(0, 49))])).toEqual([]);
  });

  it.each([
    ['now and then looks like a digit', withDigits(9), true],
    ['is full of strokes', withDigits(90, 1), true],
    ['has a digit in ten', withDigits(10), false],
  ])('may be what %s', (_, opinions, expected) => expect(areText(largest, opinions)).toBe(expected));

  it('has no digit that stands out', () => {
    const withLarge = (height: number) => {
      const atoms = many.atoms.map((atom, i) => (i === 7 ? { ...atom, top: 0, bottom: height } : atom));
      const groups = largestOfMany([{ ...many, atoms }]);
      return areText(
        groups,
        groups.map(({ first }) => (first === 7 ? opinion(5) : letter)),
      );
    };
    expect(withLarge(45)).toBe(true);
    expect(withLarge(55)).toBe(false);
  });
});
