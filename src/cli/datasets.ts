/**
 * The data sets that `--dataset` names: MNIST, synthetic digits, or a folder with IDX files.
 *
 * The synthetic pictures are the same for everyone, as MNIST's are: a seed on the command line decides how a network
 * is trained, not on what.
 */
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { type Dataset, loadIdxDirectory, loadMnist, subset, syntheticDigits, UsageError } from '../index.ts';
import { nearest } from '../suggestion.ts';

export const DATASET_NAMES: readonly string[] = ['mnist', 'synthetic'];

const SYNTHETIC_TRAINING = { seed: 1, count: 12_000 };
/** Seeds of test sets lie far above those that anyone trains on. */
const SYNTHETIC_TEST = { seed: 2 ** 40, count: 2_000 };

export interface DataSource {
  /** `mnist`, `synthetic`, or the name of the folder. */
  name: string;
  /** The training pictures, or the first so many of them. */
  training(examples?: number): Dataset;
  /** The test pictures. Of synthetic ones there is another set for each seed. */
  test(seed?: number): Dataset;
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
  if (dataset === 'synthetic') return synthetic();
  const isMnist = dataset === 'mnist';
  const name = isMnist ? 'mnist' : basename(resolve(dataset));
  const { data: directory, onProgress } = options;
  const { train, test, digests } = isMnist
    ? await loadMnist({ directory, onProgress, fetchIfMissing: true })
    : await loadIdxDirectory(dataset, name);
  return {
    name,
    training: pickFrom(train),
    test: always(test),
    fingerprint: { dataset: name, ...digests },
  };
}

/** Functions made apart, so that who keeps only the test pictures does not keep the others in memory. */
const pickFrom = (all: Dataset) => (examples?: number) =>
  examples === undefined ? all : firstOf(all, examples);
const always = (dataset: Dataset) => () => dataset;

function synthetic(): DataSource {
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
    fingerprint: { dataset: 'synthetic', drawnWithSeed: String(seed) },
  };
}

function firstOf(dataset: Dataset, examples: number): Dataset {
  const total = dataset.labels.length;
  if (examples > total) {
    throw new UsageError(`--examples asks for ${examples} pictures, and ${dataset.name} has ${total}.`);
  }
  return subset(
    dataset,
    Array.from({ length: examples }, (_, position) => position),
    dataset.name,
  );
}

/** Makes sure that `--dataset` names something, before any work is done. */
export async function requireDataset(dataset = 'mnist'): Promise<void> {
  if (DATASET_NAMES.includes(dataset)) return;
  const status = await stat(dataset).catch(() => undefined);
  if (status?.isDirectory()) return;
  const meant = nearest(dataset, DATASET_NAMES);
  const way = meant
    ? `did you mean ${meant}?`
    : `--dataset takes ${DATASET_NAMES.join(', ')} or a folder with four IDX files.`;
  throw new UsageError(`There is no data set or folder "${dataset}"; ${way}`);
}
