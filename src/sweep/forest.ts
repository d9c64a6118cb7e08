/**
 * A regression tree whose leaves know the boxes they stand for.
 *
 * Source: Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees", 1984: the split that takes away
 * the most squared error.
 */

export interface Example {
  /** Of each dimension: a number from 0 to 1, or the number of a choice. */
  place: readonly number[];
  value: number;
}

/** What a leaf covers of a dimension: an interval, or choices. */
export type Side = { low: number; high: number } | { allowed: readonly boolean[] };

export interface Leaf {
  box: readonly Side[];
  /** The mean of its examples. */
  value: number;
}

interface Split {
  dimension: number;
  /** Whether a place goes to the first of the two. */
  isFirst(place: number): boolean;
  sides: [Side, Side];
  error: number;
}

/** @param choices of each dimension, or undefined where it is a number. */
export function growTree(examples: readonly Example[], choices: readonly (number | undefined)[]): Leaf[] {
  const box = choices.map(
    (count): Side => (count === undefined ? { low: 0, high: 1 } : { allowed: new Array(count).fill(true) }),
  );
  const leaves: Leaf[] = [];
  grow(examples, box, leaves);
  return leaves;
}

function grow(examples: readonly Example[], box: readonly Side[], leaves: Leaf[]): void {
  const split = bestSplit(examples, box);
  if (!split) {
    leaves.push({ box, value: sumOf(examples) / examples.length });
    return;
  }
  const { dimension, isFirst, sides } = split;
  const boxWith = (side: Side) => box.map((old, index) => (index === dimension ? side : old));
  grow(
    examples.filter(({ place }) => isFirst(place[dimension])),
    boxWith(sides[0]),
    leaves,
  );
  grow(
    examples.filter(({ place }) => !isFirst(place[dimension])),
    boxWith(sides[1]),
    leaves,
  );
}

function bestSplit(examples: readonly Example[], box: readonly Side[]): Split | undefined {
  const whole = squaredError(examples);
  if (examples.length < 2 || whole <= 1e-18) return undefined;
  let best: Split | undefined;
  for (const [dimension, side] of box.entries()) {
    const splits =
      'low' in side ? numberSplit(examples, dimension, side) : choiceSplits(examples, dimension, side);
    for (const split of splits) if (!best || split.error < best.error) best = split;
  }
  return best && best.error < whole * (1 - 1e-9) ? best : undefined;
}

/** The best place to cut an interval, in one pass over the sorted examples. */
function numberSplit(
  examples: readonly Example[],
  dimension: number,
  { low, high }: { low: number; high: number },
): Split[] {
  const sorted = [...examples].sort((one, other) => one.place[dimension] - other.place[dimension]);
  const total = sumOf(sorted);
  const squares = sorted.reduce((sum, { value }) => sum + value * value, 0);
  let before = 0;
  let best: { cut: number; error: number } | undefined;
  for (let index = 1; index < sorted.length; index++) {
    before += sorted[index - 1].value;
    const [left, right] = [sorted[index - 1].place[dimension], sorted[index].place[dimension]];
    if (left === right) continue;
    const error = squares - before ** 2 / index - (total - before) ** 2 / (sorted.length - index);
    if (!best || error < best.error) best = { cut: (left + right) / 2, error };
  }
  if (!best) return [];
  const { cut, error } = best;
  return [
    {
      dimension,
      error,
      isFirst: (place) => place < cut,
      sides: [
        { low, high: cut },
        { low: cut, high },
      ],
    },
  ];
}

/** One choice against the others that are left. */
function choiceSplits(
  examples: readonly Example[],
  dimension: number,
  { allowed }: { allowed: readonly boolean[] },
): Split[] {
  const present = new Set(examples.map(({ place }) => place[dimension]));
  if (present.size < 2) return [];
  return [...present].map((choice) => {
    const isFirst = (place: number) => place === choice;
    const first = examples.filter(({ place }) => isFirst(place[dimension]));
    const second = examples.filter(({ place }) => !isFirst(place[dimension]));
    const only = allowed.map((_, index) => index === choice);
    const others = allowed.map((isAllowed, index) => isAllowed && index !== choice);
    return {
      ...{ dimension, isFirst, sides: [{ allowed: only }, { allowed: others }] },
      error: squaredError(first) + squaredError(second),
    };
  });
}

function sumOf(examples: readonly Example[]): number {
  return examples.reduce((sum, { value }) => sum + value, 0);
}

function squaredError(examples: readonly Example[]): number {
  const centre = sumOf(examples) / examples.length;
  return examples.reduce((sum, { value }) => sum + (value - centre) ** 2, 0);
}
