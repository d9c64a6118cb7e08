import { describe, expect, test } from 'vitest';
import { leakyRelu as leakyReluOperation, relu as reluOperation } from './index.ts';
import { type Activation, errorFunction, gelu, leakyRelu, relu, sigmoid, silu, tanh } from './reference.ts';

describe('values and slopes known from tables', () => {
  test.each<[string, Activation, number, number, number]>([
    ['relu above 0', relu, 2, 2, 1],
    ['relu below 0', relu, -2, 0, 0],
    ['relu at 0', relu, 0, 0, 0],
    ['leakyRelu above 0', leakyRelu(0.1), 2, 2, 1],
    ['leakyRelu below 0', leakyRelu(0.1), -2, -0.2, 0.1],
    ['sigmoid', sigmoid, 1, 0.7310585786, 0.1966119332],
    ['tanh', tanh, 0.5, 0.4621171573, 0.7864477329],
    ['silu', silu, 1, 0.7310585786, 0.9276705118],
    ['gelu', gelu, 1, 0.8413447461, 1.0833154706],
    ['gelu below 0', gelu, -1, -0.1586552539, -0.0833154706],
  ])('%s', (_, { value, slope }, x, expectedValue, expectedSlope) => {
    expect(value(x)).toBeCloseTo(expectedValue, 9);
    expect(slope(x, value(x))).toBeCloseTo(expectedSlope, 9);
  });

  test('a NaN passes through each', () => {
    for (const { value } of [relu, leakyRelu(0.1), sigmoid, tanh, silu, gelu])
      expect(value(Number.NaN)).toBeNaN();
  });
});

test('erf', () => {
  expect(errorFunction(0)).toBe(0);
  expect(errorFunction(0.5)).toBeCloseTo(0.5204998778, 9);
  expect(errorFunction(-2)).toBeCloseTo(-0.995322265, 9);
  expect(errorFunction(7)).toBe(1);
});

describe('attributes', () => {
  test('leakyRelu has a slope of 0.01 by default', () => {
    expect(leakyReluOperation.parse({})).toEqual({ negativeSlope: 0.01 });
  });

  test('a slope of 1 or more is refused', () => {
    expect(() => leakyReluOperation.parse({ negativeSlope: 1 })).toThrow(
      'negativeSlope must be a number from 0 to below 1, not 1',
    );
  });

  test('unknown ones are refused', () => {
    expect(() => reluOperation.parse({ alpha: 1 })).toThrow('has no attribute "alpha": it takes none');
  });
});
