/**
 * Batches: in which order examples come, and how their bytes become the network's input.
 */
import { Purpose, RandomStream } from '../../kernels/random/reference.ts';
import type { Normalisation } from '../model/network.ts';
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

/** Writes pictures into a network's input, normalised: for answers and scores. */
export class BatchWriter {
  readonly #dataset: Dataset;
  readonly #table: Float32Array;
  readonly #size: number;

  constructor(dataset: Dataset, normalisation: Normalisation) {
    this.#dataset = dataset;
    this.#table = normalisationTable(normalisation);
    this.#size = dataset.shape[0] * dataset.shape[1] * dataset.shape[2];
  }

  /** Writes the pictures at `indices`, the first to the first place. */
  write(input: { [index: number]: number }, indices: ArrayLike<number>): void {
    const { images } = this.#dataset;
    const table = this.#table;
    const size = this.#size;
    for (let slot = 0; slot < indices.length; slot++) {
      const from = indices[slot] * size;
      const to = slot * size;
      for (let i = 0; i < size; i++) input[to + i] = table[images[from + i]];
    }
  }
}
