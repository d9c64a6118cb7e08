import { describe, expect, test } from 'vitest';
import { normalBelow, normalBetween, truncatedQuantile } from './normal.ts';
import { ageWeights, kernelWidths, parzen } from './parzen.ts';
import { StudyRandom } from './random.ts';

describe('the normal distribution', () => {
  // R's pnorm().
  test.each([
    [0, 0.5],
    [1, 0.8413447460685429],
    [-1.96, 0.024997895148220435],
    [-8, 6.220960574271785e-16],
  ])('below %d', (z, expected) => {
    expect(normalBelow(z) / expected).toBeCloseTo(1, 12);
  });

  test('its quantile within a range leads back to the share, in tails too', () => {
    for (const [low, high] of [
      [-1, 2],
      [5, 9],
      [-12, -7],
    ]) {
      for (const share of [0.01, 0.5, 0.99]) {
        const place = truncatedQuantile(share, low, high);
        expect(normalBetween(low, place) / normalBetween(low, high)).toBeCloseTo(share, 9);
      }
    }
  });
});

describe('a Parzen estimator', () => {
  test('has bumps as wide as the way to the farther neighbour, within limits', () => {
    // Of three, each may not be narrower than a fifth of the range; the outer ones do not look at its ends.
    expect(kernelWidths([5, 4, 9], 0, 10)).toEqual([4, 2, 4]);
    expect(kernelWidths([3], 0, 10)).toEqual([7]);
  });

  test('weighs the oldest of more than 25 less', () => {
    expect(ageWeights(25)).toEqual(new Array(25).fill(1));
    const weights = ageWeights(35);
    expect(weights[0]).toBeCloseTo(1 / 35, 12);
    expect(weights[9]).toBeCloseTo(1, 12);
    expect(weights.slice(10)).toEqual(new Array(25).fill(1));
  });

  test('has a density that makes 1 in all', () => {
    const { logDensity } = parzen({ type: 'float', from: -1, to: 3 }, [0, 0.5, 2.9]);
    const steps = 4000;
    let sum = 0;
    for (let step = 0; step < steps; step++)
      sum += (Math.exp(logDensity(-1 + (4 * (step + 0.5)) / steps)) * 4) / steps;
    expect(sum).toBeCloseTo(1, 5);
  });

  test('gives whole numbers and choices probabilities that make 1', () => {
    const whole = parzen({ type: 'int', from: 2, to: 8, step: 2 }, [2, 2, 6]);
    const wholes = [2, 4, 6, 8].map((place) => Math.exp(whole.logDensity(place)));
    expect(wholes.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(wholes[0]).toBeGreaterThan(wholes[3]);
    const choice = parzen({ type: 'choice', values: ['a', 'b', 'c'] }, [1, 1, 2]);
    const chances = [0, 1, 2].map((place) => Math.exp(choice.logDensity(place)));
    expect(chances.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(chances[1]).toBeGreaterThan(chances[2]);
    expect(chances[2]).toBeGreaterThan(chances[0]);
  });

  test('draws as often as its density says', () => {
    const { sample, logDensity } = parzen({ type: 'int', from: 1, to: 5, step: 1 }, [4, 4, 5]);
    const random = new StudyRandom(1, 0, 0);
    const counts = new Array(6).fill(0);
    for (let draw = 0; draw < 4000; draw++) counts[sample(random)]++;
    for (let value = 1; value <= 5; value++) {
      // Rounding a drawn place is the same as its share of the bumps; five deviations of a count of 4,000.
      expect(Math.abs(counts[value] - 4000 * Math.exp(logDensity(value)))).toBeLessThan(5 * 32);
    }
  });
});
