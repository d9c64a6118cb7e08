import { describe, expect, test } from 'vitest';
import { clipByGlobalNorm } from './clip.ts';
import { findOptimizer, optimizerNames } from './index.ts';

/** One parameter, followed through some steps with the same gradient and a learning rate of 0.1. */
function follow(
  name: string,
  options: Record<string, unknown>,
  { start = 1, gradient = 2, steps = 1, decay = true } = {},
): number {
  const optimizer = findOptimizer(name);
  const attributes = optimizer.parse(options);
  const parameter = Float64Array.of(start);
  const slots = optimizer.slots(attributes).map(({ initial }) => Float64Array.of(initial));
  for (let step = 1; step <= steps; step++) {
    optimizer.reference(
      parameter,
      Float64Array.of(gradient),
      slots,
      optimizer.hyper(attributes, 0.1, step),
      decay,
    );
  }
  return parameter[0];
}

describe('steps worked out by hand', () => {
  test('sgd', () => {
    expect(follow('sgd', {}, { steps: 2 })).toBeCloseTo(1 - 0.2 - 0.2, 12);
  });

  test('sgd with momentum: velocities 2 and 3', () => {
    expect(follow('sgd', { momentum: 0.5 }, { steps: 2 })).toBeCloseTo(1 - 0.2 - 0.3, 12);
  });

  test('sgd with Nesterov momentum: 2 + ½ · 2, then 2 + ½ · 3', () => {
    expect(follow('sgd', { momentum: 0.5, nesterov: true }, { steps: 2 })).toBeCloseTo(1 - 0.3 - 0.35, 12);
  });

  test('rmsprop: mean square 0.1 · 4', () => {
    expect(follow('rmsprop', { epsilon: 1e-20 })).toBeCloseTo(1 - 0.2 / Math.sqrt(0.4), 12);
  });

  test('rmsprop with momentum: changes 0.2/√0.4, then half of it + 0.2/√0.76', () => {
    const first = 0.2 / Math.sqrt(0.4);
    const second = first / 2 + 0.2 / Math.sqrt(0.76);
    const end = follow('rmsprop', { epsilon: 1e-20, momentum: 0.5 }, { steps: 2 });
    expect(end).toBeCloseTo(1 - first - second, 12);
  });

  test('adagrad: sums 4.1 and 8.1', () => {
    const expected = 1 - 0.2 / Math.sqrt(4.1) - 0.2 / Math.sqrt(8.1);
    expect(follow('adagrad', { epsilon: 1e-20 }, { steps: 2 })).toBeCloseTo(expected, 12);
  });

  test('adam moves by the learning rate while the gradient stays', () => {
    expect(follow('adam', { epsilon: 1e-20 }, { steps: 3 })).toBeCloseTo(1 - 0.3, 12);
  });

  test('adamw also shrinks the weight by 0.1 · 0.01', () => {
    expect(follow('adamw', { epsilon: 1e-20 })).toBeCloseTo(1 - 0.001 - 0.1, 12);
  });
});

describe('decay', () => {
  test.each(optimizerNames())(
    '%s: without a gradient, weightDecay takes its share and l2 moves towards 0',
    (name) => {
      expect(follow(name, { weightDecay: 0.5 }, { gradient: 0 })).toBeCloseTo(0.95, 12);
      expect(follow(name, { weightDecay: 0, l2: 0.5 }, { gradient: 0 })).toBeLessThan(1);
    },
  );

  test.each(optimizerNames())('%s: neither applies where decay is off', (name) => {
    expect(follow(name, { weightDecay: 0.5, l2: 0.5 }, { gradient: 0, decay: false })).toBe(1);
  });

  test('l2 and weightDecay are the same for plain sgd', () => {
    expect(follow('sgd', { l2: 0.3 })).toBeCloseTo(follow('sgd', { weightDecay: 0.3 }), 12);
  });
});

describe('what they refuse', () => {
  test('an unknown name', () => {
    expect(() => findOptimizer('lion')).toThrow(
      'There is no optimiser "lion"; there are sgd, rmsprop, adagrad, adam, adamw.',
    );
  });

  test('an unknown option', () => {
    expect(() => findOptimizer('sgd').parse({ beta1: 0.9 })).toThrow(
      'has no attribute "beta1": it takes momentum, nesterov, l2, weightDecay',
    );
  });

  test('Nesterov without momentum', () => {
    expect(() => findOptimizer('sgd').parse({ nesterov: true })).toThrow('nesterov needs a momentum above 0');
  });

  test('a beta of 1', () => {
    expect(() => findOptimizer('adam').parse({ beta2: 1 })).toThrow(
      'beta2 must be a number from 0 to below 1, not 1',
    );
  });
});

describe('clipping', () => {
  test('shortens a long gradient to the norm', () => {
    const gradients = Float64Array.of(3, 4);
    clipByGlobalNorm(gradients, 1);
    expect(gradients[0]).toBeCloseTo(0.6, 12);
    expect(gradients[1]).toBeCloseTo(0.8, 12);
  });

  test('leaves a short one alone', () => {
    const gradients = Float64Array.of(3, 4);
    clipByGlobalNorm(gradients, 5);
    expect([...gradients]).toEqual([3, 4]);
  });
});

describe('tiny numbers', () => {
  const shrinking = [
    ['sgd', { momentum: 0.5 }],
    ['rmsprop', { momentum: 0.5 }],
    ['adagrad', { initialAccumulator: 0 }],
    ['adam', {}],
    ['adamw', {}],
  ] as const;

  test.each(shrinking)(
    '%s: what is remembered of a gradient that has stopped ends at zero',
    (name, options) => {
      const optimizer = findOptimizer(name);
      const attributes = optimizer.parse({ ...options, weightDecay: 0.9 });
      const parameter = Float64Array.of(1);
      const slots = optimizer.slots(attributes).map(() => Float64Array.of(2 ** -99));
      for (let step = 1; step <= 2000; step++) {
        optimizer.reference(
          parameter,
          Float64Array.of(0),
          slots,
          optimizer.hyper(attributes, 0.1, step),
          true,
        );
      }
      expect(parameter[0]).toBe(0);
      // A sum of squares does not shrink.
      for (const [slot] of slots) expect(slot).toBe(name === 'adagrad' ? 2 ** -99 : 0);
    },
  );

  test.each(optimizerNames())('%s: a tiny gradient is none, and a NaN stays one', (name) => {
    expect(follow(name, { weightDecay: 0 }, { gradient: 2 ** -51 })).toBe(1);
    expect(follow(name, {}, { gradient: Number.NaN })).toBeNaN();
  });
});
