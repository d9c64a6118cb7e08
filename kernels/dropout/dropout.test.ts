import { describe, expect, test } from 'vitest';
import { dropout as operation } from './index.ts';
import { dropout } from './reference.ts';

const ones = new Float64Array(4000).fill(1);

function run(rate: number, position = { seed: 1, layer: 2, step: 3 }): Float64Array {
  const y = new Float64Array(ones.length);
  dropout(ones, y, rate, position);
  return y;
}

describe('dropout', () => {
  test('drops about its share and scales the others up', () => {
    const y = run(0.25);
    const dropped = y.filter((value) => value === 0).length;
    // Five standard deviations, √(4000 · 0.25 · 0.75) = 27.
    expect(Math.abs(dropped - 1000)).toBeLessThan(137);
    expect(new Set(y)).toEqual(new Set([0, 1 / 0.75]));
  });

  test('changes nothing at rate 0', () => {
    expect(run(0)).toEqual(ones);
  });

  test('repeats its mask at the same position and draws others elsewhere', () => {
    const first = run(0.5);
    expect(run(0.5)).toEqual(first);
    expect(run(0.5, { seed: 1, layer: 2, step: 4 })).not.toEqual(first);
    expect(run(0.5, { seed: 1, layer: 3, step: 3 })).not.toEqual(first);
    expect(run(0.5, { seed: 2, layer: 2, step: 3 })).not.toEqual(first);
  });

  test('a dropped NaN is dropped', () => {
    const y = new Float64Array(4000);
    dropout(new Float64Array(4000).fill(Number.NaN), y, 0.5, { seed: 1, layer: 2, step: 3 });
    expect(y.some((value) => value === 0)).toBe(true);
  });

  test.each([1, -0.1, '0.5', undefined])('refuses a rate of %s', (rate) => {
    expect(() => operation.parse({ rate })).toThrow('rate must be a number from 0 to below 1, not ');
  });
});
