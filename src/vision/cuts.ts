/**
 * Where a component could be cut into digits that touch: paths from its top to its bottom that cross little ink.
 *
 * For columns at regular steps, the cheapest way down near the column is found; those cheaper than their neighbours are
 * offered. Whether to cut is decided by reading what the cuts leave.
 */
import { type Component, heightOf, type Labelled, widthOf } from './components.ts';

/** A path from the top of a component to its bottom. */
export interface Cut {
  /** For each row of the component, how many columns from its left belong to the left side. */
  columns: Int32Array;
  /** Pixels of ink it crosses, as a share of a digit's height. */
  crossed: number;
  /** How many strokes it crosses. */
  strokes: number;
}

/** Paths are looked for in a copy no higher than this. */
const HIGHEST_COPY = 48;
/** A path may stray this share of a digit's height to either side. */
const STRAY = 0.22;
/** Paths that cross more ink than this share of a digit's height are no gaps. */
const MOST_CROSSED = 0.42;
/** Pieces narrower than this share of a digit's height are no digits. */
const NARROWEST_PIECE = 0.13;
/** A piece has at least this share of a digit's ink. */
const SMALLEST_PIECE = 0.15;
/** Digits that touch, for each height of a digit that they are wide. */
const DIGITS_PER_HEIGHT = 1.2;
/** Paper between two strokes that is narrower than this share of a digit's height is none. */
const SLIVER = 0.1;
const MOST_CUTS = 24;
/** Cuts offered for each height of a digit that a component is wide, besides one. */
const CUTS_PER_HEIGHT = 3;

/** Cuts from left to right; no two cross. `height` is that of a digit. */
export function findCuts({ width, labels }: Labelled, component: Component, height: number): Cut[] {
  const shrink = Math.max(1, heightOf(component) / HIGHEST_COPY);
  const rows = Math.ceil(heightOf(component) / shrink);
  const columns = Math.ceil(widthOf(component) / shrink);
  const unit = height / shrink;
  const narrowest = Math.max(2, Math.round(NARROWEST_PIECE * unit));
  if (columns < 2 * narrowest) return [];
  const ink = new Float32Array(rows * columns);
  const full = 1 / (shrink * shrink);
  for (let y = component.top; y < component.bottom; y++) {
    const row = Math.floor((y - component.top) / shrink) * columns;
    for (let x = component.left; x < component.right; x++) {
      if (labels[y * width + x] !== component.label) continue;
      ink[row + Math.floor((x - component.left) / shrink)] += full;
    }
  }
  const stray = Math.max(1, Math.round(STRAY * unit));
  const seams: Seam[] = [];
  const step = Math.max(1, Math.floor(unit / 24));
  for (let at = narrowest; at <= columns - narrowest; at += step) {
    seams.push(cheapestSeam(ink, rows, columns, at, stray));
  }
  const most = MOST_CROSSED * unit;
  const apart = Math.max(narrowest, Math.round(0.16 * unit));
  const chosen: Seam[] = [];
  const limit = Math.min(MOST_CUTS, 1 + Math.round((CUTS_PER_HEIGHT * columns) / unit));
  for (const seam of seams.filter(({ crossed }) => crossed <= most).sort((a, b) => a.cost - b.cost)) {
    if (chosen.length === limit) break;
    if (chosen.every((other) => Math.abs(meanOf(other.path) - meanOf(seam.path)) >= apart)) chosen.push(seam);
  }
  chosen.sort((a, b) => meanOf(a.path) - meanOf(b.path));
  const kept = withoutCrumbs(chosen, ink, rows, columns, unit);
  const cuts = kept.map(({ path, crossed }) => ({
    columns: Int32Array.from({ length: heightOf(component) }, (_, y) =>
      Math.round(path[Math.min(rows - 1, Math.floor(y / shrink))] * shrink),
    ),
    crossed: crossed / unit,
    strokes: strokesOn(path, ink, columns, SLIVER * unit),
  }));
  for (let i = 1; i < cuts.length; i++) {
    const before = cuts[i - 1].columns;
    cuts[i].columns.forEach((column, y) => {
      cuts[i].columns[y] = Math.max(column, before[y]);
    });
  }
  return cuts;
}

/** Leaves out cuts that part off next to nothing. */
function withoutCrumbs<Cutting extends { path: Int32Array }>(
  cuttings: readonly Cutting[],
  ink: Float32Array,
  rows: number,
  columns: number,
  unit: number,
): Cutting[] {
  let total = 0;
  for (let i = 0; i < ink.length; i++) total += ink[i];
  const least = (SMALLEST_PIECE * total) / Math.max(1, (DIGITS_PER_HEIGHT * columns) / unit);
  const inkLeftOf = ({ path }: Cutting) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < path[row]; column++) sum += ink[row * columns + column];
    }
    return sum;
  };
  const kept: Cutting[] = [];
  let before = 0;
  for (const cutting of cuttings) {
    const left = inkLeftOf(cutting);
    if (left - before < least || total - left < least) continue;
    kept.push(cutting);
    before = left;
  }
  return kept;
}

/** Stretches of a path that run through ink, with more than a sliver of paper between them. */
function strokesOn(path: Int32Array, ink: Float32Array, columns: number, sliver: number): number {
  let strokes = 0;
  let paper = Infinity;
  path.forEach((column, row) => {
    const pixel = row * columns + column;
    const isInk = ink[pixel - 1] + ink[pixel] > 0.6;
    if (isInk && paper > sliver) strokes++;
    paper = isInk ? 0 : paper + 1;
  });
  return strokes;
}

function meanOf(path: Int32Array): number {
  let sum = 0;
  for (let row = 0; row < path.length; row++) sum += path[row];
  return sum / path.length;
}

/** Straying a pixel costs as much as crossing this much of a pixel of ink. */
const STRAY_COST = 0.06;
/** And a pixel of paper between strokes, this much. */
const HOLLOW_COST = 0.35;
/** More ink than this share of a pixel is inside. */
const MOST_OUTSIDE = 0.25;
const PARTS = 3;
const INSIDE = 1;

/** A way down. */
interface Seam {
  /** For each row the column along whose left edge it runs. */
  path: Int32Array;
  /** Pixels of ink it crosses, and what its straying costs. */
  crossed: number;
  /** What it costs in all. */
  cost: number;
}

/**
 * The cheapest way down through ink near a column, by dynamic programming, as in seam carving (Avidan and Shamir,
 * "Seam carving for content-aware image resizing", 2007). `ink` has rows × columns shares of ink; the way is within `stray`
 * columns of `at`.
 *
 * Two digits that touch do so in one place, above and below which there is paper. Going in and out of a 0 may cross less
 * ink than going along the place where two touch, but there is a hollow between. So a way goes through three parts:
 * above all ink, inside, and below all ink; and paper inside is not for nothing.
 */
function cheapestSeam(ink: Float32Array, rows: number, columns: number, at: number, stray: number): Seam {
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
      const hollow = HOLLOW_COST * (amount < 1 ? 1 - amount : 0);
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
        if (part === INSIDE) next[at] = least + amount + hollow;
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
