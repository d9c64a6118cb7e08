/** Lines of writing, and how they lean. */
import { describe, expect, it } from 'vitest';
import type { Component } from './components.ts';
import { groupLines, leanOf, typicalHeight } from './lines.ts';

let label = 0;
function component(left: number, top: number, width: number, height: number): Component {
  label++;
  const area = Math.round((width * height) / 4);
  return {
    label,
    left,
    top,
    right: left + width,
    bottom: top + height,
    area,
    outline: area,
    contacts: [0, 0, 0, 0],
  };
}

/** `count` digits, 20×30, 32 apart, each `down` lower than the one before it. */
const row = (count: number, top: number, down = 0) =>
  Array.from({ length: count }, (_, i) => component(10 + 32 * i, top + down * i, 20, 30));

describe('the typical height', () => {
  it('is that of most ink, whatever specks there are', () => {
    const specks = Array.from({ length: 50 }, (_, i) => component(7 * i, 90, 2, 2));
    expect(typicalHeight([...specks, ...row(5, 10)])).toBe(30);
    expect(typicalHeight([])).toBe(0);
  });
});

describe('the lean', () => {
  it.each([-16, -5, 0, 3, 12])('of a row that falls %i pixels a digit is found', (down) => {
    expect(leanOf(row(6, 200, down), 30)).toBeCloseTo(Math.atan(down / 32), 6);
  });

  it('of two digits is not told, nor that of digits here and there', () => {
    expect(leanOf(row(2, 100, 10), 30)).toBe(0);
    expect(
      leanOf([component(0, 0, 20, 30), component(300, 200, 20, 30), component(50, 400, 20, 30)], 30),
    ).toBe(0);
    expect(leanOf([], 0)).toBe(0);
  });

  it('is not that of a digit and those in the lines under it', () => {
    const lines = [
      [0, 40],
      [4, 44],
      [20, 68, 116],
    ].map((lefts, i) => lefts.map((left) => component(left, 50 * i, 24, 30)));
    expect(Math.abs(leanOf(lines.flat(), 30))).toBeLessThan(0.01);
  });

  it('is the mean of two rows that lean alike', () => {
    expect(leanOf([...row(6, 50, 4), ...row(5, 150, 4)], 30)).toBeCloseTo(Math.atan(4 / 32), 6);
  });
});

describe('grouping', () => {
  it('gives lines from top to bottom, each from left to right', () => {
    const [first, second] = [row(4, 20), row(3, 100)];
    const lines = groupLines([...second.toReversed(), ...first.toReversed()], 30);
    expect(lines.map(({ components }) => components)).toEqual([first, second]);
    expect(lines.map(({ height }) => height)).toEqual([30, 30]);
  });

  it('gives a bar over a line to that line, and drops specks and what is far from all', () => {
    const digits = row(3, 60);
    const bar = component(44, 56, 18, 5);
    const speck = component(70, 70, 2, 2);
    const far = component(50, 200, 8, 8);
    const [line, ...others] = groupLines([...digits, bar, speck, far], 30);
    expect(others).toEqual([]);
    expect(line.components).toHaveLength(4);
    expect(line.components).toContain(bar);
  });

  it('keeps lines whole that climb by more than their height', () => {
    const [first, second] = [row(9, 100, -6), row(8, 160, -6)];
    const lines = groupLines([...first, ...second], 30);
    expect(lines.map(({ components }) => components)).toEqual([first, second]);
  });

  it('puts a line together that begins with a digit off its level', () => {
    const digits = [component(10, 38, 20, 30), ...row(5, 20).slice(1)];
    expect(groupLines(digits, 30).map(({ components }) => components)).toEqual([digits]);
  });

  it('is none of nothing', () => {
    expect(groupLines([], 0)).toEqual([]);
  });
});
