import { describe, expect, test } from 'vitest';
import { batchNorm } from './index.ts';
import { batchNormBackward, batchStatistics, inverseDeviations, normalise } from './reference.ts';

/** Four rows of two channels: means 3 and 0, biased variances 5 and 9, unbiased ones 20/3 and 12. */
const x = Float64Array.of(0, 3, 2, -3, 4, 3, 6, -3);
const zeros = () => new Float64Array(2);

function measure(momentum: number, epsilon: number) {
  const batch = { mean: zeros(), inverseDeviation: zeros() };
  const running = { runningMean: Float64Array.of(1, 1), runningVariance: Float64Array.of(2, 2) };
  batchStatistics(x, batch, running, momentum, epsilon);
  return { ...batch, ...running };
}

describe('training', () => {
  test('measures mean and biased variance of each channel', () => {
    const { mean, inverseDeviation } = measure(0.9, 4);
    expect([...mean]).toEqual([3, 0]);
    expect([...inverseDeviation]).toEqual([1 / 3, 1 / Math.sqrt(13)]);
  });

  test('moves the running statistics, with the unbiased variance', () => {
    const { runningMean, runningVariance } = measure(0.75, 4);
    expect([...runningMean]).toEqual([1.5, 0.75]);
    expect(runningVariance[0]).toBeCloseTo(0.75 * 2 + 0.25 * (20 / 3), 12);
    expect(runningVariance[1]).toBeCloseTo(0.75 * 2 + 0.25 * 12, 12);
  });

  test('a single row counts as variance 0', () => {
    const running = { runningMean: zeros(), runningVariance: Float64Array.of(1, 1) };
    const batch = { mean: zeros(), inverseDeviation: zeros() };
    batchStatistics(Float64Array.of(5, 6), batch, running, 0.5, 0.25);
    expect([...batch.inverseDeviation]).toEqual([2, 2]);
    expect([...running.runningVariance]).toEqual([0.5, 0.5]);
  });

  test('gradients of a small example', () => {
    const batch = { mean: Float64Array.of(3, 0), inverseDeviation: Float64Array.of(1 / 3, 1 / 3) };
    const dy = Float64Array.of(1, 1, 0, 0, 0, 0, 0, 0);
    const [dgamma, dbeta, dx] = [zeros(), zeros(), new Float64Array(8)];
    batchNormBackward(dy, x, batch, Float64Array.of(6, 3), dgamma, dbeta, dx);
    expect([...dbeta]).toEqual([1, 1]);
    expect([...dgamma]).toEqual([-1, 1]);
    // 6 × ⅓ × (1 − ¼ − (−1)(−1)/4) = 1, and 3 × ⅓ × (1 − ¼ − ¼) = ½.
    expect(dx[0]).toBeCloseTo(1, 12);
    expect(dx[1]).toBeCloseTo(0.5, 12);
    const sums = [0, 1].map((c) => dx.filter((_, i) => i % 2 === c).reduce((sum, value) => sum + value, 0));
    expect(sums[0]).toBeCloseTo(0, 12);
    expect(sums[1]).toBeCloseTo(0, 12);
  });
});

test('values are centred, scaled and shifted', () => {
  const y = new Float64Array(8);
  const inverse = inverseDeviations(Float64Array.of(3, 8), 1);
  expect([...inverse]).toEqual([0.5, 1 / 3]);
  normalise(x, Float64Array.of(2, 3), inverse, Float64Array.of(4, 3), Float64Array.of(1, -1), y);
  expect([...y]).toEqual([-3, -1, 1, -7, 5, -1, 9, -7]);
});

describe('shapes and attributes', () => {
  test('defaults are those of PyTorch', () => {
    expect(batchNorm.parse({})).toEqual({ momentum: 0.9, epsilon: 1e-5 });
  });

  test('parameters do not decay, and there is one of each for every channel', () => {
    const { output, parameters, state } = batchNorm.layout([[5, 4, 3, 2]], batchNorm.parse({}));
    expect(output).toEqual([5, 4, 3, 2]);
    expect(parameters?.gamma).toEqual({ shape: [2], initial: { kind: 'ones' }, decay: false });
    expect(parameters?.beta).toEqual({ shape: [2], initial: { kind: 'zeros' }, decay: false });
    expect(state?.runningVariance).toEqual({ shape: [2], initial: 'ones' });
  });

  test.each([
    [{ momentum: 1 }, 'momentum must be a number from 0 to below 1, not 1'],
    [{ epsilon: 0 }, 'epsilon must be above 0'],
    [{ axis: 1 }, 'has no attribute "axis": it takes momentum, epsilon'],
  ])('%j is refused', (raw, message) => {
    expect(() => batchNorm.parse(raw)).toThrow(message);
  });

  test('inputs of another rank are refused', () => {
    expect(() => batchNorm.layout([[2, 3, 4]], batchNorm.parse({}))).toThrow(
      'needs inputs of [height, width, channels] or [features], not [3, 4]',
    );
  });
});
