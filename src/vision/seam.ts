/**
 * The cheapest way down through ink near a column, by dynamic programming, as in seam carving (Avidan and Shamir,
 * "Seam carving for content-aware image resizing", 2007).
 *
 * Two digits that touch do so in one place, above and below which there is paper. Going in and out of a 0 may cross less
 * ink than going along the place where two touch, but there is a hollow between. So a way goes through three parts:
 * above all ink, inside, and below all ink; and paper inside is not for nothing.
 */

/** Straying a pixel costs as much as crossing this much of a pixel of ink. */
const STRAY_COST = 0.06;
/** And a pixel of paper between strokes, this much. */
const HOLLOW_COST = 0.35;
/** More ink than this share of a pixel is inside. */
const MOST_OUTSIDE = 0.25;
const PARTS = 3;
const INSIDE = 1;

export interface Seam {
  /** For each row the column along whose left edge it runs. */
  path: Int32Array;
  /** Pixels of ink it crosses, and what its straying costs. */
  crossed: number;
  /** What it costs in all. */
  cost: number;
}

/** `ink` has rows × columns shares of ink; the way is within `stray` columns of `at`. */
export function cheapestSeam(
  ink: Float32Array,
  rows: number,
  columns: number,
  at: number,
  stray: number,
): Seam {
  const first = Math.max(1, at - stray);
  const last = Math.min(columns - 1, at + stray);
  const count = last - first + 1;
  /** Where each step came from: of three columns times three parts. */
  const origins = new Uint8Array(rows * PARTS * count);
  let costs = new Float32Array(PARTS * count).fill(Infinity);
  let next = new Float32Array(PARTS * count);
  for (let i = 0; i < count; i++) costs[i] = Math.abs(first + i - at) * STRAY_COST;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < count; i++) {
      const pixel = row * columns + first + i;
      // Half of the ink on either side of the path.
      const amount = (ink[pixel - 1] + ink[pixel]) / 2;
      const isBarred = amount > MOST_OUTSIDE;
      let origin = 0;
      let least = Infinity;
      // From the same part or the one before it; `least` is that of the part before.
      for (let part = 0, at = i; part < PARTS; part++, at += count) {
        const fromLeft = i > 0 ? costs[at - 1] + STRAY_COST : Infinity;
        if (fromLeft < least) {
          least = fromLeft;
          origin = PARTS * part;
        }
        if (costs[at] < least) {
          least = costs[at];
          origin = PARTS * part + 1;
        }
        const fromRight = i + 1 < count ? costs[at + 1] + STRAY_COST : Infinity;
        if (fromRight < least) {
          least = fromRight;
          origin = PARTS * part + 2;
        }
        if (part === INSIDE) next[at] = least + amount + HOLLOW_COST * Math.max(0, 1 - amount);
        else next[at] = isBarred ? Infinity : least + amount;
        origins[row * PARTS * count + at] = origin;
      }
    }
    [costs, next] = [next, costs];
  }
  let end = 0;
  for (let state = 1; state < costs.length; state++) if (costs[state] < costs[end]) end = state;
  const cost = costs[end];
  const path = new Int32Array(rows);
  let hollow = 0;
  for (let row = rows - 1, state = end; row >= 0; row--) {
    const i = state % count;
    path[row] = first + i;
    const pixel = row * columns + first + i;
    if (Math.floor(state / count) === INSIDE) {
      hollow += HOLLOW_COST * Math.max(0, 1 - (ink[pixel - 1] + ink[pixel]) / 2);
    }
    const origin = origins[row * PARTS * count + state];
    state = Math.floor(origin / PARTS) * count + i + (origin % PARTS) - 1;
  }
  return { path, cost, crossed: cost - hollow };
}
