/**
 * Batches: in which order examples come, and how their bytes become the network's input.
 */
import { Purpose, RandomStream } from '../../kernels/random/reference.ts';
import type { Normalisation } from '../model/network.ts';
import { type AugmentationSpec, augment } from './augmentation.ts';
import type { Dataset } from './dataset.ts';

/** All positions of `count` examples, shuffled as seed and epoch say. */
export function shuffledOrder(count: number, seed: number, epoch: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  new RandomStream(seed, Purpose.shuffle, epoch).shuffle(order);
  return order;
}

/** What each byte becomes under a normalisation. */
export function normalisationTable({ mean, deviation }: Normalisation): Float32Array {
  return Float32Array.from({ length: 256 }, (_, byte) => (byte / 255 - mean) / deviation);
}

/** Mean and standard deviation of all pixels of a set, from 0 to 1. A set without contrast has deviation 1. */
export function measureNormalisation({ images }: Dataset): Normalisation {
  const counts = new Float64Array(256);
  for (let i = 0; i < images.length; i++) counts[images[i]]++;
  let [sum, squares] = [0, 0];
  for (let byte = 0; byte < 256; byte++) {
    sum += counts[byte] * (byte / 255);
    squares += counts[byte] * (byte / 255) ** 2;
  }
  const mean = sum / images.length;
  const deviation = Math.sqrt(Math.max(0, squares / images.length - mean ** 2));
  return { mean, deviation: deviation > 0 ? deviation : 1 };
}

interface BatchTarget {
  input: { [index: number]: number };
  labels?: { [index: number]: number };
}

/** Writes examples into a network's input and labels, normalised and, in training, distorted. */
export class BatchWriter {
  readonly #dataset: Dataset;
  readonly #table: Float32Array;
  readonly #augmentation: Required<AugmentationSpec> | undefined;
  readonly #size: number;

  constructor(dataset: Dataset, normalisation: Normalisation, augmentation?: Required<AugmentationSpec>) {
    this.#dataset = dataset;
    this.#table = normalisationTable(normalisation);
    this.#augmentation = augmentation;
    this.#size = dataset.shape[0] * dataset.shape[1] * dataset.shape[2];
  }

  /** Writes the examples at `indices`, the first to the first place. Seed and epoch place random distortions. */
  write(target: BatchTarget, indices: ArrayLike<number>, seed = 0, epoch = 0): void {
    const { images, labels, shape } = this.#dataset;
    const table = this.#table;
    const size = this.#size;
    for (let slot = 0; slot < indices.length; slot++) {
      const example = indices[slot];
      const from = example * size;
      if (this.#augmentation) {
        const source = images.subarray(from, from + size);
        augment(source, target.input, slot * size, shape, table, this.#augmentation, {
          seed,
          epoch,
          example,
        });
      } else {
        const to = slot * size;
        for (let i = 0; i < size; i++) target.input[to + i] = table[images[from + i]];
      }
      if (target.labels) target.labels[slot] = labels[example];
    }
  }
}
