import { describe, expect, test } from 'vitest';
import { importances, type Scored } from './importance.ts';
import { gridPoint, gridSize, type Parameters, type Space } from './space.ts';

const SPACE: Space = {
  strong: { type: 'float', from: 0, to: 1, steps: 8 },
  kind: { type: 'choice', values: ['a', 'b'] },
  idle: { type: 'log', from: 0.01, to: 1, steps: 4 },
};

function scored(value: (parameters: Parameters) => number): Scored[] {
  return Array.from({ length: gridSize(SPACE) }, (_, index) => {
    const parameters = gridPoint(SPACE, index);
    return { parameters, value: value(parameters) };
  });
}

function sharesOf(value: (parameters: Parameters) => number): Record<string, number> {
  return Object.fromEntries(importances(SPACE, scored(value))!.map(({ path, share }) => [path, share]));
}

describe('the importance of settings', () => {
  test('is their share of the variance where effects add up', () => {
    // A line from 0 to 3 has the variance 9/12, two values of 0 and 1 have 1/4: three quarters and one.
    const { strong, kind, idle } = sharesOf((one) => 3 * Number(one.strong) + (one.kind === 'b' ? 1 : 0));
    expect(strong).toBeGreaterThan(0.65);
    expect(strong).toBeLessThan(0.85);
    expect(kind).toBeGreaterThan(0.15);
    expect(kind).toBeLessThan(0.35);
    expect(idle).toBeLessThan(0.01);
  });

  test('leaves out what settings do only together', () => {
    const shares = sharesOf((one) => (one.kind === 'a' ? 1 : -1) * (Number(one.strong) > 0.5 ? 1 : -1));
    expect(Object.values(shares).reduce((a, b) => a + b)).toBeLessThan(0.2);
  });

  test('is not told where all score the same, or where there are hardly any trials', () => {
    expect(
      importances(
        SPACE,
        scored(() => 1),
      ),
    ).toBeUndefined();
    expect(importances(SPACE, scored(Math.random).slice(0, 3))).toBeUndefined();
  });
});
