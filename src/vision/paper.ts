/**
 * What the picture would be without ink: paper, its light and shadow, and whether ink is darker or lighter than it.
 *
 * Ink is narrow and paper is wide. Filling in all that is darker than its surroundings and narrower than a window (a
 * closing: the largest value around each pixel, then the smallest) leaves the paper with its shadows, and the table
 * the paper lies on. It is done on averaged cells, since light changes slowly; the ink is looked for in full detail.
 */
import { largestAround, meanAround, smallestAround } from './around.ts';
import { averageCells, SmoothCells } from './cells.ts';
import { clamp, createPlane, type Plane, valueAtRank } from './plane.ts';
import { fitSurface } from './surface.ts';

/** A plane averaged to some hundred cells on its shorter side, for what changes slowly. */
export interface Coarse {
  cells: Plane;
  /** Pixels of the plane to a cell's side. */
  cell: number;
}

const CELLS_ON_SHORTER_SIDE = 96;

/**
 * A plane without what the lens and the lamp do to it: a surface of the second degree is fitted to its cells, those far
 * from it counting less and less, and taken out. Towards the picture's edges, where paper can be looked for on one side
 * only, slopes would be taken for ink.
 */
export function evenlyLit(plane: Plane, isLight: boolean): { plane: Plane; coarse: Coarse } {
  const coarse = coarsen(plane);
  const surface = fitSurface(coarse.cells);
  if (surface === undefined) return { plane, coarse };
  let sum = 0;
  for (let i = 0; i < surface.data.length; i++) sum += surface.data[i];
  const mean = sum / surface.data.length;
  if (isLight && !(mean > 1)) return { plane, coarse };
  const { width, height, data } = plane;
  const smooth = new SmoothCells(surface, coarse.cell, width);
  const dimmest = DIMMEST * mean;
  const brightest = BRIGHTEST * mean;
  const result = createPlane(width, height);
  const even = result.data;
  for (let y = 0; y < height; y++) {
    const row = smooth.rowAt(y);
    for (let x = 0, i = y * width; x < width; x++, i++) {
      const light = clamp(row[x], dimmest, brightest);
      even[i] = isLight ? (data[i] * mean) / light : data[i] - light + mean;
    }
  }
  return { plane: result, coarse: coarsen(result) };
}

/** Light is evened out between these shares of the mean: what is darker is no paper. */
const DIMMEST = 0.4;
const BRIGHTEST = 2;

export function coarsen(plane: Plane): Coarse {
  const cell = Math.max(1, Math.round(Math.min(plane.width, plane.height) / CELLS_ON_SHORTER_SIDE));
  return { cells: averageCells(plane, cell), cell };
}

/**
 * How surely ink is darker than paper: 1 where every edge says so, -1 where every edge says that it is lighter.
 *
 * Around an edge of ink there is more paper than ink, so the mean brightness around lies on the paper's side of the
 * edge's own middle. The edge of a sheet on a table has as much of either around it, and has no say.
 */
export function inkIsDark({ cells }: Coarse): number {
  const reach = Math.max(2, Math.round(0.3 * Math.min(cells.width, cells.height)));
  const means = meanAround(cells, reach).data;
  const high = largestAround(cells, 1).data;
  const low = smallestAround(cells, 1).data;
  let votes = 0;
  let voters = 0;
  for (let i = 0; i < means.length; i++) {
    const contrast = high[i] - low[i];
    if (!(contrast > 0)) continue;
    const side = (means[i] - (high[i] + low[i]) / 2) / contrast;
    const weight = contrast * contrast;
    votes += weight * Math.max(-0.5, Math.min(0.5, side));
    voters += weight * Math.min(0.5, Math.abs(side));
  }
  return voters > 0 ? votes / voters : 0;
}

/** How the strength of ink follows from its brightness and that of the paper under it. */
export interface InkModel {
  isDark: boolean;
  /** Shadows multiply brightness, so that ink is a share of the paper's light. */
  isShareOfLight: boolean;
}

/** Paper darker than this is taken to be as bright, lest noise in the dark be blown up. */
const DARKEST_PAPER = 40;

/**
 * Strength of ink in each pixel: 0 for paper, about 1 for black on white. Ink may be as wide as the window, which
 * reaches `reach` cells to all sides. The second half of the closing reaches one cell further, so that the edge of a
 * sheet on a dark table is seen as table and not as a line of ink.
 *
 * In shadow ink is a share of less light, and on a dark table dirt is a share of less light still. Dividing by the
 * light would make both as strong as ink in the sun; dividing by the geometric mean of it and the brightest paper's
 * lifts what is in shadow half the way.
 */
export function inkOnPaper(plane: Plane, { cells, cell }: Coarse, reach: number, model: InkModel): Plane {
  const { isDark, isShareOfLight } = model;
  const paper = isDark
    ? smallestAround(largestAround(cells, reach), reach + 1)
    : largestAround(smallestAround(cells, reach), reach + 1);
  const brightest = valueAtRank(paper.data, Math.floor(0.95 * (paper.data.length - 1)));
  const { width, height, data } = plane;
  const smooth = new SmoothCells(paper, cell, width);
  const ink = new Float32Array(data.length);
  const isShare = isDark && isShareOfLight;
  const brightestLight = Math.max(DARKEST_PAPER, brightest);
  for (let y = 0; y < height; y++) {
    const row = smooth.rowAt(y);
    for (let x = 0, i = y * width; x < width; x++, i++) {
      const below = isDark ? row[x] - data[i] : data[i] - row[x];
      if (!(below > 0)) continue;
      const light = row[x] > DARKEST_PAPER ? row[x] : DARKEST_PAPER;
      ink[i] = below / (isShare ? Math.sqrt(light * brightestLight) : 255);
    }
  }
  return { width, height, data: ink };
}
