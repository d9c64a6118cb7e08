/**
 * The tree-structured Parzen estimator, one dimension at a time.
 *
 * Finished trials are divided into a few good ones and the others. Each dimension's next value is, of 24 drawn from
 * where good ones lie, the one that is likeliest there compared with where the others lie. With Optuna's defaults:
 * the first 10 trials are random, and of n trials the best n/10, at most 25, are the good ones.
 *
 * Sources: Bergstra, Bardenet, Bengio and Kégl, "Algorithms for Hyper-Parameter Optimization", NeurIPS 2011; trials
 * under way count among the others, as in Optuna's constant liar, so that several at a time keep apart.
 */
import type { Outcome } from './outcome.ts';
import { type Estimator, parzen } from './parzen.ts';
import { StudyRandom } from './random.ts';
import { drawn, inner, outer, type Parameters, type Space } from './space.ts';

export interface TpeOptions {
  /** Trials that are random. */
  startupTrials: number;
  /** Values drawn to choose from. */
  candidates: number;
}

export const TPE_DEFAULTS: TpeOptions = { startupTrials: 10, candidates: 24 };

const GOOD_SHARE = 0.1;
const MOST_GOOD = 25;

/** What a sampler is told. */
export interface Asked {
  space: Space;
  /** Of the study. */
  seed: number;
  /** The trial's number, from 0. */
  trial: number;
  /** Trials that are done, by number. */
  done: readonly Outcome[];
  /** Those begun before this one whose outcomes it must not know. */
  pending: readonly Parameters[];
}

/** Every dimension drawn evenly and by itself. */
export function askRandom({ space, seed, trial }: Pick<Asked, 'space' | 'seed' | 'trial'>): Parameters {
  const entries = Object.entries(space).map(([path, dimension], index) => {
    return [path, drawn(dimension, new StudyRandom(seed, trial, index).uniform())] as const;
  });
  return Object.fromEntries(entries);
}

/** The parameters of the next trial. */
export function askTpe(asked: Asked, options: TpeOptions = TPE_DEFAULTS): Parameters {
  const { space, seed, trial, done, pending } = asked;
  if (done.length < options.startupTrials) return askRandom(asked);
  const good = new Set(ranked(done).slice(0, goodCount(done.length)));
  const entries = Object.entries(space).map(([path, dimension], index) => {
    const placesOf = (parameters: readonly Parameters[]) =>
      parameters.map((one) => inner(dimension, one[path]));
    const below = parzen(dimension, placesOf(done.filter((one) => good.has(one)).map(parametersOf)));
    const others = [...done.filter((one) => !good.has(one)).map(parametersOf), ...pending];
    const above = parzen(dimension, placesOf(others));
    const random = new StudyRandom(seed, trial, index);
    return [path, outer(dimension, likeliest(below, above, options.candidates, random))] as const;
  });
  return Object.fromEntries(entries);
}

export function goodCount(trials: number): number {
  return Math.min(MOST_GOOD, Math.ceil(GOOD_SHARE * trials));
}

function parametersOf({ parameters }: Outcome): Parameters {
  return parameters;
}

/** The candidate with the largest quotient of the two densities; of equals the first. */
function likeliest(below: Estimator, above: Estimator, candidates: number, random: StudyRandom): number {
  let best = Number.NaN;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (let candidate = 0; candidate < candidates; candidate++) {
    const place = below.sample(random);
    const score = below.logDensity(place) - above.logDensity(place);
    if (!(score > bestScore)) continue;
    bestScore = score;
    best = place;
  }
  return best;
}

const RANKS = { complete: 0, pruned: 1, failed: 2 } as const;

/** The best first: complete ones by value, then pruned ones by how far they came and their value there, then failed ones. */
export function ranked(outcomes: readonly Outcome[]): Outcome[] {
  return [...outcomes].sort(
    (one, other) =>
      RANKS[one.status] - RANKS[other.status] ||
      (one.status === 'pruned' ? other.epochs - one.epochs : 0) ||
      (other.value ?? 0) - (one.value ?? 0) ||
      one.trial - other.trial,
  );
}
