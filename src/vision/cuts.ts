/**
 * Where a component could be cut into digits that touch: paths from its top to its bottom that cross little ink.
 *
 * For columns at regular steps, the cheapest path near the column is found by dynamic programming, as in seam carving
 * (Avidan and Shamir, "Seam carving for content-aware image resizing", 2007); those cheaper than their neighbours are
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
/** Straying a pixel costs as much as crossing this much of a pixel of ink. */
const STRAY_COST = 0.06;
/** Paths that cross more ink than this share of a digit's height are no gaps. */
const MOST_CROSSED = 0.42;
/** Pieces narrower than this share of a digit's height are no digits. */
const NARROWEST_PIECE = 0.13;
/** A piece has at least this share of a digit's ink. */
const SMALLEST_PIECE = 0.15;
/** Digits that touch, for each height of a digit that they are wide. */
const DIGITS_PER_HEIGHT = 1.2;
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
  const paths: { path: Int32Array; cost: number; at: number }[] = [];
  const step = Math.max(1, Math.floor(unit / 24));
  for (let at = narrowest; at <= columns - narrowest; at += step) {
    paths.push({ at, ...cheapestPath(ink, rows, columns, at, stray) });
  }
  const most = MOST_CROSSED * unit;
  const apart = Math.max(narrowest, Math.round(0.16 * unit));
  const chosen: typeof paths = [];
  const limit = Math.min(MOST_CUTS, 1 + Math.round((CUTS_PER_HEIGHT * columns) / unit));
  for (const path of paths.filter(({ cost }) => cost <= most).sort((a, b) => a.cost - b.cost)) {
    if (chosen.length === limit) break;
    if (chosen.every((other) => Math.abs(meanOf(other.path) - meanOf(path.path)) >= apart)) chosen.push(path);
  }
  chosen.sort((a, b) => meanOf(a.path) - meanOf(b.path));
  const kept = withoutCrumbs(chosen, ink, rows, columns, unit);
  const cuts = kept.map(({ path, cost }) => ({
    columns: Int32Array.from({ length: heightOf(component) }, (_, y) =>
      Math.round(path[Math.min(rows - 1, Math.floor(y / shrink))] * shrink),
    ),
    crossed: cost / unit,
    strokes: strokesOn(path, ink, columns),
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
  const total = ink.reduce((sum, value) => sum + value, 0);
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

/** Stretches of a path that run through ink. */
function strokesOn(path: Int32Array, ink: Float32Array, columns: number): number {
  let strokes = 0;
  let wasInk = false;
  path.forEach((column, row) => {
    const pixel = row * columns + column;
    const isInk = ink[pixel - 1] + ink[pixel] > 0.6;
    if (isInk && !wasInk) strokes++;
    wasInk = isInk;
  });
  return strokes;
}

function meanOf(path: Int32Array): number {
  return path.reduce((sum, column) => sum + column, 0) / path.length;
}

/** The path within `stray` columns of `at` that crosses the least ink. A path at c runs along the left edge of column c. */
function cheapestPath(ink: Float32Array, rows: number, columns: number, at: number, stray: number) {
  const first = Math.max(1, at - stray);
  const last = Math.min(columns - 1, at + stray);
  const count = last - first + 1;
  const moves = new Int8Array(rows * count);
  let costs = Float32Array.from({ length: count }, (_, i) => Math.abs(first + i - at) * STRAY_COST);
  for (let row = 0; row < rows; row++) {
    const next = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      let move = 0;
      let least = costs[i];
      if (i > 0 && costs[i - 1] + STRAY_COST < least) {
        least = costs[i - 1] + STRAY_COST;
        move = -1;
      }
      if (i + 1 < count && costs[i + 1] + STRAY_COST < least) {
        least = costs[i + 1] + STRAY_COST;
        move = 1;
      }
      moves[row * count + i] = move;
      // Half of the ink on either side of the path.
      const pixel = row * columns + first + i;
      next[i] = least + (ink[pixel - 1] + ink[pixel]) / 2;
    }
    costs = next;
  }
  let end = 0;
  for (let i = 1; i < count; i++) if (costs[i] < costs[end]) end = i;
  const cost = costs[end];
  const path = new Int32Array(rows);
  for (let row = rows - 1, i = end; row >= 0; row--) {
    path[row] = first + i;
    i += moves[row * count + i];
  }
  return { path, cost };
}
