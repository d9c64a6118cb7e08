import { describe, expect, test } from 'vitest';
import { arc, flatten, type Point, smooth } from './curve.ts';

describe('arc', () => {
  test('runs clockwise from the rightmost point', () => {
    const quarter = arc([1, 2], [3, 4], 0, 90, 3);
    expect(quarter[0]).toEqual([4, 2]);
    expect(quarter[2][0]).toBeCloseTo(1);
    expect(quarter[2][1]).toBeCloseTo(6);
  });
});

describe('flatten', () => {
  const bent: Point[] = [
    [0, 0],
    [0.5, 0.4],
    [0.2, 1],
  ];

  test('keeps both ends and cuts pieces of equal length', () => {
    const line = flatten([bent], 0.05);
    expect([line[0], line[1]]).toEqual([0, 0]);
    expect(line.at(-2)).toBeCloseTo(0.2);
    expect(line.at(-1)).toBeCloseTo(1);
    for (let i = 2; i < line.length; i += 2) {
      const length = Math.hypot(line[i] - line[i - 2], line[i + 1] - line[i - 1]);
      expect(length).toBeGreaterThan(0.04);
      expect(length).toBeLessThan(0.06);
    }
  });

  test('passes through the points of a run', () => {
    const line = flatten([bent], 0.01);
    let nearest = Infinity;
    for (let i = 0; i < line.length; i += 2) {
      nearest = Math.min(nearest, Math.hypot(line[i] - 0.5, line[i + 1] - 0.4));
    }
    expect(nearest).toBeLessThan(0.01);
  });

  test('is straight through two points', () => {
    const line = flatten(
      [
        [
          [0, 0],
          [1, 2],
        ],
      ],
      0.1,
    );
    for (let i = 0; i < line.length; i += 2) expect(line[i + 1]).toBeCloseTo(2 * line[i]);
  });

  test('survives a stroke without length', () => {
    const line = flatten(
      [
        [
          [1, 1],
          [1, 1],
        ],
      ],
      0.1,
    );
    expect([...line]).toEqual([1, 1, 1, 1]);
  });
});

describe('smooth', () => {
  test('rounds a corner and leaves the ends', () => {
    const line = Float64Array.of(0, 0, 1, 0, 1, 1);
    smooth(line, 1);
    expect([...line]).toEqual([0, 0, 0.75, 0.25, 1, 1]);
  });
});
