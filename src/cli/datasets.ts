/**
 * The data sets that `--dataset` names: MNIST, synthetic digits, a folder with IDX files or with pictures, a CSV file,
 * or several of these joined by `+`; and pages made of the digits of the others, or of MNIST's where there are no others.
 *
 * A joined set is tested on the test set of its first part that has one. CSV files and most folders of pictures have
 * none: where no part does, one picture in seven is set aside, always the same ones. The synthetic pictures are the same
 * for everyone, as MNIST's are: a seed on the command line decides how a network is trained, not on what.
 */
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import {
  type Dataset,
  isPictureFolder,
  joinDatasets,
  loadCsv,
  loadIdxDirectory,
  loadMnist,
  loadPictureFolder,
  splitDataset,
  subset,
  syntheticDigits,
  UsageError,
} from '../index.ts';
import { nearest } from '../suggestion.ts';
import { PAGES_FOR, type PagesPlace, withPages } from './pages.ts';

export const DATASET_NAMES: readonly string[] = ['mnist', 'synthetic', 'pages'];

/** Sets of which it is known that no training picture is a test picture. */
const CLEAN_NAMES: readonly string[] = ['mnist', 'synthetic'];

const SYNTHETIC_TRAINING = { seed: 1, count: 12_000 };
/** Seeds of test sets lie far above those that anyone trains on. */
const SYNTHETIC_TEST = { seed: 2 ** 40, count: 2_000 };
/** MNIST's proportion. */
const TEST_SHARE = 10_000 / 70_000;
const TEST_SEED = 0;

/** One of the sets that `--dataset` joins. */
interface Part {
  name: string;
  training(examples?: number): Dataset;
  test?(seed?: number): Dataset;
  fingerprint: Record<string, string>;
}

export interface DataSource {
  /** `mnist`, `synthetic`, `pages`, the name of a file or folder, or several of them joined by `+`. */
  name: string;
  /** Whether it is known that no training picture is a test picture. */
  isClean: boolean;
  /** Names of the parts that are known to be of other digits than the test pictures. */
  distinct: readonly string[];
  /** The training pictures, or the first so many of them; without pages, which are made of them in the end. */
  training(examples?: number): Dataset;
  /** Whether pages are made of the training pictures, and where they go. */
  pages?: PagesPlace;
  /** The test pictures. Of synthetic ones there is another set for each seed. */
  test(seed?: number): Dataset;
  /** All pictures, where the test pictures were only set aside from them. */
  all?: Dataset;
  /** What the pictures were, to the byte. */
  fingerprint: Record<string, string>;
}

export interface SourceOptions {
  dataset?: string;
  /** Folder with MNIST's files. */
  data?: string;
  onProgress?: NonNullable<Parameters<typeof loadMnist>[0]>['onProgress'];
}

/** Opens the data set a person named; MNIST is downloaded where it is missing. */
export async function openDataset({ dataset = 'mnist', ...options }: SourceOptions): Promise<DataSource> {
  const specs = await splitSpec(dataset);
  const others = specs.filter((spec) => spec !== 'pages');
  if (others.length === specs.length) return openParts(specs, options);
  const pages = others.length === 0 ? 'instead' : 'beside';
  const source = await openParts(others.length === 0 ? ['mnist'] : others, options);
  const name = pages === 'instead' ? 'pages' : `${source.name}+pages`;
  return {
    ...{ ...source, name, pages },
    fingerprint: { ...source.fingerprint, pagesDrawnWithSeed: String(PAGES_FOR.training), dataset: name },
    test:
      pages === 'beside'
        ? source.test
        : (seed) => ({ ...withPages(source.test(seed), pages, 'test'), name: 'pages/test' }),
  };
}

/** Opens all but pages. */
async function openParts(specs: readonly string[], options: SourceOptions): Promise<DataSource> {
  const parts: Part[] = [];
  for (const spec of specs) parts.push(await openPart(spec, options));
  const [first] = parts;
  const tested = parts.findIndex((part) => part.test);
  const test = parts[tested]?.test;
  const isClean = CLEAN_NAMES.includes(specs[tested]);
  const distinct = isClean ? [`${parts[tested].name}/train`] : [];
  const name = parts.map((part) => part.name).join('+');
  const fingerprint = {
    ...(parts.length === 1 ? first.fingerprint : joinedFingerprint(parts)),
    dataset: name,
  };
  if (parts.length === 1 && test) {
    return { name, isClean, distinct, training: first.training, test, fingerprint };
  }
  const all = joinDatasets(
    parts.map((part) => part.training()),
    name,
  );
  if (test) {
    return { name, isClean: false, distinct, training: (count) => firstOf(all, count), test, fingerprint };
  }
  let setAside: { training: Dataset; test: Dataset } | undefined;
  const split = () => {
    setAside ??= setTestAside(all);
    return setAside;
  };
  return {
    ...{ name, isClean: false, distinct, all, fingerprint },
    training: (count) => firstOf(split().training, count),
    test: () => split().test,
  };
}

/** MNIST's training set always has as many. */
const MNIST_TRAINING = 60_000;

/** How many training pictures, without pages, a data set has that need not be opened for that; undefined for others. */
export function knownCount(dataset = 'mnist'): number | undefined {
  if (dataset === 'mnist' || dataset === 'mnist+pages' || dataset === 'pages') return MNIST_TRAINING;
  if (dataset === 'synthetic' || dataset === 'synthetic+pages') return SYNTHETIC_TRAINING.count;
  return undefined;
}

function setTestAside(all: Dataset): { training: Dataset; test: Dataset } {
  const held = Math.max(1, Math.round(all.labels.length * TEST_SHARE));
  const { train, validation } = splitDataset(all, held, TEST_SEED);
  return { training: { ...train, name: all.name }, test: { ...validation, name: `${all.name}/test` } };
}

function joinedFingerprint(parts: readonly Part[]): Record<string, string> {
  return Object.fromEntries(
    parts.flatMap((part) =>
      Object.entries(part.fingerprint).map(([key, value]) => [`${part.name}/${key}`, value]),
    ),
  );
}

async function openPart(spec: string, { data: directory, onProgress }: SourceOptions): Promise<Part> {
  if (spec === 'synthetic') return synthetic();
  if (spec === 'mnist') {
    return idxPart('mnist', await loadMnist({ directory, onProgress, fetchIfMissing: true }));
  }
  const name = basename(resolve(spec));
  if (!(await stat(spec)).isDirectory()) {
    const { dataset, sha256 } = await loadCsv(spec, { name });
    return { name, training: (count) => firstOf(dataset, count), fingerprint: { pictures: sha256 } };
  }
  if (!(await isPictureFolder(spec))) return idxPart(name, await loadIdxDirectory(spec, name));
  const { train, test, sha256 } = await loadPictureFolder(spec, name);
  return {
    name,
    training: (count) => firstOf(train, count),
    test: test && (() => test),
    fingerprint: { pictures: sha256 },
  };
}

function idxPart(name: string, { train, test, digests }: Awaited<ReturnType<typeof loadMnist>>): Part {
  return { name, training: pickFrom(train), test: always(test), fingerprint: digests };
}

/** Functions made apart, so that who keeps only the test pictures does not keep the others in memory. */
const pickFrom = (all: Dataset) => (count?: number) => firstOf(all, count);
const always = (dataset: Dataset) => () => dataset;

function synthetic(): Part {
  const { seed, count } = SYNTHETIC_TRAINING;
  return {
    name: 'synthetic',
    training: (examples = count) => syntheticDigits({ count: examples, seed, name: 'synthetic/train' }),
    test: (index = 0) =>
      syntheticDigits({
        count: SYNTHETIC_TEST.count,
        seed: SYNTHETIC_TEST.seed + index,
        name: 'synthetic/test',
      }),
    fingerprint: { drawnWithSeed: String(seed) },
  };
}

function firstOf(dataset: Dataset, examples?: number): Dataset {
  const total = dataset.labels.length;
  if (examples === undefined) return dataset;
  if (examples > total) {
    throw new UsageError(`--examples asks for ${examples} pictures, and ${dataset.name} has ${total}.`);
  }
  return subset(
    dataset,
    Array.from({ length: examples }, (_, position) => position),
    dataset.name,
  );
}

/** What a data set is joined from. A path that exists is one part, even with a `+` in it. */
async function splitSpec(dataset: string): Promise<string[]> {
  if (DATASET_NAMES.includes(dataset) || (await stat(dataset).catch(() => undefined))) return [dataset];
  return dataset.split('+');
}

/** Makes sure that `--dataset` names something, before any work is done. */
export async function requireDataset(dataset = 'mnist'): Promise<void> {
  const parts = await splitSpec(dataset);
  for (const [i, part] of parts.entries()) {
    if (parts.indexOf(part) < i) {
      throw new UsageError(`--dataset ${dataset} names ${part} twice; name each data set once.`);
    }
    if (DATASET_NAMES.includes(part) || (await stat(part).catch(() => undefined))) continue;
    const meant = nearest(part, DATASET_NAMES);
    const way = meant
      ? `did you mean ${meant}?`
      : `--dataset takes ${DATASET_NAMES.join(', ')}, a CSV file, a folder of pictures or IDX files, or several joined by +.`;
    throw new UsageError(`There is no data set, file or folder "${part}"; ${way}`);
  }
}
