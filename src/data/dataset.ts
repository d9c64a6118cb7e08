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
