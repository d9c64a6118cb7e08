/** Drawing lots: everything in the evaluation set follows from a seed. The generator is sfc32, of PractRand. */
export class Lot {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, ...more: number[]) {
    [this.#a, this.#b, this.#c] = [seed | 0, (seed / 2 ** 32) | 0, 0x9e3779b9];
    for (const value of more) {
      this.#c ^= value | 0;
      for (let i = 0; i < 8; i++) this.#bits();
    }
    for (let i = 0; i < 16; i++) this.#bits();
  }

  #bits(): number {
    const result = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result >>> 0;
  }

  /** From `low` to `high`, evenly. */
  between(low: number, high: number): number {
    return low + (this.#bits() / 2 ** 32) * (high - low);
  }

  /** From `low` to `high`, each doubling equally likely. */
  scaleBetween(low: number, high: number): number {
    return Math.exp(this.between(Math.log(low), Math.log(high)));
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return Math.min(high, Math.floor(this.between(low, high + 1)));
  }

  isLucky(probability: number): boolean {
    return this.between(0, 1) < probability;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.whole(0, choices.length - 1)];
  }

  /** With mean 0 and standard deviation 1 (Box and Muller). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(this.between(2 ** -32, 1)));
    return radius * Math.cos(this.between(0, 2 * Math.PI));
  }

  /** Nearly normal and much cheaper, for each pixel: the sum of four even numbers, never beyond ±3.5. */
  roughNormal(): number {
    const bits = this.#bits();
    const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24);
    return (sum - 510) / 147.8;
  }
}
