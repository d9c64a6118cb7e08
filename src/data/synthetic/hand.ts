/**
 * What a digit's skeleton is drawn with: a hand that aims, and misses a little.
 */
import type { RandomStream } from '../../../kernels/random/reference.ts';
import { arc, type Point } from './curve.ts';

/** Choices and points at random, for one digit. */
export class Hand {
  readonly #random: RandomStream;
  readonly #looseness: number;

  constructor(random: RandomStream, looseness: number) {
    this.#random = random;
    this.#looseness = looseness;
  }

  /** From `low` to `high`. */
  range(low: number, high: number): number {
    return this.#random.between(low, high);
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.#random.uniform() < probability;
  }

  /** A point near the one aimed at. */
  aim(x: number, y: number): Point {
    return [x + this.#looseness * this.#random.normal(), y + this.#looseness * this.#random.normal()];
  }

  /** Points near an arc; see `arc`. */
  sweep(centre: Point, radii: Point, from: number, to: number, count: number): Point[] {
    return arc(centre, radii, from, to, count).map(([x, y]) => this.aim(x, y));
  }
}
