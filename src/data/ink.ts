/**
 * Where the ink of a picture lies, and numbers that tell pictures apart wherever they lie.
 *
 * Ink is looked at in the smallest box that holds all pixels darker than dust. The hash of the ink within a box is
 * Σ pixel(row, column) · R^(row − top) · C^(column − left) in 32 bits, twice with other odd bases, so that it does not
 * depend on where the box lies: a shifted picture has the hash of the original. It is a two-dimensional form of the
 * hash of Karp and Rabin ("Efficient randomized pattern-matching algorithms", 1987), and, as theirs, cheap for many
 * boxes: with summed-area tables of the products (Crow, "Summed-area tables for texture mapping", 1984) any box
 * of a picture takes four look-ups.
 */
import type { Dataset } from './dataset.ts';

/** Pixels up to this are dust or a rounding error, and do not widen the box. */
const DUST = 16;

/** Odd numbers without a pattern in their bits; the second is for the second hash. */
const ROW_BASES = [0x9e3779b1, 0x85ebca6b] as const;
const COLUMN_BASES = [0xc2b2ae35, 0x27d4eb2f] as const;

/** Rows top…bottom-1 and columns left…right-1 of a picture; empty where bottom is top. */
export interface Box {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

export function isEmpty({ top, bottom, left, right }: Box): boolean {
  return bottom <= top || right <= left;
}

/** The ink of one picture at a time. */
export class Ink {
  readonly count: number;
  readonly height: number;
  /** Colour channels count as columns of their own. */
  readonly width: number;
  readonly images: Uint8Array;
  /** Summed-area tables, with a row and a column of zeros in front: pixels with ink, their sum, and the two hashes. */
  readonly #dark: Int32Array;
  readonly #mass: Int32Array;
  readonly #hashes: readonly Hash[];

  constructor({ images, labels, shape }: Dataset) {
    this.images = images;
    this.count = labels.length;
    this.height = shape[0];
    this.width = shape[1] * shape[2];
    const size = (this.height + 1) * (this.width + 1);
    this.#dark = new Int32Array(size);
    this.#mass = new Int32Array(size);
    this.#hashes = ROW_BASES.map((base, i) => ({
      rows: powers(base, this.height),
      columns: powers(COLUMN_BASES[i], this.width),
      inverseRows: powers(inverse(base), this.height),
      inverseColumns: powers(inverse(COLUMN_BASES[i]), this.width),
      sums: new Int32Array(size),
    }));
  }

  /** Where the pixels of a picture begin. */
  start(position: number): number {
    return position * this.height * this.width;
  }

  /** Turns to the picture at a position and returns the smallest box of all its ink. */
  look(position: number): Box {
    const { images, height, width } = this;
    const dark = this.#dark;
    const mass = this.#mass;
    const [one, two] = this.#hashes;
    let pixel = this.start(position);
    for (let row = 0; row < height; row++) {
      const above = row * (width + 1) + 1;
      const here = above + width + 1;
      const [rowOne, rowTwo] = [one.rows[row], two.rows[row]];
      let [darkSum, massSum, oneSum, twoSum] = [0, 0, 0, 0];
      for (let column = 0; column < width; column++, pixel++) {
        const value = images[pixel];
        if (value > 0) {
          if (value > DUST) darkSum++;
          massSum += value;
          oneSum = (oneSum + Math.imul(value, Math.imul(rowOne, one.columns[column]))) | 0;
          twoSum = (twoSum + Math.imul(value, Math.imul(rowTwo, two.columns[column]))) | 0;
        }
        dark[here + column] = dark[above + column] + darkSum;
        mass[here + column] = mass[above + column] + massSum;
        one.sums[here + column] = one.sums[above + column] + oneSum;
        two.sums[here + column] = two.sums[above + column] + twoSum;
      }
    }
    const box = { top: 0, bottom: height, left: 0, right: width };
    this.trim(box);
    return box;
  }

  /** Makes a box as small as the ink within it. */
  trim(box: Box): void {
    while (box.top < box.bottom && this.#isClear(box.top, box.top + 1, box.left, box.right)) box.top++;
    while (box.top < box.bottom && this.#isClear(box.bottom - 1, box.bottom, box.left, box.right))
      box.bottom--;
    while (box.left < box.right && this.#isClear(box.top, box.bottom, box.left, box.left + 1)) box.left++;
    while (box.left < box.right && this.#isClear(box.top, box.bottom, box.right - 1, box.right)) box.right--;
  }

  #isClear(top: number, bottom: number, left: number, right: number): boolean {
    return this.#sum(this.#dark, top, bottom, left, right) === 0;
  }

  #sum(sums: Int32Array, top: number, bottom: number, left: number, right: number): number {
    const above = top * (this.width + 1);
    const below = bottom * (this.width + 1);
    return (sums[below + right] - sums[below + left] - sums[above + right] + sums[above + left]) | 0;
  }

  /** All the ink within a box. */
  mass({ top, bottom, left, right }: Box): number {
    return this.#sum(this.#mass, top, bottom, left, right);
  }

  /** A number of 53 bits for the ink within a box and the box's size. */
  hash(box: Box): number {
    const [one, two] = this.#hashes;
    return (this.#hashOf(two, box) & 0x1fffff) * 2 ** 32 + this.#hashOf(one, box);
  }

  #hashOf({ sums, inverseRows, inverseColumns }: Hash, { top, bottom, left, right }: Box): number {
    const sum = this.#sum(sums, top, bottom, left, right);
    const size = (bottom - top) * 1024 + (right - left);
    return mixed(Math.imul(Math.imul(sum, inverseRows[top]), inverseColumns[left]) + size);
  }
}

interface Hash {
  rows: Int32Array;
  columns: Int32Array;
  inverseRows: Int32Array;
  inverseColumns: Int32Array;
  sums: Int32Array;
}

function powers(base: number, count: number): Int32Array {
  const result = new Int32Array(count + 1).fill(1);
  for (let i = 1; i <= count; i++) result[i] = Math.imul(result[i - 1], base);
  return result;
}

/** The number that makes 1 of an odd one in 32 bits; each step of Newton's method doubles the bits that are right. */
function inverse(odd: number): number {
  let result = odd;
  for (let step = 0; step < 5; step++) result = Math.imul(result, 2 - Math.imul(odd, result));
  return result;
}

/** Spreads what the high bits know to the low ones: the last step of MurmurHash3. */
function mixed(value: number): number {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
