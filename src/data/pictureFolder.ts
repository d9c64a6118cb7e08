/**
 * Data sets in folders: pictures of one digit each, in a folder for each class, `DIR/0/*.png` to `DIR/9/*.png`.
 *
 * Where `DIR` has folders `train` and `test` (or `training` and `testing`) with such folders in them, they are the two
 * sets. Pictures of other sizes than 28×28, or dark on light, are brought to that form whole: nothing is
 * looked for in them. Hidden files, and files beside the folders, are nobody's pictures; anything else that is no
 * picture is an error, so that nothing is left out unnoticed.
 */
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { InklingError } from '../errors.ts';
import { DIGIT_SIZE, toDigit } from '../vision/centred.ts';
import { brightnessOf } from './brightness.ts';
import { type Dataset, DIGIT_NAMES } from './dataset.ts';
import { decodePicture, MOST_PICTURE_BYTES } from './decode.ts';
import { describeFileError, readFileBounded } from './files.ts';
import { PICTURE_EXTENSIONS, READABLE_FORMATS } from './pictureFormat.ts';

const MOST_PICTURES = 1_000_000;
/** So many are decoded side by side. */
const AT_ONCE = 16;
const TRAIN_FOLDER = /^train(?:ing)?$/i;
const TEST_FOLDER = /^test(?:ing)?$/i;

export interface PictureFolder {
  train: Dataset;
  /** Undefined where the folder has one set only. */
  test?: Dataset;
  /** SHA-256 of the names and the files, in their order. */
  sha256: string;
}

/** Whether a folder has folders for classes, directly or within `train`. */
export async function isPictureFolder(path: string): Promise<boolean> {
  const folders = await foldersIn(path);
  return folders.some((name) => DIGIT_NAMES.includes(name)) || splitFolders(folders) !== undefined;
}

/**
 * Reads a folder of pictures.
 *
 * @param name what a person calls the data set.
 * @throws InklingError that names the file or folder that is wrong.
 */
export async function loadPictureFolder(path: string, name: string): Promise<PictureFolder> {
  const hash = createHash('sha256');
  const folders = await foldersIn(path);
  const split = folders.some((folder) => DIGIT_NAMES.includes(folder)) ? undefined : splitFolders(folders);
  if (!split) {
    const train = await readClasses(path, name, hash);
    return { train, sha256: hash.digest('hex') };
  }
  const train = await readClasses(join(path, split.train), `${name}/train`, hash);
  const test = await readClasses(join(path, split.test), `${name}/test`, hash);
  return { train, test, sha256: hash.digest('hex') };
}

function splitFolders(folders: readonly string[]): { train: string; test: string } | undefined {
  const train = folders.find((name) => TRAIN_FOLDER.test(name));
  const test = folders.find((name) => TEST_FOLDER.test(name));
  return train && test ? { train, test } : undefined;
}

async function readClasses(
  path: string,
  name: string,
  hash: ReturnType<typeof createHash>,
): Promise<Dataset> {
  const files = await picturesIn(path);
  const size = DIGIT_SIZE * DIGIT_SIZE;
  const images = new Uint8Array(files.length * size);
  const labels = new Uint8Array(files.length);
  for (let first = 0; first < files.length; first += AT_ONCE) {
    const some = files.slice(first, first + AT_ONCE);
    const read = await Promise.all(
      some.map(({ label, file }) => readDigit(join(path, DIGIT_NAMES[label], file))),
    );
    for (const [slot, { bytes, digit }] of read.entries()) {
      const { label, file } = some[slot];
      hash.update(`${label}/${file}\0${bytes.length}\0`).update(bytes);
      images.set(digit, (first + slot) * size);
      labels[first + slot] = label;
    }
  }
  return { name, images, labels, shape: [DIGIT_SIZE, DIGIT_SIZE, 1], classNames: DIGIT_NAMES };
}

async function readDigit(file: string): Promise<{ bytes: Uint8Array; digit: Uint8Array }> {
  const bytes = await readFileBounded(file, MOST_PICTURE_BYTES);
  return { bytes, digit: toDigit(brightnessOf(await decodePicture(bytes, file)), file) };
}

/** The pictures of all classes, in the order of their names. */
async function picturesIn(path: string): Promise<{ label: number; file: string }[]> {
  const pictures: { label: number; file: string }[] = [];
  for (const folder of await foldersIn(path)) {
    const label = DIGIT_NAMES.indexOf(folder);
    if (label < 0) {
      throw new InklingError(
        `The folder ${join(path, folder)} is no class: pictures lie in folders called 0 to 9; rename or remove it.`,
      );
    }
    for (const entry of await entriesIn(join(path, folder))) {
      const file = join(path, folder, entry.name);
      if (entry.isDirectory()) {
        throw new InklingError(
          `${file} is a folder within a class; put its pictures directly into ${folder}/.`,
        );
      }
      if (!PICTURE_EXTENSIONS.includes(extname(entry.name).toLowerCase())) {
        throw new InklingError(
          `${file} is no picture by its name; make it a ${READABLE_FORMATS} file or remove it.`,
        );
      }
      pictures.push({ label, file: entry.name });
    }
    if (pictures.length > MOST_PICTURES) {
      throw new InklingError(
        `The folder ${path} holds more than the ${MOST_PICTURES} pictures that are read at most; take a part of it.`,
      );
    }
  }
  if (pictures.length === 0) {
    throw new InklingError(`The folder ${path} holds no pictures; put some into its folders 0 to 9.`);
  }
  return pictures;
}

async function foldersIn(path: string): Promise<string[]> {
  const folders: string[] = [];
  for (const entry of await entriesIn(path)) {
    // A link to a folder is as good as the folder.
    const kind = entry.isSymbolicLink() ? await stat(join(path, entry.name)).catch(() => entry) : entry;
    if (kind.isDirectory()) folders.push(entry.name);
  }
  return folders;
}

/** What lies in a folder and is not hidden, by name. */
async function entriesIn(path: string) {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .filter(({ name }) => !/^(?:\.|__MACOSX$|Thumbs\.db$)/i.test(name))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  } catch (error) {
    throw describeFileError(error, 'read', path);
  }
}
