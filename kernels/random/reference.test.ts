import { describe, expect, test } from 'vitest';
import { dropoutThreshold, keyOf, Purpose, philox, RandomStream } from './reference.ts';

describe('Philox4x32-10', () => {
  // From kat_vectors of Random123: counter, key, result.
  test.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])('gives the published words for counter %s', ([c0, c1, c2, c3], [k0, k1], expected) => {
    const out = new Uint32Array(4);
    philox(out, 0, c0, c1, c2, c3, k0, k1);
    expect([...out]).toEqual(expected);
  });

  test('takes both halves of a seed beyond 2^32 as its key', () => {
    expect(keyOf(5 * 2 ** 32 + 7)).toEqual([7, 5]);
  });
});

describe('RandomStream', () => {
  const words = (stream: RandomStream, count: number) => Array.from({ length: count }, () => stream.word());

  test('reads the words of blocks 0, 1, … in order', () => {
    const block = new Uint32Array(8);
    philox(block, 0, 0, 4, 5, Purpose.dropout, 9, 0);
    philox(block, 4, 1, 4, 5, Purpose.dropout, 9, 0);
    expect(words(new RandomStream(9, Purpose.dropout, 4, 5), 8)).toEqual([...block]);
  });

  test('repeats itself, and differs by seed, purpose, step and layer', () => {
    const first = words(new RandomStream(1, Purpose.shuffle, 2, 3), 8);
    expect(words(new RandomStream(1, Purpose.shuffle, 2, 3), 8)).toEqual(first);
    for (const other of [
      new RandomStream(2, Purpose.shuffle, 2, 3),
      new RandomStream(1, Purpose.split, 2, 3),
      new RandomStream(1, Purpose.shuffle, 3, 3),
      new RandomStream(1, Purpose.shuffle, 2, 4),
    ]) {
      expect(words(other, 8)).not.toEqual(first);
    }
  });

  test('uniform numbers fill [0, 1) evenly and are exact in single precision', () => {
    const stream = new RandomStream(3, Purpose.synthetic);
    const bins = new Array(10).fill(0);
    for (let i = 0; i < 20_000; i++) {
      const value = stream.uniform();
      expect(Math.fround(value)).toBe(value);
      bins[Math.floor(value * 10)]++;
    }
    // Five standard deviations of a bin's count, √(20,000 · 0.1 · 0.9) = 42.
    for (const count of bins) expect(Math.abs(count - 2000)).toBeLessThan(212);
  });

  test('normal numbers have mean 0 and deviation 1', () => {
    const stream = new RandomStream(4, Purpose.synthetic);
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < 20_000; i++) {
      const value = stream.normal();
      sum += value;
      squares += value * value;
    }
    expect(sum / 20_000).toBeCloseTo(0, 1);
    expect(squares / 20_000).toBeCloseTo(1, 1);
  });

  test('below() stays below and reaches every number', () => {
    const stream = new RandomStream(5, Purpose.synthetic);
    const seen = new Set(Array.from({ length: 200 }, () => stream.below(7)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('shuffle() keeps all values and moves them', () => {
    const values = Int32Array.from({ length: 100 }, (_, i) => i);
    new RandomStream(6, Purpose.shuffle).shuffle(values);
    expect([...values]).not.toEqual([...values].sort((a, b) => a - b));
    expect([...values].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });
});

test('the dropout threshold is the rate in 24 bits', () => {
  expect(dropoutThreshold(0)).toBe(0);
  expect(dropoutThreshold(0.25)).toBe(1 << 22);
});
