import { describe, expect, test } from 'vitest';
import { batchNorm } from './index.ts';
import { batchNormBackward, batchStatistics, normalise, runningScale } from './reference.ts';

/** Four rows of two channels: means 3 and 0, biased variances 5 and 9, unbiased ones 20/3 and 12. */
const x = Float64Array.of(0, 3, 2, -3, 4, 3, 6, -3);
const zeros = () => new Float64Array(2);

function measure(momentum: number, epsilon: number) {
  const batch = { mean: zeros(), inverseDeviation: zeros(), scale: zeros() };
  const running = { runningMean: Float64Array.of(1, 1), runningVariance: Float64Array.of(2, 2) };
  batchStatistics(x, batch, running, Float64Array.of(2, 3), momentum, epsilon);
  return { ...batch, ...running };
}

describe('training', () => {
  test('measures mean and biased variance of each channel', () => {
    const { mean, inverseDeviation, scale } = measure(0.9, 4);
    expect([...mean]).toEqual([3, 0]);
    expect([...inverseDeviation]).toEqual([1 / 3, 1 / Math.sqrt(13)]);
    expect([...scale]).toEqual([2 / 3, 3 / Math.sqrt(13)]);
  });

  test('moves the running statistics, with the unbiased variance', () => {
    const { runningMean, runningVariance } = measure(0.75, 4);
    expect([...runningMean]).toEqual([1.5, 0.75]);
    expect(runningVariance[0]).toBeCloseTo(0.75 * 2 + 0.25 * (20 / 3), 12);
    expect(runningVariance[1]).toBeCloseTo(0.75 * 2 + 0.25 * 12, 12);
  });

  test('a single row counts as variance 0', () => {
    const running = { runningMean: zeros(), runningVariance: Float64Array.of(1, 1) };
    const batch = { mean: zeros(), inverseDeviation: zeros(), scale: zeros() };
    batchStatistics(Float64Array.of(5, 6), batch, running, Float64Array.of(1, 1), 0.5, 0.25);
    expect([...batch.inverseDeviation]).toEqual([2, 2]);
    expect([...running.runningVariance]).toEqual([0.5, 0.5]);
  });

  test('gradients of a small example', () => {
    const batch = {
      mean: Float64Array.of(3, 0),
      inverseDeviation: Float64Array.of(1 / 3, 1 / 3),
      scale: Float64Array.of(2, 1),
    };
    const dy = Float64Array.of(1, 1, 0, 0, 0, 0, 0, 0);
    const [dgamma, dbeta, dx] = [zeros(), zeros(), new Float64Array(8)];
    batchNormBackward(dy, x, batch, zeros(), Number.NEGATIVE_INFINITY, dgamma, dbeta, dx);
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

describe('a ReLU behind it', () => {
  test('stops gradients where the value was not positive', () => {
    const batch = {
      mean: Float64Array.of(3, 0),
      inverseDeviation: Float64Array.of(1 / 3, 1 / 3),
      scale: Float64Array.of(2, 1),
    };
    const dy = Float64Array.of(1, 1, 1, 1, 1, 1, 1, 1);
    const [dgamma, dbeta] = [zeros(), zeros()];
    batchNormBackward(dy, x, batch, zeros(), 0, dgamma, dbeta);
    // The first channel is above its mean in two rows, at 1/3 and 1; the second in two, at 1.
    expect([...dbeta]).toEqual([2, 2]);
    expect(dgamma[0]).toBeCloseTo(4 / 3, 12);
    expect(dgamma[1]).toBeCloseTo(2, 12);
  });
});

describe('values', () => {
  const scale = runningScale(Float64Array.of(3, 8), Float64Array.of(4, 3), 1);
  const normalised = (floor: number) => {
    const y = new Float64Array(8);
    normalise(x, Float64Array.of(2, 3), scale, Float64Array.of(1, -1), floor, y);
    return [...y];
  };

  test('are centred, scaled and shifted', () => {
    expect([...scale]).toEqual([2, 1]);
    expect(normalised(Number.NEGATIVE_INFINITY)).toEqual([-3, -1, 1, -7, 5, -1, 9, -7]);
  });

  test('are no less than the floor', () => {
    expect(normalised(0)).toEqual([0, 0, 1, 0, 5, 0, 9, 0]);
  });
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
