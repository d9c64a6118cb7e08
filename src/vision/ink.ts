/**
 * From brightness to ink: a plane that is 0 on paper and about 1 in the middle of a stroke, wherever light, shadow, a
 * hard pencil or a noisy camera would have it otherwise.
 */

import { largestAround, meanAround } from './around.ts';
import { largestOfCells, SmoothCells } from './cells.ts';
import { type Component, findComponents, type Labelled } from './components.ts';
import { noiseOf } from './edges.ts';
import { type Coarse, type InkModel, inkOnPaper } from './paper.ts';
import { clamp, createPlane, type Plane } from './plane.ts';
import { isStep, isSurroundings, leastArea } from './plausible.ts';
import { findRuling } from './ruling.ts';
import { FAINTEST_INK, FAINTEST_SHARE, INK_THRESHOLD, NOISE_DEVIATIONS } from './settings.ts';

export interface Ink {
  /** Share of the full strength of ink nearby: `INK_THRESHOLD` and more is ink. */
  plane: Plane;
  /** How wide strokes are, in pixels of the plane. */
  strokeWidth: number;
}

export interface LabelledInk extends Ink {
  labelled: Labelled;
}

/** Paper is looked for at most this share of the shorter side around a place, */
const WIDEST_REACH = 0.25;
/** and no further than this many times the width of wide strokes. */
const REACH_WIDTHS = 2;
/** What lies along this share of a side of the picture is no digit. */
const WHOLE_SIDE = 0.9;
/** What surrounds paper fades into it down to this share of ink's strength. */
const FAINTEST_SHADE = 0.1;

/** `wide` is what nearly all strokes are narrower than, in pixels. Undefined where nothing stands out from the paper. */
export function findInk(grey: Plane, coarse: Coarse, wide: number, model: InkModel): LabelledInk | undefined {
  const shorter = Math.min(coarse.cells.width, coarse.cells.height);
  const widest = Math.max(2, Math.round(WIDEST_REACH * shorter));
  const reach = wide > 0 ? Math.ceil((REACH_WIDTHS * wide) / coarse.cell) + 1 : widest;
  const strengths = inkOnPaper(grey, coarse, clamp(reach, 2, widest), model);
  const floor = Math.max(FAINTEST_INK, NOISE_DEVIATIONS * noiseOf(strengths));
  let ink = level(strengths, floor);
  // What is no writing is cleared, for writing may be fainter, and its strokes of another width.
  const ruling = ink && findRuling(ink.plane, ink.strokeWidth);
  if (ruling !== undefined) ink = level(cleared(strengths, ruling), floor) ?? ink;
  if (ink === undefined) return undefined;
  const labelled = findComponents(ink.plane);
  const surroundings = findSurroundings(ink, labelled);
  const rest = surroundings && level(cleared(strengths, surroundings), floor);
  const found = rest ? { ...rest, labelled: findComponents(rest.plane) } : { ...ink, labelled };
  return withoutSteps(found, grey, model);
}

/** Without the rims of sheets and shadows; with them where nothing else is left, for then they are what there is to read. */
function withoutSteps(ink: LabelledInk, grey: Plane, { isDark }: InkModel): LabelledInk {
  const { plane, strokeWidth, labelled } = ink;
  const { width, height, labels, components } = labelled;
  const least = leastArea(strokeWidth);
  const isRim = components.map(
    (component) => component.area >= least && isStep(component, grey, labelled, isDark),
  );
  if (!isRim.includes(true) || !isRim.includes(false)) return ink;
  const data = plane.data.slice();
  for (let i = 0; i < data.length; i++) if (labels[i] > 0 && isRim[labels[i] - 1]) data[i] = 0;
  const rest = { width, height, data };
  return { plane: rest, strokeWidth, labelled: findComponents(rest) };
}

/** From strengths to shares of full strength. Undefined where nothing is stronger than `floor`. */
function level(strengths: Plane, floor: number): Ink | undefined {
  const threshold = edgeThreshold(strengths, floor);
  if (threshold === undefined) return undefined;
  const strokeWidth = typicalWidth(strengths, threshold);
  return { plane: levelled(strengths, threshold, strokeWidth, floor), strokeWidth };
}

/** Clears pixels that are marked. */
function cleared(strengths: Plane, marks: Uint8Array): Plane {
  for (let i = 0; i < marks.length; i++) if (marks[i] !== 0) strengths.data[i] = 0;
  return strengths;
}

/** Marks what is at the edges of the picture; undefined where there is nothing. */
function findSurroundings({ plane, strokeWidth }: Ink, labelled: Labelled): Uint8Array | undefined {
  const { width, height, labels, components } = labelled;
  const isDropped = components.map(
    (component) =>
      component.contacts.some((contact) => contact > 0) &&
      isSurroundings(component, plane, labelled, strokeWidth),
  );
  if (!isDropped.includes(true)) return undefined;
  // Where all ink would be gone, it is what there is to read; unless it is a scanner's lid, beside which pencil is faint.
  const isAlongSide = ({ contacts: [left, top, right, bottom] }: Component) =>
    Math.max(left, right) >= WHOLE_SIDE * height || Math.max(top, bottom) >= WHOLE_SIDE * width;
  if (!isDropped.includes(false) && !components.every(isAlongSide)) return undefined;
  // With all the fainter shades that they fade into, or those would be the strongest ink there is left around.
  const marks = new Uint8Array(width * height);
  const queue: number[] = [];
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === 0 || !isDropped[labels[i] - 1]) continue;
    marks[i] = 1;
    queue.push(i);
  }
  const visit = (i: number) => {
    if (marks[i] !== 0 || labels[i] !== 0 || plane.data[i] < FAINTEST_SHADE) return;
    marks[i] = 1;
    queue.push(i);
  };
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const x = next % width;
    if (x > 0) visit(next - 1);
    if (x + 1 < width) visit(next + 1);
    if (next >= width) visit(next - width);
    if (next + width < marks.length) visit(next + width);
  }
  return marks;
}

/**
 * The strength at the middle of edges: the mean weighted by the square of the gradient (Kittler, Illingworth and
 * Föglein, "Threshold selection based on a simple image statistic", 1985). Undefined where there is no edge.
 */
function edgeThreshold({ width, height, data }: Plane, floor: number): number | undefined {
  let sum = 0;
  let weights = 0;
  const least = floor * floor;
  // Outside of the picture is paper.
  const paper = new Float32Array(width);
  for (let y = 0; y < height; y++) {
    const start = y * width;
    const row = data.subarray(start, start + width);
    const above = y > 0 ? data.subarray(start - width, start) : paper;
    const below = y + 1 < height ? data.subarray(start + width, start + 2 * width) : paper;
    for (let x = 0; x < width; x++) {
      const across = (x + 1 < width ? row[x + 1] : 0) - (x > 0 ? row[x - 1] : 0);
      const down = below[x] - above[x];
      const weight = across * across + down * down;
      if (weight < least) continue;
      sum += weight * row[x];
      weights += weight;
    }
  }
  if (!(weights > 0)) return undefined;
  return Math.max(floor, sum / weights);
}

/** A run of ink is a stroke's where, half its length outside of either end, less than this share of its strength is left. */
const FALLEN = 0.4;
const LONGEST_RUN = 4095;
/** Half of a stroke's ink is in runs across it and half in longer ones along it. */
const STROKE_QUANTILE = 0.35;

/**
 * Usual length of the runs of ink across strokes, each counted by its ink. Of the runs along rows and columns, strokes' are those that end in the picture and whose
 * ends are sharp for their length. Shadows are wider than their edges are sharp, and tables reach the picture's edge.
 */
function typicalWidth(strengths: Plane, threshold: number): number {
  const bins = new Uint32Array(LONGEST_RUN + 1);
  countRunsAcross(strengths, threshold, bins);
  countRunsDown(strengths, threshold, bins);
  let inkOfRuns = 0;
  for (let length = 1; length < bins.length; length++) inkOfRuns += length * bins[length];
  if (inkOfRuns === 0) return Math.max(1, Math.round(Math.min(strengths.width, strengths.height) / 8));
  let run = 0;
  let seen = 0;
  while (seen < STROKE_QUANTILE * inkOfRuns) seen += ++run * bins[run];
  return run;
}

/** Adds those along the rows to the numbers of runs of each length. */
function countRunsAcross({ width, data }: Plane, threshold: number, bins: Uint32Array): void {
  for (let start = 0; start < data.length; start += width) {
    const end = start + width;
    for (let i = start; i < end; i++) {
      let strongest = data[i];
      if (strongest < threshold) continue;
      const first = i;
      for (; i < end && data[i] >= threshold; i++) if (data[i] > strongest) strongest = data[i];
      const length = i - first;
      const outside = outsideOf(length);
      const before = first - outside;
      const after = i - 1 + outside;
      if (before < start || after >= end || length > LONGEST_RUN) continue;
      if (Math.max(data[before], data[after]) < FALLEN * strongest) bins[length]++;
    }
  }
}

/** The same along the columns: all at once, since pixels lie in memory row by row. */
function countRunsDown({ width, height, data }: Plane, threshold: number, bins: Uint32Array): void {
  const lengths = new Int32Array(width);
  const strongest = new Float32Array(width);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (data[i] >= threshold) {
        if (lengths[x] === 0 || data[i] > strongest[x]) strongest[x] = data[i];
        lengths[x]++;
        continue;
      }
      const length = lengths[x];
      if (length === 0) continue;
      lengths[x] = 0;
      const outside = outsideOf(length);
      const before = y - length - outside;
      const after = y - 1 + outside;
      if (before < 0 || after >= height || length > LONGEST_RUN) continue;
      const left = Math.max(data[before * width + x], data[after * width + x]);
      if (left < FALLEN * strongest[x]) bins[length]++;
    }
  }
}

/** How far from its ends a run of ink is looked at from outside, in pixels. */
function outsideOf(length: number): number {
  return 1 + Math.ceil(length / 2);
}

/** The strength that all but the darkest tenth of the ink stays below. */
function typicalStrength({ data }: Plane, threshold: number): number {
  const bins = new Uint32Array(1024);
  let count = 0;
  for (let i = 0; i < data.length; i++) {
    if (data[i] < threshold) continue;
    bins[Math.min(1023, (data[i] * 512) | 0)]++;
    count++;
  }
  let bin = 0;
  for (let seen = bins[0]; seen < 0.9 * count && bin < 1023; seen += bins[bin]) bin++;
  return (bin + 1) / 512;
}

/** Strengths as shares of the largest within about a digit's height, but never of less than would make noise ink. */
function levelled(strengths: Plane, threshold: number, strokeWidth: number, floor: number): Plane {
  const { width, height, data } = strengths;
  const cell = Math.max(2, Math.round(strokeWidth));
  const largest = largestAround(largestOfCells(strengths, cell), 5);
  const smooth = new SmoothCells(meanAround(largest, 2), cell, width);
  const typical = typicalStrength(strengths, threshold);
  const least = Math.max(floor, FAINTEST_SHARE * typical);
  const tile = TILE_STROKES * cell;
  const noise = new SmoothCells(noiseOfTiles(strengths, tile, 0.8 * threshold), tile, width);
  const shares = new Float32Array(data.length);
  for (let y = 0; y < height; y++) {
    const levels = smooth.rowAt(y);
    const noises = noise.rowAt(y);
    for (let x = 0, i = y * width; x < width; x++, i++) {
      if (data[i] === 0) continue;
      const faintest = (noises[x] > least ? noises[x] : least) / INK_THRESHOLD;
      const share = data[i] / (levels[x] > faintest ? levels[x] : faintest);
      shares[i] = share < 1 ? share : 1;
    }
  }
  return { width, height, data: shares };
}

/** Noise is measured in tiles as wide as this many strokes: larger than a digit, so that most of a tile is paper. */
const TILE_STROKES = 16;
const TILE_DEVIATIONS = 4;

/**
 * The strength below which a tile holds texture: a few deviations above its median. The deviation is that of the lower
 * half, which has no ink in it. No more than `most`, for tiles that are full of ink.
 */
function noiseOfTiles({ width, height, data }: Plane, tile: number, most: number): Plane {
  const result = createPlane(Math.ceil(width / tile), Math.ceil(height / tile));
  const bins = new Uint32Array(512);
  for (let row = 0; row < result.height; row++) {
    for (let column = 0; column < result.width; column++) {
      bins.fill(0);
      const bottom = Math.min(height, (row + 1) * tile);
      const right = Math.min(width, (column + 1) * tile);
      for (let y = row * tile; y < bottom; y++) {
        const end = y * width + right;
        for (let i = y * width + column * tile; i < end; i++) {
          const bin = (data[i] * 512) | 0;
          bins[bin < 511 ? bin : 511]++;
        }
      }
      const count = (bottom - row * tile) * (right - column * tile);
      const median = quantile(bins, 0.5 * count) / 512;
      const low = quantile(bins, 0.1 * count) / 512;
      const deviation = (median - low) / 1.28;
      result.data[row * result.width + column] = Math.min(most, median + TILE_DEVIATIONS * deviation);
    }
  }
  return result;
}

/** The first bin up to which there are `rank`. */
function quantile(bins: Uint32Array, rank: number): number {
  let bin = 0;
  for (let seen = bins[0]; seen < rank && bin < bins.length - 1; seen += bins[bin]) bin++;
  return bin;
}
