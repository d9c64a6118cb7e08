import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Dimension, drawn, gridPoint, gridSize, gridValues, inner, outer, type Space } from './space.ts';

const SPACE: Space = {
  optimizer: { type: 'choice', values: ['sgd', { type: 'adam' }] },
  depth: { type: 'int', from: 1, to: 5, step: 2 },
  rate: { type: 'log', from: 0.001, to: 0.1, steps: 3 },
};

describe('a grid', () => {
  test('has the points one expects of each dimension', () => {
    expect(gridValues(SPACE.depth)).toEqual([1, 3, 5]);
    expect(gridValues(SPACE.rate)).toEqual([0.001, 0.01, 0.1]);
    expect(gridValues({ type: 'float', from: 0, to: 1, steps: 5 })).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });

  test('changes its last dimension fastest, and every point comes once', () => {
    expect(gridSize(SPACE)).toBe(18);
    const points = Array.from({ length: 18 }, (_, index) => gridPoint(SPACE, index));
    expect(points[0]).toEqual({ optimizer: 'sgd', depth: 1, rate: 0.001 });
    expect(points[1]).toEqual({ optimizer: 'sgd', depth: 1, rate: 0.01 });
    expect(points[3]).toEqual({ optimizer: 'sgd', depth: 3, rate: 0.001 });
    expect(points[17]).toEqual({ optimizer: { type: 'adam' }, depth: 5, rate: 0.1 });
    expect(new Set(points.map((point) => JSON.stringify(point))).size).toBe(18);
    expect(Object.keys(points[4])).toEqual(['optimizer', 'depth', 'rate']);
  });
});

const dimensions: fc.Arbitrary<Dimension> = fc.oneof(
  fc
    .record({
      type: fc.constant('int' as const),
      from: fc.integer({ min: -50, max: 50 }),
      step: fc.integer({ min: 1, max: 7 }),
      count: fc.integer({ min: 1, max: 9 }),
    })
    .map(({ type, from, step, count }) => ({ type, from, to: from + step * count, step })),
  fc
    .double({ min: 1e-6, max: 1, noNaN: true })
    .map((from) => ({ type: 'log' as const, from, to: from * 1000 })),
  fc.double({ min: -5, max: 5, noNaN: true }).map((from) => ({ type: 'float' as const, from, to: from + 1 })),
  fc.constant<Dimension>({ type: 'choice', values: ['a', 3, null, { b: [1] }] }),
);

test('what is drawn lies in the range, and its inner place leads back to it', () => {
  fc.assert(
    fc.property(
      dimensions,
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (dimension, uniform) => {
        const value = drawn(dimension, uniform);
        if (dimension.type === 'choice') expect(dimension.values).toContain(value);
        else {
          expect(value).toBeGreaterThanOrEqual(dimension.from);
          expect(value).toBeLessThanOrEqual(dimension.to);
          if (dimension.type === 'int') expect(gridValues(dimension)).toContain(value);
        }
        const again = outer(dimension, inner(dimension, value));
        if (typeof value === 'number') expect(Number(again)).toBeCloseTo(value, 9);
        else expect(again).toEqual(value);
      },
    ),
  );
});
