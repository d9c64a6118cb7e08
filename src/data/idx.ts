/**
 * IDX, the format that MNIST and its look-alikes come in.
 *
 * Big-endian: a magic number (two zero bytes, the element type, the number of dimensions), one 32-bit size for each
 * dimension, then the elements. Here the elements are unsigned bytes (type 8), in one dimension (labels) or three
 * (pictures: count, height, width).
 *
 * Source: Yann LeCun, "The MNIST database of handwritten digits", section "File formats".
 */

import { InklingError } from '../errors.ts';
import { type Dataset, DIGIT_NAMES } from './dataset.ts';

const LABELS_MAGIC = 0x00000801;
const IMAGES_MAGIC = 0x00000803;
/** No data set of this kind comes near; a header that claims more is damaged. */
const MAXIMUM_SIDE = 1024;

export interface IdxImages {
  count: number;
  height: number;
  width: number;
  /** A view of the parsed bytes: count × height × width, row by row. */
  pixels: Uint8Array;
}

/**
 * Parses pictures. Nothing is copied: the pixels are a view of `bytes`.
 *
 * @param name what errors call the file.
 * @throws InklingError, one sentence, when the bytes are not exactly a file of pictures.
 */
export function parseIdxImages(bytes: Uint8Array, name: string): IdxImages {
  const [count, height, width] = parseHeader(bytes, name, IMAGES_MAGIC, 'pictures');
  for (const [side, size] of [
    ['high', height],
    ['wide', width],
  ] as const) {
    if (size === 0 || size > MAXIMUM_SIDE) {
      throw damaged(
        name,
        `its header says the pictures are ${size} pixels ${side}, and 1 to ${MAXIMUM_SIDE} are possible`,
      );
    }
  }
  const pixels = body(
    bytes,
    name,
    16,
    count * height * width,
    `${count} pictures of ${height}×${width} pixels`,
  );
  return { count, height, width, pixels };
}

/**
 * Parses labels. Nothing is copied: the result is a view of `bytes`.
 *
 * @param name what errors call the file.
 * @param classes how many classes there are: every label must be below.
 * @throws InklingError, one sentence, when the bytes are not exactly a file of labels.
 */
export function parseIdxLabels(bytes: Uint8Array, name: string, classes: number): Uint8Array {
  const [count] = parseHeader(bytes, name, LABELS_MAGIC, 'labels');
  const labels = body(bytes, name, 8, count, `${count} labels`);
  const wrong = labels.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw damaged(
      name,
      `label number ${wrong + 1} is ${labels[wrong]}, and labels go from 0 to ${classes - 1}`,
    );
  }
  return labels;
}

/** Two files that belong together: where each lies (for errors) and what it holds, uncompressed. */
export interface IdxPair {
  images: { path: string; bytes: Uint8Array };
  labels: { path: string; bytes: Uint8Array };
}

/**
 * Puts pictures and labels together.
 *
 * @param name what a person calls the data set.
 * @throws InklingError when either is damaged or they do not belong together.
 */
export function datasetFromIdx(pair: IdxPair, name: string, classNames = DIGIT_NAMES): Dataset {
  const { count, height, width, pixels } = parseIdxImages(pair.images.bytes, pair.images.path);
  const labels = parseIdxLabels(pair.labels.bytes, pair.labels.path, classNames.length);
  if (labels.length !== count) {
    throw new InklingError(
      `${pair.images.path} holds ${count} pictures but ${pair.labels.path} holds ${labels.length} labels; ` +
        'take both files from the same place.',
    );
  }
  return { name, images: pixels, labels, shape: [height, width, 1], classNames };
}

/** Whether the bytes begin like a gzip file, whatever the file is called. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The error that says what is wrong with a file. */
export function damaged(name: string, problem: string, cause?: unknown): InklingError {
  return new InklingError(`${name} is not usable: ${problem}; get the file again.`, { cause });
}

/** Checks the magic number and returns the sizes that follow it; the first, the count, is not zero. */
function parseHeader(bytes: Uint8Array, name: string, magic: number, what: string): number[] {
  const dimensions = magic & 0xff;
  const length = 4 + 4 * dimensions;
  if (bytes.length < 4) throw damaged(name, `it has only ${bytes.length} bytes, too few for an IDX file`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = view.getUint32(0);
  if (found !== magic) {
    throw damaged(
      name,
      `it begins with ${hexadecimal(found)}, where an IDX file of ${what} has ${hexadecimal(magic)}`,
    );
  }
  if (bytes.length < length) {
    throw damaged(name, `it ends within its header, after ${bytes.length} of ${length} bytes`);
  }
  const sizes = Array.from({ length: dimensions }, (_, dimension) => view.getUint32(4 + 4 * dimension));
  if (sizes[0] === 0) throw damaged(name, `its header says it holds no ${what}`);
  return sizes;
}

/** The elements after the header, which must be exactly `length`. */
function body(bytes: Uint8Array, name: string, header: number, length: number, what: string): Uint8Array {
  const present = bytes.length - header;
  if (present < length) {
    throw damaged(name, `it is cut short, with ${present} of the ${length} bytes that ${what} take`);
  }
  if (present > length) {
    throw damaged(name, `${present - length} bytes follow after the ${length} that ${what} take`);
  }
  return new Uint8Array(bytes.buffer, bytes.byteOffset + header, length);
}

function hexadecimal(word: number): string {
  return `0x${word.toString(16).padStart(8, '0')}`;
}
