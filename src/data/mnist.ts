/**
 * MNIST: where it is, getting it, and reading it.
 *
 * It is looked for in the folder a person names (`--data DIR`), else in `$INKLING_DATA`, else in this package's
 * `data/mnist/`, as four IDX files, gzipped or not. Only into `data/mnist/` is it ever downloaded unasked. Every
 * read checks the digests of the uncompressed bytes, since gzip headers differ from mirror to mirror.
 */

import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InklingError, UsageError } from '../errors.ts';
import type { Dataset } from './dataset.ts';
import { type DownloadTiming, download } from './fetch.ts';
import { describeFileError, fileErrorCode, readFileBounded } from './files.ts';
import { datasetFromIdx } from './idx.ts';
import { uncompress } from './uncompress.ts';

/** One of the four files, as everyone calls it. */
export type MnistFileName = (typeof MNIST_FILES)[number]['name'];

/** The four files: name, SHA-256 and size of the uncompressed bytes. */
export const MNIST_FILES = [
  {
    name: 'train-images-idx3-ubyte',
    sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    bytes: 47_040_016,
  },
  {
    name: 'train-labels-idx1-ubyte',
    sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
    bytes: 60_008,
  },
  {
    name: 't10k-images-idx3-ubyte',
    sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    bytes: 7_840_016,
  },
  {
    name: 't10k-labels-idx1-ubyte',
    sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
    bytes: 10_008,
  },
] as const;

/** Folders of public servers that hold the four files, each with `.gz`. `INKLING_MNIST_MIRROR` replaces them. */
const MNIST_MIRRORS: readonly string[] = [
  'https://ossci-datasets.s3.amazonaws.com/mnist/',
  'https://storage.googleapis.com/cvdf-datasets/mnist/',
];

const DEFAULT_DIRECTORY = resolve(import.meta.dirname, '../../data/mnist');

/** Files of look-alikes may be larger than MNIST's, but not by any amount. */
const MAXIMUM_CUSTOM_BYTES = 2 ** 30;

const WAYS_OUT =
  'name a folder that holds the four files with --data DIR or INKLING_DATA, ' +
  'or try again when this machine is online, or use --dataset synthetic';

export interface MnistProgress {
  /** Name of the file that is being downloaded. */
  file: string;
  receivedBytes: number;
  /** Undefined where the mirror does not say. */
  totalBytes: number | undefined;
}

export interface MnistPlace {
  /** What the person named with `--data`. */
  directory?: string;
  /** Environment variables; those of the process when left out. `INKLING_DATA` and `INKLING_MNIST_MIRROR` count. */
  environment?: Record<string, string | undefined>;
  /** Where MNIST is looked for, and downloaded to, when nobody names a place: the package's `data/mnist`. */
  defaultDirectory?: string;
}

export interface MnistFetching {
  onProgress?: (progress: MnistProgress) => void;
  signal?: AbortSignal;
  /** Addresses of folders that hold the four files; they win over `INKLING_MNIST_MIRROR`. */
  mirrors?: readonly string[];
  timing?: Partial<DownloadTiming>;
}

export interface MnistOptions extends MnistPlace, MnistFetching {
  /** Download what is missing, if nobody named a place. */
  fetchIfMissing?: boolean;
}

export interface Mnist {
  train: Dataset;
  test: Dataset;
  /** Where the files lie. */
  directory: string;
  /** SHA-256 of each file's uncompressed bytes. */
  digests: Record<MnistFileName, string>;
}

export interface MnistFileInfo {
  path: string;
  /** SHA-256 of the uncompressed bytes. */
  sha256: string;
  /** Size uncompressed. */
  bytes: number;
}

/**
 * Reads MNIST, and downloads it first where it is missing, nobody named a place, and `fetchIfMissing` says so.
 *
 * @throws InklingError that names the file that is missing, damaged or not MNIST's, and the ways out.
 */
export async function loadMnist(options: MnistOptions = {}): Promise<Mnist> {
  const place = placeOf(options);
  if (options.fetchIfMissing && place.named === undefined) await fetchMissing(place.directory, options);
  return readDirectory(place, 'mnist', true);
}

/**
 * Reads another data set from a folder that holds files with MNIST's four names, such as Fashion-MNIST. Any digests
 * do; pictures may have any size, labels go from 0 to the number of class names.
 *
 * @param name what a person calls the data set.
 * @throws InklingError that names the file that is missing or damaged.
 */
export function loadIdxDirectory(
  directory: string,
  name: string,
  classNames?: readonly string[],
): Promise<Mnist> {
  return readDirectory({ directory: resolve(directory), named: '--dataset' }, name, false, classNames);
}

/**
 * Downloads those of the four files that are missing, into the place a person named or else the default, and
 * checks all four.
 *
 * @throws InklingError that names the file and the ways out; the reason of `signal` when that is aborted.
 */
export async function fetchMnist(
  options: MnistPlace & MnistFetching = {},
): Promise<{ directory: string; files: MnistFileInfo[] }> {
  await fetchMissing(placeOf(options).directory, options);
  return mnistInfo(options);
}

/**
 * Says where MNIST's four files are, after checking them. Downloads nothing.
 *
 * @throws InklingError that names the file that is missing, damaged or not MNIST's, and the ways out.
 */
export async function mnistInfo(
  options: MnistPlace = {},
): Promise<{ directory: string; files: MnistFileInfo[] }> {
  const place = placeOf(options);
  const files: MnistFileInfo[] = [];
  for (const file of MNIST_FILES) {
    const { path, sha256, content } = await readVerified(place, file);
    files.push({ path, sha256, bytes: content.length });
  }
  return { directory: place.directory, files };
}

interface Place {
  directory: string;
  /** How a person named it, or undefined for the default place. */
  named: string | undefined;
}

function placeOf(options: MnistPlace): Place {
  if (options.directory === '') {
    throw new UsageError('--data is empty: name the folder that holds the four MNIST files.');
  }
  if (options.directory !== undefined) return { directory: resolve(options.directory), named: '--data' };
  const fromEnvironment = (options.environment ?? process.env).INKLING_DATA;
  if (fromEnvironment) return { directory: resolve(fromEnvironment), named: 'INKLING_DATA' };
  return { directory: options.defaultDirectory ?? DEFAULT_DIRECTORY, named: undefined };
}

async function readDirectory(
  place: Place,
  name: string,
  verify: boolean,
  classNames?: readonly string[],
): Promise<Mnist> {
  const read = verify ? readVerified : readAny;
  const digests: Partial<Record<MnistFileName, string>> = {};
  const parts: FileRead[] = [];
  for (const file of MNIST_FILES) {
    const part = await read(place, file);
    digests[file.name] = part.sha256;
    parts.push(part);
  }
  const [trainImages, trainLabels, testImages, testLabels] = parts.map(({ path, content }) => ({
    path,
    bytes: content,
  }));
  const train = datasetFromIdx({ images: trainImages, labels: trainLabels }, `${name}/train`, classNames);
  const test = datasetFromIdx({ images: testImages, labels: testLabels }, `${name}/test`, classNames);
  if (train.shape.join() !== test.shape.join()) {
    throw new InklingError(
      `The pictures of ${trainImages.path} and ${testImages.path} differ in size; take all files from one place.`,
    );
  }
  return { train, test, directory: place.directory, digests: digests as Record<MnistFileName, string> };
}

interface FileRead {
  path: string;
  sha256: string;
  /** The uncompressed bytes. */
  content: Uint8Array;
}

type MnistFile = (typeof MNIST_FILES)[number];

async function readVerified(place: Place, file: MnistFile): Promise<FileRead> {
  const read = await readOne(place, file, file.bytes);
  if (read.sha256 === file.sha256) return read;
  const way =
    place.named === undefined
      ? "delete it and run 'inkling data fetch'"
      : 'get the file again, or use --dataset DIR if this is another data set on purpose';
  throw new InklingError(`${read.path} is not MNIST's ${file.name}, its SHA-256 digest differs: ${way}.`);
}

function readAny(place: Place, file: MnistFile): Promise<FileRead> {
  return readOne(place, file, MAXIMUM_CUSTOM_BYTES);
}

async function readOne(place: Place, file: MnistFile, maximumBytes: number): Promise<FileRead> {
  const path = await find(place.directory, file.name);
  if (path === undefined) throw missing(place, file.name);
  // A gzipped file of incompressible bytes is a little larger than its content.
  const bytes = await readFileBounded(path, Math.ceil(maximumBytes * 1.01) + 65_536);
  const content = await uncompress(bytes, maximumBytes, path);
  return { path, content, sha256: createHash('sha256').update(content).digest('hex') };
}

/** The path of the file, gzipped or not, or undefined when there is neither. */
async function find(directory: string, name: string): Promise<string | undefined> {
  for (const path of [join(directory, name), join(directory, `${name}.gz`)]) {
    try {
      await access(path);
      return path;
    } catch (error) {
      if (fileErrorCode(error) !== 'ENOENT') throw describeFileError(error, 'read', path);
    }
  }
  return undefined;
}

function missing(place: Place, name: string): InklingError {
  const where = `${place.directory}${place.named ? `, named by ${place.named},` : ''}`;
  const lacks = `The folder ${where} has neither ${name} nor ${name}.gz`;
  switch (place.named) {
    case undefined:
      return new InklingError(`${lacks}: run 'inkling data fetch', or ${WAYS_OUT}.`);
    case '--dataset':
      return new InklingError(
        `${lacks}: name a folder that holds all four IDX files, or PNG pictures in folders 0 to 9.`,
      );
    default:
      return new InklingError(
        `${lacks}: name a folder that holds the four MNIST files, ` +
          `or run 'inkling data fetch --data ${place.directory}' to download them there.`,
      );
  }
}

async function fetchMissing(directory: string, options: MnistPlace & MnistFetching): Promise<void> {
  const mirrors = mirrorsOf(options);
  for (const file of MNIST_FILES) {
    if ((await find(directory, file.name)) !== undefined) continue;
    const packed = `${file.name}.gz`;
    await download({
      urls: mirrors.map((mirror) => `${mirror}${packed}`),
      path: join(directory, packed),
      sha256: file.sha256,
      uncompressedBytes: file.bytes,
      advice: WAYS_OUT,
      onProgress: (receivedBytes, totalBytes) =>
        options.onProgress?.({ file: packed, receivedBytes, totalBytes }),
      signal: options.signal,
      timing: options.timing,
    });
  }
}

/** Addresses of the folders to download from, each with its slash at the end. */
function mirrorsOf(options: MnistPlace & MnistFetching): string[] {
  const fromEnvironment = (options.environment ?? process.env).INKLING_MNIST_MIRROR;
  const mirrors = options.mirrors ?? (fromEnvironment ? [fromEnvironment] : MNIST_MIRRORS);
  return mirrors.map((mirror) => {
    if (!/^https?:\/\//i.test(mirror) || !URL.canParse(mirror)) {
      throw new UsageError(
        `The mirror ${mirror} is not a web address: set INKLING_MNIST_MIRROR to one such as https://example.org/mnist/.`,
      );
    }
    return mirror.endsWith('/') ? mirror : `${mirror}/`;
  });
}
