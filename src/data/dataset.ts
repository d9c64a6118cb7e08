/**
 * A set of labelled pictures in memory.
 *
 * Pictures stay bytes until a batch is put together: 60,000 of MNIST's take 47 MB so, and 188 MB as floats.
 */
export interface Dataset {
  /** What a person calls it, such as `mnist/train`. */
  name: string;
  /** Pixels of all pictures, one after the other, row by row; 255 is ink, 0 is paper. */
  images: Uint8Array;
  /** Class of each picture. */
  labels: Uint8Array;
  /** Size of one picture: [height, width, channels]. */
  shape: readonly [number, number, number];
  classNames: readonly string[];
  /** Where the set was joined from several: which they were, and the position among them of each picture's. */
  parts?: { names: readonly string[]; of: Uint8Array };
}

export const DIGIT_NAMES: readonly string[] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** The eleventh class, of what a finder takes for a digit and is none. */
export const NOT_A_DIGIT = 'not a digit';

/** The classes of a network that can turn pictures away. */
export const READER_CLASSES: readonly string[] = [...DIGIT_NAMES, NOT_A_DIGIT];

/** Whether the first of some classes are all those of another set, so that its labels mean the same among them. */
export function holdsClasses(classNames: readonly string[], first: readonly string[]): boolean {
  return first.length <= classNames.length && first.every((name, i) => name === classNames[i]);
}

/** A data set as one with more classes, of which it has no pictures; `holdsClasses` must be true of them. */
export function withClasses(dataset: Dataset, classNames: readonly string[]): Dataset {
  return { ...dataset, classNames };
}

/** Some of a data set, by position; pixels are copied. */
export function subset(dataset: Dataset, indices: ArrayLike<number>, name: string): Dataset {
  const [height, width, channels] = dataset.shape;
  const size = height * width * channels;
  const images = new Uint8Array(indices.length * size);
  const labels = new Uint8Array(indices.length);
  const parts = dataset.parts && { ...dataset.parts, of: new Uint8Array(indices.length) };
  for (let i = 0; i < indices.length; i++) {
    const source = indices[i] * size;
    images.set(dataset.images.subarray(source, source + size), i * size);
    labels[i] = dataset.labels[indices[i]];
    if (parts) parts.of[i] = dataset.parts!.of[indices[i]];
  }
  return { ...dataset, name, images, labels, parts };
}
