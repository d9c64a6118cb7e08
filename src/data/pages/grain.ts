/**
 * Random numbers for pixels: thousands for a page, so quick ones, and none that anyone counts.
 *
 * Source: Marsaglia, "Xorshift RNGs", 2003, the triple (13, 17, 5).
 */
import type { RandomStream } from '../../../kernels/random/reference.ts';

/** The sum of four bytes has mean 510 and, of independent ones, this deviation. */
const DEVIATION = Math.sqrt((4 * (256 * 256 - 1)) / 12);

export class Grain {
  #state: number;

  constructor(random: RandomStream) {
    this.#state = random.word() | 1;
  }

  #word(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state;
  }

  /** From 0 to 1. */
  uniform(): number {
    return (this.#word() >>> 0) / 2 ** 32;
  }

  /** About normal, of mean 0 and deviation 1, and never beyond 3.5. */
  normal(): number {
    const word = this.#word();
    const sum = (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24);
    return (sum - 510) / DEVIATION;
  }
}

/** A smooth random surface over a picture: values of mean 0 and deviation about 1, that change over `spacing` pixels. */
export function unevenness(width: number, height: number, spacing: number, grain: Grain): Float32Array {
  const columns = Math.ceil(width / spacing) + 2;
  const rows = Math.ceil(height / spacing) + 2;
  const lattice = Float32Array.from({ length: columns * rows }, () => 1.5 * grain.normal());
  const out = new Float32Array(width * height);
  const places = Float32Array.from({ length: width }, (_, x) => x / spacing);
  const shares = places.map((place) => eased(place - Math.floor(place)));
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / spacing);
    const down = eased(y / spacing - row);
    for (let x = 0; x < width; x++) {
      const across = shares[x];
      const at = row * columns + Math.floor(places[x]);
      const above = lattice[at] + across * (lattice[at + 1] - lattice[at]);
      const below = lattice[at + columns] + across * (lattice[at + columns + 1] - lattice[at + columns]);
      out[y * width + x] = above + down * (below - above);
    }
  }
  return out;
}

const eased = (share: number) => share * share * (3 - 2 * share);
