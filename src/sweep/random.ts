/**
 * Random numbers of a study: by counting, as everywhere in Inkling, so that trial 40 needs none of trial 39's and a
 * study that is taken up again draws what it would have drawn.
 */
import { Purpose, RandomStream } from '../../kernels/random/reference.ts';

export class StudyRandom {
  readonly #stream: RandomStream;

  /** @param dimension the number of the dimension that is drawn for, from 0. */
  constructor(seed: number, trial: number, dimension: number) {
    this.#stream = new RandomStream(seed, Purpose.study, trial, dimension);
  }

  /** From 0 (inclusive) to 1 (exclusive), with the 53 bits of a double. */
  uniform(): number {
    const high = this.#stream.word() >>> 5;
    const low = this.#stream.word() >>> 6;
    return (high * 2 ** 26 + low) * 2 ** -53;
  }

  /** A whole number from 0 to `count` - 1. */
  below(count: number): number {
    return this.#stream.below(count);
  }
}
