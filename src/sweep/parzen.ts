/**
 * Parzen estimators: how likely a value is, judged by the values that trials had, each blurred to a bump.
 *
 * The widths of bumps, the prior and the weights of older trials follow Optuna's defaults: a bump is as wide as the
 * way to its farther neighbour, but not narrower than the range over min(100, 2 + bumps); the prior is one bump more
 * over the whole range; of more than 25 values the oldest count less.
 *
 * Sources: Bergstra, Bardenet, Bengio and Kégl, "Algorithms for Hyper-Parameter Optimization", NeurIPS 2011, section
 * 4; Watanabe, "Tree-Structured Parzen Estimator: Understanding Its Algorithm Components", 2023, for the details.
 */
import { normalBetween, truncatedQuantile } from './normal.ts';
import type { StudyRandom } from './random.ts';
import { bounds, type ChoiceDimension, type Dimension, inner, outer } from './space.ts';

export interface Estimator {
  /** A place on the inner scale. */
  sample(random: StudyRandom): number;
  /** The logarithm of a place's density, or of its probability. */
  logDensity(place: number): number;
}

/** Values that count fully; of more, the oldest count less. */
const FULL_WEIGHTS = 25;
const MOST_KERNELS = 100;

/** @param places of trials on the inner scale, the oldest first. */
export function parzen(dimension: Dimension, places: readonly number[]): Estimator {
  const weights = normalised([...ageWeights(places.length), 1]);
  return dimension.type === 'choice'
    ? choiceEstimator(dimension, places, weights)
    : numberEstimator(dimension, places, weights);
}

/** 1 for the newest 25; before them a ramp from 1/n. */
export function ageWeights(count: number): number[] {
  const ramp = count - FULL_WEIGHTS;
  return Array.from({ length: count }, (_, index) => {
    if (index >= ramp) return 1;
    return ramp === 1 ? 1 / count : 1 / count + ((1 - 1 / count) * index) / (ramp - 1);
  });
}

function normalised(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function choiceEstimator(
  { values }: ChoiceDimension,
  places: readonly number[],
  weights: readonly number[],
): Estimator {
  const kernels = places.length + 1;
  const probabilities = values.map((_, choice) =>
    weights.reduce((sum, weight, kernel) => {
      const own = 1 / kernels + (kernel < places.length && places[kernel] === choice ? 1 : 0);
      const all = values.length / kernels + (kernel < places.length ? 1 : 0);
      return sum + (weight * own) / all;
    }, 0),
  );
  return {
    sample: (random) => pick(probabilities, random.uniform()),
    logDensity: (place) => Math.log(probabilities[place]),
  };
}

interface Kernel {
  mean: number;
  deviation: number;
  weight: number;
  /** The share of its bump that lies in the range. */
  inside: number;
}

function numberEstimator(
  dimension: Exclude<Dimension, ChoiceDimension>,
  places: readonly number[],
  weights: readonly number[],
): Estimator {
  const [low, high] = bounds(dimension);
  const deviations = [...kernelWidths(places, low, high), high - low];
  const kernels = [...places, (low + high) / 2].map((mean, index): Kernel => {
    const deviation = deviations[index];
    const inside = normalBetween((low - mean) / deviation, (high - mean) / deviation);
    return { mean, deviation, weight: weights[index], inside };
  });
  const half = dimension.type === 'int' ? dimension.step / 2 : undefined;
  return {
    sample(random) {
      const { mean, deviation } = kernels[pick(weights, random.uniform())];
      const [from, to] = [(low - mean) / deviation, (high - mean) / deviation];
      const place = mean + deviation * truncatedQuantile(random.uniform(), from, to);
      return half === undefined ? place : inner(dimension, outer(dimension, place));
    },
    logDensity(place) {
      const density = kernels.reduce((sum, { mean, deviation, weight, inside }) => {
        const z = (place - mean) / deviation;
        const bump =
          half === undefined
            ? Math.exp(-0.5 * z * z) / (deviation * Math.sqrt(2 * Math.PI))
            : normalBetween(z - half / deviation, z + half / deviation);
        return sum + (weight * bump) / inside;
      }, 0);
      return Math.log(Math.max(density, Number.MIN_VALUE));
    },
  };
}

/** The widths of bumps, in the order of `places`. */
export function kernelWidths(places: readonly number[], low: number, high: number): number[] {
  const order = places.map((_, index) => index).sort((a, b) => places[a] - places[b] || a - b);
  const ends = [low, ...order.map((index) => places[index]), high];
  const narrowest = (high - low) / Math.min(MOST_KERNELS, 2 + places.length);
  const widths = new Array<number>(places.length);
  order.forEach((index, rank) => {
    const before = ends[rank + 1] - ends[rank];
    const after = ends[rank + 2] - ends[rank + 1];
    // The ends of the range are neighbours only where there are no others.
    const isFirst = rank === 0 && places.length >= 2;
    const isLast = rank === places.length - 1 && places.length >= 2;
    const width = isFirst ? after : isLast ? before : Math.max(before, after);
    widths[index] = Math.min(high - low, Math.max(narrowest, width));
  });
  return widths;
}

/** The number of the share in which `uniform` falls. */
function pick(shares: readonly number[], uniform: number): number {
  let rest = uniform;
  for (let index = 0; index < shares.length; index++) {
    rest -= shares[index];
    if (rest < 0) return index;
  }
  return shares.length - 1;
}
