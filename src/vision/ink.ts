/**
 * From brightness to ink: a plane that is 0 on paper and about 1 in the middle of a stroke, wherever light, shadow, a
 * hard pencil or a noisy camera would have it otherwise.
 */

import { coarsen, type InkModel, inkOnPaper } from './paper.ts';
import { clamp, largestAround, largestOfCells, meanAround, type Plane, SmoothCells } from './plane.ts';
import { FAINTEST_INK, FAINTEST_SHARE, INK_THRESHOLD, NOISE_DEVIATIONS } from './settings.ts';

export interface Ink {
  /** Share of the full strength of ink nearby: `INK_THRESHOLD` and more is ink. */
  plane: Plane;
  /** How wide strokes are, in pixels of the plane. */
  strokeWidth: number;
  /** Strength of the strongest strokes, as a share of the paper's brightness. */
  strength: number;
}

/** Ink may be as wide as these shares of the shorter side, both ways from its middle. */
const WIDEST_REACH = 0.22;
const NARROWEST_REACH = 0.05;

/** Undefined where nothing stands out from the paper. */
export function findInk(grey: Plane, model: InkModel): Ink | undefined {
  const coarse = coarsen(grey);
  const shorter = Math.min(coarse.cells.width, coarse.cells.height);
  const widest = Math.max(2, Math.round(WIDEST_REACH * shorter));
  let strengths = inkOnPaper(grey, coarse, widest, model);
  let floor = leastStrength(strengths);
  let threshold = edgeThreshold(strengths, floor);
  if (threshold === undefined) return undefined;
  let strokeWidth = typicalWidth(strengths, threshold);
  // Knowing how wide strokes are, a narrower window follows shadows more closely.
  const closer = Math.ceil(clamp((4 * strokeWidth) / coarse.cell, NARROWEST_REACH * shorter, widest));
  if (closer < 0.7 * widest) {
    strengths = inkOnPaper(grey, coarse, Math.max(2, closer), model);
    floor = leastStrength(strengths);
    threshold = edgeThreshold(strengths, floor);
    if (threshold === undefined) return undefined;
    strokeWidth = typicalWidth(strengths, threshold);
  }
  const strength = typicalStrength(strengths, threshold);
  floor = Math.max(floor, FAINTEST_SHARE * strength);
  return { plane: levelled(strengths, strokeWidth, floor), strokeWidth, strength };
}

/** The strength below which there is only noise. */
function leastStrength({ width, height, data }: Plane): number {
  // Deviation of the noise from the median of |4·pixel − neighbours|, which edges and strokes hardly move.
  const bins = new Uint32Array(1024);
  let count = 0;
  const step = Math.max(1, Math.floor(Math.sqrt(data.length / 200_000)));
  for (let y = 1; y + 1 < height; y += step) {
    for (let x = 1; x + 1 < width; x += step) {
      const i = y * width + x;
      const bend = Math.abs(4 * data[i] - data[i - 1] - data[i + 1] - data[i - width] - data[i + width]);
      bins[Math.min(1023, Math.floor(bend * 512))]++;
      count++;
    }
  }
  let bin = 0;
  for (let seen = bins[0]; 2 * seen < count && bin < 1023; seen += bins[bin]) bin++;
  const deviation = bin / 512 / Math.sqrt(20) / 0.6745;
  return Math.max(FAINTEST_INK, NOISE_DEVIATIONS * deviation);
}

/**
 * The strength at the middle of edges: the mean weighted by the square of the gradient (Kittler, Illingworth and
 * Föglein, "Threshold selection based on a simple image statistic", 1985). Undefined where there is no edge.
 */
function edgeThreshold({ width, height, data }: Plane, floor: number): number | undefined {
  let sum = 0;
  let weights = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const across = (x + 1 < width ? data[i + 1] : 0) - (x > 0 ? data[i - 1] : 0);
      const down = (y + 1 < height ? data[i + width] : 0) - (y > 0 ? data[i - width] : 0);
      const weight = across * across + down * down;
      if (weight < floor * floor) continue;
      sum += weight * data[i];
      weights += weight;
    }
  }
  if (!(weights > 0)) return undefined;
  return Math.max(floor, sum / weights);
}

/** Median, over the pixels of ink, of the shorter of the runs of ink through them, along rows and along columns. */
function typicalWidth({ width, height, data }: Plane, threshold: number): number {
  const longest = 4096;
  const runs = new Uint16Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; ) {
      if (data[y * width + x] < threshold) {
        x++;
        continue;
      }
      const start = x;
      while (x < width && data[y * width + x] >= threshold) x++;
      // What touches the edge of the picture may be the table.
      const isCut = (start === 0 || x === width) && width > 8;
      runs.fill(isCut ? longest : Math.min(longest, x - start), y * width + start, y * width + x);
    }
  }
  const bins = new Uint32Array(longest + 1);
  let count = 0;
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; ) {
      if (data[y * width + x] < threshold) {
        y++;
        continue;
      }
      const start = y;
      while (y < height && data[y * width + x] >= threshold) y++;
      const isCut = (start === 0 || y === height) && height > 8;
      const run = isCut ? longest : Math.min(longest, y - start);
      for (let inside = start; inside < y; inside++) {
        const shorter = Math.min(run, runs[inside * width + x]);
        if (shorter === longest) continue;
        bins[shorter]++;
        count++;
      }
    }
  }
  if (count === 0) return Math.min(width, height);
  let run = 0;
  for (let seen = 0; 2 * seen < count; seen += bins[run]) run++;
  return run;
}

/** The strength that all but the darkest tenth of the ink stays below. */
function typicalStrength({ data }: Plane, threshold: number): number {
  const bins = new Uint32Array(1024);
  let count = 0;
  for (const value of data) {
    if (value < threshold) continue;
    bins[Math.min(1023, Math.floor(value * 512))]++;
    count++;
  }
  let bin = 0;
  for (let seen = bins[0]; seen < 0.9 * count && bin < 1023; seen += bins[bin]) bin++;
  return (bin + 1) / 512;
}

/** Strengths as shares of the largest within about a digit's height, but never of less than would make `floor` ink. */
function levelled(strengths: Plane, strokeWidth: number, floor: number): Plane {
  const { width, height, data } = strengths;
  const cell = Math.max(2, Math.round(strokeWidth));
  const largest = largestAround(largestOfCells(strengths, cell), 5);
  const smooth = new SmoothCells(meanAround(largest, 2), cell);
  const least = floor / INK_THRESHOLD;
  const levels = new Float32Array(width);
  const shares = new Float32Array(data.length);
  for (let y = 0; y < height; y++) {
    smooth.writeRow(y, levels);
    for (let x = 0, i = y * width; x < width; x++, i++) {
      shares[i] = Math.min(1, data[i] / Math.max(least, levels[x]));
    }
  }
  return { width, height, data: shares };
}
