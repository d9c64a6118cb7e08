/**
 * Where a component could be cut into digits that touch: paths from its top to its bottom that cross little ink.
 *
 * For columns at regular steps, the cheapest way down near the column is found; those cheaper than their neighbours are
 * offered. Whether to cut is decided by reading what the cuts leave.
 */
import { type Component, heightOf, type Labelled, widthOf } from './components.ts';
import { cheapestSeam, type Seam } from './seam.ts';

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
