/**
 * What the picture would be without ink: paper, its light and shadow, and whether ink is darker or lighter than it.
 *
 * Ink is narrow and paper is wide. Filling in all that is darker than its surroundings and narrower than a window (a
 * closing: the largest value around each pixel, then the smallest) leaves the paper with its shadows, and the table
 * the paper lies on. It is done on averaged cells, since light changes slowly; the ink is looked for in full detail.
 */
import {
  averageCells,
  clamp,
  createPlane,
  largestAround,
  meanAround,
  type Plane,
  SmoothCells,
  smallestAround,
} from './plane.ts';

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
  const mean = surface.data.reduce((sum, value) => sum + value, 0) / surface.data.length;
  if (isLight && !(mean > 1)) return { plane, coarse };
  const { width, height, data } = plane;
  const smooth = new SmoothCells(surface, coarse.cell);
  const row = new Float32Array(width);
  const result = createPlane(width, height);
  for (let y = 0; y < height; y++) {
    smooth.writeRow(y, row);
    for (let x = 0, i = y * width; x < width; x++, i++) {
      const light = clamp(row[x], DIMMEST * mean, BRIGHTEST * mean);
      result.data[i] = isLight ? (data[i] * mean) / light : data[i] - light + mean;
    }
  }
  return { plane: result, coarse: coarsen(result) };
}

/** Light is evened out between these shares of the mean: what is darker is no paper. */
const DIMMEST = 0.4;
const BRIGHTEST = 2;
const FITTING_ROUNDS = 5;

/** Six terms in x and y; undefined where cells are too few. */
function fitSurface({ width, height, data }: Plane): Plane | undefined {
  if (width < 8 || height < 8) return undefined;
  const termsAt = (column: number, row: number) => {
    const x = (2 * column) / (width - 1) - 1;
    const y = (2 * row) / (height - 1) - 1;
    return [1, x, y, x * x, x * y, y * y];
  };
  let surface = createPlane(width, height);
  surface.data.fill(data.slice().sort()[data.length >> 1]);
  let spread = 64;
  const step = Math.max(1, Math.floor(Math.sqrt(data.length / 4000)));
  for (let round = 0; round < FITTING_ROUNDS; round++) {
    const normal = Array.from({ length: 6 }, () => new Float64Array(7));
    for (let row = 0; row < height; row += step) {
      for (let column = 0; column < width; column += step) {
        const i = row * width + column;
        // Geman and McClure's weights: cells of ink have none.
        const off = (data[i] - surface.data[i]) / spread;
        const weight = 1 / (1 + off * off) ** 2;
        const terms = termsAt(column, row);
        for (let a = 0; a < 6; a++) {
          for (let b = 0; b < 6; b++) normal[a][b] += weight * terms[a] * terms[b];
          normal[a][6] += weight * terms[a] * data[i];
        }
      }
    }
    const factors = solve(normal);
    if (factors === undefined) return undefined;
    const next = createPlane(width, height);
    for (let row = 0, i = 0; row < height; row++) {
      for (let column = 0; column < width; column++, i++) {
        const terms = termsAt(column, row);
        for (let a = 0; a < 6; a++) next.data[i] += factors[a] * terms[a];
      }
    }
    surface = next;
    spread = Math.max(8, spread / 1.6);
  }
  return surface;
}

/** Gauss's elimination with the largest pivot, of rows with the right side in the last column. */
function solve(rows: Float64Array[]): Float64Array | undefined {
  const n = rows.length;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(rows[row][column]) > Math.abs(rows[pivot][column])) pivot = row;
    }
    if (!(Math.abs(rows[pivot][column]) > 1e-9)) return undefined;
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    for (let row = 0; row < n; row++) {
      if (row === column) continue;
      const factor = rows[row][column] / rows[column][column];
      for (let i = column; i <= n; i++) rows[row][i] -= factor * rows[column][i];
    }
  }
  return Float64Array.from(rows, (row, i) => row[n] / row[i]);
}

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
  const smooth = new SmoothCells(paper, cell);
  const brightest = paper.data.slice().sort()[Math.floor(0.95 * (paper.data.length - 1))];
  const { width, height, data } = plane;
  const ink = new Float32Array(data.length);
  const row = new Float32Array(width);
  for (let y = 0; y < height; y++) {
    smooth.writeRow(y, row);
    for (let x = 0, i = y * width; x < width; x++, i++) {
      const below = isDark ? row[x] - data[i] : data[i] - row[x];
      const full =
        isDark && isShareOfLight
          ? Math.sqrt(Math.max(DARKEST_PAPER, row[x]) * Math.max(DARKEST_PAPER, brightest))
          : 255;
      ink[i] = below > 0 ? below / full : 0;
    }
  }
  return { width, height, data: ink };
}
