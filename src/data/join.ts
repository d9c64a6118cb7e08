/** Several data sets as one, how many pictures of each class each gives, and leaving out what must not be in it. */
import { UsageError } from '../errors.ts';
import { type Dataset, holdsClasses, subset } from './dataset.ts';
import { findCopies, findRepeats } from './leakage.ts';
import { findResampled } from './resampled.ts';

/** Parts are numbered in a byte. */
const MOST_PARTS = 255;

/**
 * Puts the pictures of several sets behind each other; each keeps the number of its part. A single set is passed on.
 * Where one set has more classes than another, of which the first are the other's, the joined set has them all.
 *
 * @throws UsageError where sizes of pictures differ, or classes that have the same label.
 */
export function joinDatasets(datasets: readonly Dataset[], name: string): Dataset {
  const [first] = datasets;
  if (datasets.length === 1) return first;
  const names = datasets.flatMap((dataset) => partsOf(dataset).names);
  if (names.length > MOST_PARTS) {
    throw new UsageError(`${name} joins ${names.length} data sets, and ${MOST_PARTS} are possible.`);
  }
  const most = datasets.reduce((one, other) =>
    other.classNames.length > one.classNames.length ? other : one,
  );
  for (const { name: other, shape, classNames } of datasets) {
    if (shape.join() !== first.shape.join()) {
      throw new UsageError(
        `The pictures of ${first.name} are ${first.shape.join('×')} and those of ${other} are ${shape.join('×')}; only sets with pictures of one size can be joined.`,
      );
    }
    if (!holdsClasses(most.classNames, classNames)) {
      throw new UsageError(
        `The classes of ${most.name} and ${other} differ; only sets with the same can be joined.`,
      );
    }
  }
  const total = datasets.reduce((sum, { labels }) => sum + labels.length, 0);
  const images = new Uint8Array(datasets.reduce((sum, part) => sum + part.images.length, 0));
  const labels = new Uint8Array(total);
  const of = new Uint8Array(total);
  let at = 0;
  let byte = 0;
  let part = 0;
  for (const dataset of datasets) {
    const own = partsOf(dataset);
    images.set(dataset.images, byte);
    labels.set(dataset.labels, at);
    for (let i = 0; i < dataset.labels.length; i++) of[at + i] = part + (own.of ? own.of[i] : 0);
    at += dataset.labels.length;
    byte += dataset.images.length;
    part += own.names.length;
  }
  return { ...first, name, classNames: most.classNames, images, labels, parts: { names, of } };
}

/** What one part of a joined data set, or a data set that was never joined, consists of. */
export interface PartReport {
  name: string;
  examples: number;
  /** How many pictures of each class. */
  classes: number[];
  /** Pictures whose ink was there before, in this part or in one before it, in the same place or shifted. */
  repeated: number;
}

/** Tells what a data set consists of, part by part. */
export function partReports(dataset: Dataset): PartReport[] {
  const { names } = partsOf(dataset);
  const classes = dataset.classNames.length;
  const examples = countByPart(dataset, () => true);
  const repeats = findRepeats(dataset);
  const repeated = countByPart(dataset, (position) => repeats[position] === 1);
  const counts = Array.from({ length: classes }, (_, label) =>
    countByPart(dataset, (position) => dataset.labels[position] === label),
  );
  return names.map((name, part) => ({
    name,
    examples: examples[part],
    classes: counts.map((ofClass) => ofClass[part]),
    repeated: repeated[part],
  }));
}

/** The largest class over the smallest: 1 is balanced, and Infinity where a class has no pictures. */
export function imbalanceRatio(classes: readonly number[]): number {
  return Math.max(...classes) / Math.min(...classes);
}

export interface Guarded {
  /** The pictures that are not among those held back. */
  dataset: Dataset;
  /** How many were dropped of each part. */
  dropped: number[];
}

/**
 * The leakage guard: leaves out pictures that are also in `held`, exactly, shifted, turned or nearly (see `leakage.ts`),
 * or made anew from the same source (see `resampled.ts`). Parts that are `distinct`, by name, are known to be of other
 * digits than the held ones: a likeness there is chance, and only copies are looked for.
 */
export function dropCopies(dataset: Dataset, held: Dataset, distinct: readonly string[] = []): Guarded {
  const copies = findCopies(dataset, held);
  const { names, of } = partsOf(dataset);
  const isDistinct = names.map((name) => distinct.includes(name));
  const resampled = findResampled(dataset, held);
  for (let i = 0; i < copies.length; i++) if (!isDistinct[of ? of[i] : 0]) copies[i] |= resampled[i];
  const dropped = countByPart(dataset, (position) => copies[position] === 1);
  if (dropped.every((count) => count === 0)) return { dataset, dropped };
  const kept = Uint32Array.from(copies.keys()).filter((position) => copies[position] === 0);
  return { dataset: subset(dataset, kept, dataset.name), dropped };
}

function partsOf({ name, parts }: Dataset): { names: readonly string[]; of?: Uint8Array } {
  return parts ?? { names: [name] };
}

function countByPart(dataset: Dataset, counts: (position: number) => boolean): number[] {
  const { names, of } = partsOf(dataset);
  const totals = names.map(() => 0);
  for (let i = 0; i < dataset.labels.length; i++) if (counts(i)) totals[of ? of[i] : 0]++;
  return totals;
}
