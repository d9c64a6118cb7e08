/**
 * How much of what trials scored is due to each setting by itself: functional analysis of variance of a random
 * forest.
 *
 * Every tree divides the space into boxes with a value each. So the mean over all other settings can be worked out
 * exactly for each value of one setting, and the variance of these means over that of the whole tree is the setting's
 * share. Shares are means over the trees; what is missing to 1 is due to settings acting together.
 *
 * Sources: Hutter, Hoos and Leyton-Brown, "An Efficient Approach for Assessing Hyperparameter Importance", ICML 2014,
 * sections 3.1 to 3.3, for single settings; Breiman, "Random Forests", 2001.
 */
import { growTree, type Leaf, type Side } from './forest.ts';
import { StudyRandom } from './random.ts';
import { bounds, type Dimension, inner, type Parameters, type Space } from './space.ts';

export interface Importance {
  path: string;
  /** From 0 to 1. */
  share: number;
}

/** A trial, for the forest. */
export interface Scored {
  parameters: Parameters;
  value: number;
}

const TREES = 64;
const FEWEST = 4;
/** No tree sees more. */
const MOST_EXAMPLES = 1000;
const SEED = 1;

/** The importance of each dimension; undefined where there are too few trials or all scored the same. */
export function importances(space: Space, scored: readonly Scored[]): Importance[] | undefined {
  const dimensions = Object.entries(space);
  if (scored.length < FEWEST || dimensions.length < 2) return undefined;
  const rows = scored.map(({ parameters, value }) => ({
    place: dimensions.map(([path, dimension]) => unitPlace(dimension, parameters[path])),
    value,
  }));
  const choices = dimensions.map(([, dimension]) =>
    dimension.type === 'choice' ? dimension.values.length : undefined,
  );
  const sums = new Array<number>(dimensions.length).fill(0);
  let trees = 0;
  for (let tree = 0; tree < TREES; tree++) {
    const random = new StudyRandom(SEED, tree, 0);
    const sample = Array.from(
      { length: Math.min(MOST_EXAMPLES, rows.length) },
      () => rows[random.below(rows.length)],
    );
    const leaves = growTree(sample, choices);
    const whole = variance(leaves.map((leaf) => ({ value: leaf.value, weight: volume(leaf) })));
    if (!(whole > 0)) continue;
    trees++;
    for (let dimension = 0; dimension < sums.length; dimension++) {
      sums[dimension] += variance(marginal(leaves, dimension)) / whole;
    }
  }
  if (trees === 0) return undefined;
  return dimensions.map(([path], index) => ({ path, share: Math.min(1, sums[index] / trees) }));
}

/** From 0 to 1; of a choice, its number. */
function unitPlace(dimension: Dimension, value: Parameters[string]): number {
  const place = inner(dimension, value);
  if (dimension.type === 'choice') return place;
  const [low, high] = bounds(dimension);
  return (place - low) / (high - low);
}

interface Weighted {
  value: number;
  /** All together 1. */
  weight: number;
}

function variance(parts: readonly Weighted[]): number {
  const mean = parts.reduce((sum, { value, weight }) => sum + weight * value, 0);
  return parts.reduce((sum, { value, weight }) => sum + weight * (value - mean) ** 2, 0);
}

/** The mean over all other dimensions for each part of one. */
function marginal(leaves: readonly Leaf[], dimension: number): Weighted[] {
  const sides = leaves.map(({ box }) => box[dimension]);
  return partsOf(sides).map(({ has, weight }) => {
    let value = 0;
    leaves.forEach((leaf, index) => {
      if (has(sides[index])) value += (leaf.value * volume(leaf)) / share(sides[index]);
    });
    return { value, weight };
  });
}

/** The parts of a dimension that no leaf divides. */
function partsOf(sides: readonly Side[]): { weight: number; has(side: Side): boolean }[] {
  const [first] = sides;
  if ('allowed' in first) {
    return first.allowed.map((_, choice) => ({
      weight: 1 / first.allowed.length,
      has: (side) => 'allowed' in side && side.allowed[choice],
    }));
  }
  const cuts = sides.flatMap((side) => ('low' in side ? [side.low, side.high] : []));
  const edges = [...new Set(cuts)].sort((one, other) => one - other);
  return edges.slice(1).map((high, index) => {
    const low = edges[index];
    return { weight: high - low, has: (side) => 'low' in side && side.low <= low && side.high >= high };
  });
}

function share(side: Side): number {
  return 'low' in side ? side.high - side.low : side.allowed.filter(Boolean).length / side.allowed.length;
}

function volume({ box }: Leaf): number {
  return box.reduce((product, side) => product * share(side), 1);
}
