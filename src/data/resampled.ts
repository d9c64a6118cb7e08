/**
 * The other half of the leakage guard: pictures that were made anew from the same source as held ones, as EMNIST's digits
 * and MNIST's both were from NIST's. No pixel of such a pair is the same, and one may be transposed, as EMNIST's files are.
 *
 * A picture counts as one of the held where their signatures (see `signatures.ts`) are near, and no other held picture is
 * nearly as near: twice as far at least. The second rule is that of Lowe, "Distinctive image features from
 * scale-invariant keypoints", 2004: where writing is much alike, as ones are, being near says little.
 *
 * Both numbers were chosen on MNIST's training pictures alone, 10,000 of which were held and processed as the paper on
 * EMNIST says (Cohen et al., 2017), with two guesses at NIST's scan. Of test pictures so made, 97 to 99.7 % are found; what
 * is missed are ones, mostly. Of other pictures, one in seven thousand is taken for one of 10,000 held, and fewer than
 * one in a thousand for one of 1,000, among which the second rule has less to go by. EMNIST's own files were not at hand.
 */
import { firstNotBelow } from './ascending.ts';
import type { Dataset } from './dataset.ts';
import { SIGNATURE_SIZE, type Signatures, signaturesOf, TRANSPOSED } from './signatures.ts';

/** Largest distance of signatures that may belong to one picture. */
const TOLERANCE = 0.1;
/** How much further away the next held picture must be. */
const CLEARANCE = 2;

/**
 * Says of each picture of `dataset` whether it was made anew from one of `held`, or that from it: 1 where it seems so.
 * Sets of pictures of different sizes are compared as well.
 */
export function findResampled(dataset: Dataset, held: Dataset): Uint8Array {
  const index = new SignatureIndex(signaturesOf(held));
  const { values, isPresent } = signaturesOf(dataset);
  const turned = new Float32Array(SIGNATURE_SIZE);
  return isPresent.map((present, position) => {
    if (present === 0) return 0;
    const own = values.subarray(position * SIGNATURE_SIZE, (position + 1) * SIGNATURE_SIZE);
    for (let i = 0; i < SIGNATURE_SIZE; i++) turned[TRANSPOSED[i]] = own[i];
    return index.hasOne(own) || index.hasOne(turned) ? 1 : 0;
  });
}

/** The first values of a signature, which stand together so that a search reads little memory. */
const HEAD = 8;

/**
 * Signatures arranged so that near ones are found quickly: values by how much they vary, the most varying first, and
 * signatures by that value. What is far in the first values is far in all, so that most pairs are done with after a few.
 */
class SignatureIndex {
  readonly #order: Uint8Array;
  /** First values in ascending order, and heads and whole signatures in the same, reordered. */
  readonly #firsts: Float32Array;
  readonly #heads: Float32Array;
  readonly #values: Float32Array;
  /** Of the one that is looked for. */
  readonly #own = new Float32Array(SIGNATURE_SIZE);

  constructor({ values, isPresent }: Signatures) {
    const positions = Uint32Array.from(isPresent.keys()).filter((position) => isPresent[position] === 1);
    this.#order = valuesByVariance(values);
    const [first] = this.#order;
    const firstOf = (position: number) => values[position * SIGNATURE_SIZE + first];
    positions.sort((one, other) => firstOf(one) - firstOf(other));
    this.#firsts = Float32Array.from(positions, firstOf);
    this.#heads = new Float32Array(positions.length * HEAD);
    this.#values = new Float32Array(positions.length * SIGNATURE_SIZE);
    for (let row = 0; row < positions.length; row++) {
      for (let i = 0; i < SIGNATURE_SIZE; i++) {
        const value = values[positions[row] * SIGNATURE_SIZE + this.#order[i]];
        this.#values[row * SIGNATURE_SIZE + i] = value;
        if (i < HEAD) this.#heads[row * HEAD + i] = value;
      }
    }
  }

  /** Whether one of the signatures is near, and all others are clearly further away. */
  hasOne(signature: Float32Array): boolean {
    for (let i = 0; i < SIGNATURE_SIZE; i++) this.#own[i] = signature[this.#order[i]];
    const nearest = this.#nearest(TOLERANCE ** 2, -1);
    if (!nearest) return false;
    return this.#nearest(nearest.squares * CLEARANCE ** 2, nearest.row) === undefined;
  }

  /** The nearest signature within a squared distance, but for one row. */
  #nearest(within: number, except: number): { row: number; squares: number } | undefined {
    const heads = this.#heads;
    const [a, b, c, d] = this.#own;
    const radius = Math.sqrt(within);
    const end = firstNotBelow(this.#firsts, a + radius);
    let least = within;
    let nearest = -1;
    for (let row = firstNotBelow(this.#firsts, a - radius); row < end; row++) {
      const at = row * HEAD;
      const p = a - heads[at];
      const q = b - heads[at + 1];
      const r = c - heads[at + 2];
      const s = d - heads[at + 3];
      if (p * p + q * q + r * r + s * s >= least || row === except) continue;
      const squares = this.#squares(row, least);
      if (squares >= least) continue;
      least = squares;
      nearest = row;
    }
    return nearest < 0 ? undefined : { row: nearest, squares: least };
  }

  /** The squared distance to a row; where it is not below `least`, something that is not either. */
  #squares(row: number, least: number): number {
    const own = this.#own;
    let squares = 0;
    for (let i = 0, at = row * HEAD; i < HEAD; i++, at++) squares += (own[i] - this.#heads[at]) ** 2;
    const start = row * SIGNATURE_SIZE;
    for (let i = HEAD; i < SIGNATURE_SIZE && squares < least; i++) {
      squares += (own[i] - this.#values[start + i]) ** 2;
    }
    return squares;
  }
}

function valuesByVariance(values: Float32Array): Uint8Array {
  const sums = new Float64Array(SIGNATURE_SIZE);
  const squares = new Float64Array(SIGNATURE_SIZE);
  values.forEach((value, at) => {
    sums[at % SIGNATURE_SIZE] += value;
    squares[at % SIGNATURE_SIZE] += value * value;
  });
  const count = values.length / SIGNATURE_SIZE;
  const variance = squares.map((square, i) => square - sums[i] ** 2 / count);
  return Uint8Array.from(variance.keys()).sort((one, other) => variance[other] - variance[one]);
}
