/**
 * Random numbers by counting: Philox4x32-10.
 *
 * A generator without memory. It scrambles a counter of four 32-bit words with a key of two, in ten rounds of
 * multiplications, so that any number of the stream can be had by itself: worker 3 needs no numbers of worker 2,
 * training resumes at step 1,000 without drawing those of the first 999, and every backend draws the same.
 * Here the key is the seed, and the counter is (block, step, layer, purpose).
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011; the constants are
 * those of its reference implementation, Random123.
 */

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** Streams of one seed that must not share numbers. */
export const Purpose = {
  initialWeights: 0,
  shuffle: 1,
  augmentation: 2,
  dropout: 3,
  synthetic: 4,
  split: 5,
  elastic: 6,
  noise: 7,
  corruption: 8,
  pages: 9,
  study: 10,
  mixup: 11,
} as const;
export type Purpose = (typeof Purpose)[keyof typeof Purpose];

/** Upper 32 bits of the product of two unsigned 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carried = aLow * bHigh + (middle & 0xffff);
  // Neither sum exceeds 2^32 · 2, so doubles hold them exactly; the shifts below only see their low 32 bits.
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carried / 0x10000)) >>> 0;
}

/** Writes the four words of one block to `out[at…at+3]`. */
export function philox(
  out: Uint32Array,
  at: number,
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
): void {
  let c0 = counter0 >>> 0;
  let c1 = counter1 >>> 0;
  let c2 = counter2 >>> 0;
  let c3 = counter3 >>> 0;
  let k0 = key0 >>> 0;
  let k1 = key1 >>> 0;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0) >>> 0;
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  out[at] = c0;
  out[at + 1] = c1;
  out[at + 2] = c2;
  out[at + 3] = c3;
}

/** The two key words of a seed: any whole number from 0 to 2^53. */
export function keyOf(seed: number): [number, number] {
  return [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
}

/** Numbers one after the other from the stream (seed, purpose, step, layer). */
export class RandomStream {
  readonly #block = new Uint32Array(4);
  readonly #key: [number, number];
  readonly #step: number;
  readonly #layer: number;
  readonly #purpose: Purpose;
  #position = 0;

  constructor(seed: number, purpose: Purpose, step = 0, layer = 0) {
    this.#key = keyOf(seed);
    this.#step = step;
    this.#layer = layer;
    this.#purpose = purpose;
  }

  /** A whole number from 0 to 2^32 - 1. */
  word(): number {
    const lane = this.#position & 3;
    if (lane === 0) {
      const block = this.#position >>> 2;
      philox(this.#block, 0, block, this.#step, this.#layer, this.#purpose, ...this.#key);
    }
    this.#position++;
    return this.#block[lane];
  }

  /** From 0 (inclusive) to 1 (exclusive), a multiple of 2^-24, so that 32-bit floats hold it exactly. */
  uniform(): number {
    return (this.word() >>> 8) * 2 ** -24;
  }

  /** From `low` to `high`. */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** A whole number from 0 to `count` - 1, each equally likely (rejection, so that no remainder is favoured). */
  below(count: number): number {
    const limit = 2 ** 32 - (2 ** 32 % count);
    for (;;) {
      const word = this.word();
      if (word < limit) return word % count;
    }
  }

  /** Mean 0, deviation 1 (Box and Muller 1958, its cosine half). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Shuffles in place (Fisher and Yates, from the end). */
  shuffle(values: { length: number; [index: number]: number }): void {
    for (let last = values.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const value = values[last];
      values[last] = values[other];
      values[other] = value;
    }
  }
}

/** An integer threshold: a word whose upper 24 bits are at or above it is kept by dropout with this rate. */
export function dropoutThreshold(rate: number): number {
  return Math.round(rate * 2 ** 24);
}
