/**
 * What sharp edges tell before anything is known of paper and ink: going along rows and columns, how wide the dark is
 * between an edge down and an edge up, and how wide the light between up and down.
 *
 * Strokes are narrow and what lies between them is wide, so the widths tell ink from paper, and how far around a place one
 * has to look to see paper. Shadows have soft edges, and take no part.
 */
import { meanAround } from './around.ts';
import { type Plane, transposed } from './plane.ts';

export interface Widths {
  /** Half of the runs are no wider than this, in pixels; 0 where there are none. */
  median: number;
  /** Nearly all are no wider than this. */
  wide: number;
  /** Sum over all runs of their contrast over their width: large for many and narrow ones. */
  weight: number;
}

export interface EdgeRuns {
  dark: Widths;
  light: Widths;
}

/** An edge counts from this share of the strength of strong ones. */
const EDGE_SHARE = 0.35;
/** Two edges bound one run if neither is this much stronger than the other. */
const UNEQUAL = 3;
const WIDEST_RUN = 2047;
const WIDE_QUANTILE = 0.85;

/** Strong edges are at least this many deviations of the noise, or a plane is too noisy to see them. */
const CLEAR_DEVIATIONS = 8;
const MOST_SMOOTHING = 3;
const BEND_BINS = 4096;

/** A plane without the grain that a camera adds in poor light: averaged until strong edges stand out from it. */
export function withoutGrain(plane: Plane): Plane {
  const noise = noiseOf(plane);
  if (strongEdge(plane) >= CLEAR_DEVIATIONS * noise) return plane;
  for (let reach = 1; ; reach++) {
    const smooth = meanAround(plane, reach);
    // Averages over n pixels have a deviation of one over the root of n.
    const isClear = strongEdge(smooth) >= (CLEAR_DEVIATIONS * noise) / (2 * reach + 1);
    if (isClear || reach === MOST_SMOOTHING) return smooth;
  }
}

/** Deviation of the noise from the median of |4·pixel − neighbours|, which edges and strokes hardly move. */
export function noiseOf({ width, height, data }: Plane): number {
  const step = Math.max(1, Math.floor(Math.sqrt(data.length / 60_000)));
  const bends = new Float32Array(Math.ceil(width / step) * Math.ceil(height / step));
  let count = 0;
  let bent = 0;
  let largest = 0;
  for (let y = 1; y + 1 < height; y += step) {
    const end = (y + 1) * width - 1;
    for (let i = y * width + 1; i < end; i += step) {
      const bend = Math.abs(4 * data[i] - data[i - 1] - data[i + 1] - data[i - width] - data[i + width]);
      count++;
      if (bend === 0) continue;
      if (bend > largest) largest = bend;
      bends[bent++] = bend;
    }
  }
  // In a drawing most pixels are as flat as paper can be.
  if (2 * (count - bent) >= count) return 0;
  const bins = new Uint32Array(BEND_BINS + 1);
  for (let i = 0; i < bent; i++) bins[((bends[i] / largest) * BEND_BINS) | 0]++;
  bins[0] += count - bent;
  let bin = 0;
  for (let seen = bins[0]; 2 * seen < count; seen += bins[bin]) bin++;
  return ((bin / BEND_BINS) * largest) / Math.sqrt(20) / 0.6745;
}

export function edgeRuns(plane: Plane): EdgeRuns {
  const threshold = EDGE_SHARE * strongEdge(plane);
  const dark = new Float64Array(WIDEST_RUN + 1);
  const light = new Float64Array(WIDEST_RUN + 1);
  if (threshold > 0) {
    scanRows(plane, threshold, dark, light);
    scanRows(transposed(plane), threshold, dark, light);
  }
  return { dark: summary(dark), light: summary(light) };
}

/** Mean of the differences between pixels two apart, those of strong edges counting most. */
function strongEdge({ width, height, data }: Plane): number {
  let fourth = 0;
  let fifth = 0;
  for (let y = 0; y < height; y++) {
    const end = (y + 1) * width - 1;
    for (let i = y * width + 1; i < end; i++) {
      const edge = Math.abs(data[i + 1] - data[i - 1]);
      if (edge === 0) continue;
      const power = edge * edge * (edge * edge);
      fourth += power;
      fifth += power * edge;
    }
  }
  for (let i = width; i < data.length - width; i++) {
    const edge = Math.abs(data[i + width] - data[i - width]);
    if (edge === 0) continue;
    const power = edge * edge * (edge * edge);
    fourth += power;
    fifth += power * edge;
  }
  return fourth > 0 ? fifth / fourth : 0;
}

function scanRows(
  { width, height, data }: Plane,
  threshold: number,
  dark: Float64Array,
  light: Float64Array,
): void {
  for (let y = 0; y < height; y++) scanRow(data, y * width, width, threshold, dark, light);
}

function scanRow(
  data: Float32Array,
  start: number,
  count: number,
  threshold: number,
  dark: Float64Array,
  light: Float64Array,
): void {
  let before = 0;
  let beforeAt = -1;
  const last = start + count - 1;
  for (let at = start + 1; at < last; ) {
    let edge = data[at + 1] - data[at - 1];
    if (edge < threshold && -edge < threshold) {
      at++;
      continue;
    }
    // The steepest place of an edge that goes on for several pixels.
    const isUp = edge > 0;
    let steepest = at;
    for (at++; at < last; at++) {
      const next = data[at + 1] - data[at - 1];
      if (isUp ? next < threshold : next > -threshold) break;
      if (Math.abs(next) > Math.abs(edge)) {
        edge = next;
        steepest = at;
      }
    }
    if (beforeAt >= 0 && before > 0 !== isUp) {
      const weaker = Math.min(Math.abs(before), Math.abs(edge));
      const stronger = Math.max(Math.abs(before), Math.abs(edge));
      const wide = Math.min(WIDEST_RUN, steepest - beforeAt);
      if (stronger < UNEQUAL * weaker) (isUp ? dark : light)[wide] += weaker;
    }
    before = edge;
    beforeAt = steepest;
  }
}

function summary(widths: Float64Array): Widths {
  let total = 0;
  let weight = 0;
  for (let wide = 1; wide < widths.length; wide++) {
    total += widths[wide];
    weight += widths[wide] / wide;
  }
  const quantile = (share: number) => {
    let wide = 0;
    for (let seen = 0; seen < share * total && wide < widths.length - 1; ) seen += widths[++wide];
    return wide;
  };
  return total > 0
    ? { median: quantile(0.5), wide: quantile(WIDE_QUANTILE), weight }
    : { median: 0, wide: 0, weight };
}
