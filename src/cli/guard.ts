/**
 * What a network is trained on, steered by and tested on, without a picture in two of them, and what to tell of it.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  type Dataset,
  defaultValidationCount,
  dropCopies,
  InklingError,
  imbalanceRatio,
  type Network,
  type PartReport,
  partReports,
  shuffledOrder,
  splitDataset,
  subset,
  UsageError,
} from '../index.ts';
import type { DataSource } from './datasets.ts';
import { count } from './format.ts';
import { withPages } from './pages.ts';
import { tableLines } from './table.ts';
import { harmless, paint } from './terminal.ts';

export interface PartOfTraining extends PartReport {
  /** Pictures that were dropped because the test set or the validation set has them. */
  inTest: number;
  /** Left out where there is no validation set. */
  inValidation?: number;
}

export interface DataReport {
  parts: PartOfTraining[];
  /** Pictures of each class, of all parts. */
  classes: number[];
  /** The largest class over the smallest; null where a class has no pictures. */
  imbalance: number | null;
}

export interface DividedData {
  training: Dataset;
  validation?: Dataset;
  /** Training pictures before any were dropped or held out, without pages. */
  examples: number;
  /** How many of them were held out. */
  held: number;
  /** Left out where the data set is one that is known to be clean. */
  report?: DataReport;
}

export interface Division {
  /** How many training pictures are used; all unless told. */
  examples?: number;
  /** How many of them are held out; MNIST's share unless told. */
  validation?: number;
  seed: number;
}

/**
 * Divides a data set, drops what would leak from the training pictures, and makes pages of what is left, and of what is
 * held out.
 */
export function divide(source: DataSource, division: Division): DividedData {
  const { training: digits, validation: held, examples, inTest, inValidation } = separate(source, division);
  const training = withPages(digits, source.pages, 'training');
  const validation = held && withPages(held, source.pages, 'validation');
  return {
    ...{ training, validation, examples, held: held?.labels.length ?? 0 },
    report: source.isClean && !source.pages ? undefined : reportOf(training, inTest, inValidation),
  };
}

interface Separated {
  training: Dataset;
  validation?: Dataset;
  examples: number;
  /** How many pictures of each part were dropped because the test set, or the validation set, has them. */
  inTest: number[];
  inValidation?: number[];
}

/** Takes apart what is trained on and what is held out; pages are still to be made of both. */
function separate(source: DataSource, { examples, validation, seed }: Division): Separated {
  const pool = source.training(examples);
  const total = pool.labels.length;
  const tested = source.isClean ? undefined : dropCopies(pool, source.test(), source.distinct);
  const usable = tested?.dataset ?? pool;
  if (usable.labels.length === 0) {
    throw new InklingError(
      `All ${total} training pictures of ${source.name} are also in its test set, so nothing is left to train on; join other pictures to it.`,
    );
  }
  const held = validation ?? defaultValidationCount(usable.labels.length);
  const split = held === 0 ? { train: usable } : splitDataset(usable, held, seed);
  const heldOut = 'validation' in split ? split.validation : undefined;
  const parts = { validation: heldOut, examples: total };
  if (!tested) {
    return { ...parts, training: split.train, inTest: [0], inValidation: heldOut && [0] };
  }
  const validated = heldOut && dropCopies(split.train, heldOut);
  const training = validated?.dataset ?? split.train;
  return { ...parts, training, inTest: tested.dropped, inValidation: validated?.dropped };
}

/** Tells what a data set consists of, and how many pictures were dropped from each part; none are of pages. */
export function reportOf(dataset: Dataset, inTest: number[], inValidation?: number[]): DataReport {
  const parts = partReports(dataset).map((part, i) => ({
    ...part,
    inTest: inTest[i] ?? 0,
    inValidation: inValidation && (inValidation[i] ?? 0),
  }));
  const classes = dataset.classNames.map((_, label) =>
    parts.reduce((sum, part) => sum + part.classes[label], 0),
  );
  const ratio = imbalanceRatio(classes);
  return { parts, classes, imbalance: Number.isFinite(ratio) ? ratio : null };
}

/** The report as lines of a table and a sentence. */
export function reportLines(
  { parts, classes, imbalance }: DataReport,
  { classNames }: Dataset,
  stream: NodeJS.WriteStream,
): string[] {
  const hasValidation = parts[0].inValidation !== undefined;
  const dropped = hasValidation ? ['in test', 'in validation'] : ['in test'];
  const titles = ['training', 'pictures', ...classNames.map(harmless), 'repeated', ...dropped];
  const head = titles.map((title) => paint('bold', title, stream));
  const rows = parts.map((part) => [
    harmless(part.name),
    ...[part.examples, ...part.classes, part.repeated, part.inTest, part.inValidation ?? []]
      .flat()
      .map(count),
  ]);
  const lines = tableLines([head, ...rows], ['left', ...titles.slice(1).map(() => 'right' as const)]);
  const largest = classNames[classes.indexOf(Math.max(...classes))];
  const smallest = classNames[classes.indexOf(Math.min(...classes))];
  lines.push(
    imbalance === null
      ? `There is no picture of class ${harmless(smallest)}.`
      : `The largest class (${harmless(largest)}) has ${imbalance.toFixed(2)} times the pictures of the smallest (${harmless(smallest)}).`,
  );
  return lines;
}

/**
 * What a network shall not forget: `count` training pictures by lot, and those to measure by, with pages where the data
 * set has them. Where its training tells what it held out, the same pictures are held out again.
 */
export function rehearsalOf(
  source: DataSource,
  network: Network,
  { count, seed }: { count: number; seed: number },
): { training: Dataset; validation: Dataset } {
  const {
    recipe,
    dataset,
    examples,
    validation: heldCount,
  } = network.provenance as Partial<Record<string, unknown>>;
  const own = {
    seed: Number((recipe as { seed?: number } | undefined)?.seed),
    examples: Number(examples),
    validation: Number(heldCount),
  };
  const isKnown = dataset === source.name && Object.values(own).every(Number.isSafeInteger);
  const { training, validation } = separate(source, isKnown ? own : { seed });
  if (!validation) {
    throw new UsageError(
      `${source.name} has no pictures to hold out, so nobody could tell what is forgotten; rehearse with more.`,
    );
  }
  const missing = network.classNames.length > training.classNames.length && !source.pages;
  if (missing) {
    throw new UsageError(
      `The model also tells "${network.classNames.at(-1)}" apart, of which ${source.name} has no pictures, so it would forget that; rehearse with --replay ${source.name}+pages.`,
    );
  }
  const some = shuffledOrder(training.labels.length, seed, 0).slice(0, count).sort();
  return {
    training: withPages(subset(training, some, training.name), source.pages, 'training'),
    validation: withPages(validation, source.pages, 'validation'),
  };
}

/** The pictures that all networks' trainings held out, which must be the same for each. */
export function heldOut(source: DataSource, networks: readonly Network[]): Dataset {
  const divisions = networks.map(({ provenance = {} }) => {
    const { recipe, dataset, examples, validation } = provenance as {
      recipe?: { seed?: number };
      [key: string]: unknown;
    };
    const division = {
      seed: Number(recipe?.seed),
      examples: Number(examples),
      validation: Number(validation),
    };
    if (dataset === source.name && Object.values(division).every(Number.isSafeInteger)) return division;
    throw new UsageError(
      `A model does not say that it was trained on ${source.name} and what was held out; leave out --held-out, or name its --dataset.`,
    );
  });
  const [first, ...others] = divisions;
  if (!others.every((other) => isDeepStrictEqual(other, first))) {
    throw new UsageError(
      'The models were trained with other pictures held out, so none were unseen by all; leave out --held-out.',
    );
  }
  const { validation } = separate(source, first);
  if (validation) return withPages(validation, source.pages, 'validation');
  throw new UsageError('Nothing was held out when the model was trained; leave out --held-out.');
}
