/** Planes in less detail: squares of pixels made to one cell each, and cells seen as a smooth plane again. */
import { clamp, createPlane, type Plane } from './plane.ts';

/** Averages cells of `cell` × `cell` pixels; those at the right and lower edges may be smaller. */
export function averageCells({ width, height, data }: Plane, cell: number): Plane {
  if (cell === 1) return { width, height, data };
  const result = createPlane(Math.ceil(width / cell), Math.ceil(height / cell));
  for (let row = 0; row < result.height; row++) {
    const bottom = Math.min(height, (row + 1) * cell);
    for (let column = 0; column < result.width; column++) {
      const right = Math.min(width, (column + 1) * cell);
      let sum = 0;
      for (let y = row * cell; y < bottom; y++) {
        for (let x = column * cell; x < right; x++) sum += data[y * width + x];
      }
      result.data[row * result.width + column] = sum / ((bottom - row * cell) * (right - column * cell));
    }
  }
  return result;
}

/** The largest value of each cell of `cell` × `cell` pixels. */
export function largestOfCells({ width, height, data }: Plane, cell: number): Plane {
  const result = createPlane(Math.ceil(width / cell), Math.ceil(height / cell));
  result.data.fill(-Infinity);
  for (let y = 0; y < height; y++) {
    let at = Math.floor(y / cell) * result.width;
    for (let left = 0; left < width; left += cell, at++) {
      const right = Math.min(width, left + cell);
      let largest = result.data[at];
      for (let i = y * width + left; i < y * width + right; i++) if (data[i] > largest) largest = data[i];
      result.data[at] = largest;
    }
  }
  return result;
}

/** A plane of cells seen as smooth: the value at pixel (x, y), interpolated between the middles of four cells. */
export class SmoothCells {
  readonly #cells: Plane;
  readonly #cell: number;
  /** For each column of pixels, the columns of cells to its left and right, and the share of the right one. */
  readonly #left: Int32Array;
  readonly #right: Int32Array;
  readonly #share: Float64Array;
  /** Two rows of cells, interpolated along the row, and which they are. */
  #upper: Float64Array;
  #lower: Float64Array;
  #rows: [upper: number, lower: number] = [-1, -1];
  readonly #row: Float32Array;

  /** `width` is that of the plane in pixels. */
  constructor(cells: Plane, cell: number, width: number) {
    this.#cells = cells;
    this.#cell = cell;
    this.#left = new Int32Array(width);
    this.#right = new Int32Array(width);
    this.#share = new Float64Array(width);
    this.#upper = new Float64Array(width);
    this.#lower = new Float64Array(width);
    this.#row = new Float32Array(width);
    for (let x = 0; x < width; x++) {
      const along = clamp((x + 0.5) / cell - 0.5, 0, cells.width - 1);
      this.#left[x] = Math.floor(along);
      this.#right[x] = Math.min(cells.width - 1, this.#left[x] + 1);
      this.#share[x] = along - this.#left[x];
    }
  }

  /** The pixels of row `y`; good until the next call. */
  rowAt(y: number): Float32Array {
    const { height } = this.#cells;
    const down = clamp((y + 0.5) / this.#cell - 0.5, 0, height - 1);
    const top = Math.floor(down);
    const below = Math.min(height - 1, top + 1);
    if (this.#rows[0] !== top || this.#rows[1] !== below) {
      if (this.#rows[1] === top) [this.#upper, this.#lower] = [this.#lower, this.#upper];
      else this.#interpolate(top, this.#upper);
      this.#interpolate(below, this.#lower);
      this.#rows = [top, below];
    }
    const share = down - top;
    const row = this.#row;
    const upper = this.#upper;
    const lower = this.#lower;
    const { length } = row;
    for (let x = 0; x < length; x++) row[x] = upper[x] + (lower[x] - upper[x]) * share;
    return row;
  }

  #interpolate(row: number, target: Float64Array): void {
    const { width, data } = this.#cells;
    const left = this.#left;
    const right = this.#right;
    const shares = this.#share;
    const start = row * width;
    for (let x = 0; x < target.length; x++) {
      target[x] = data[start + left[x]] * (1 - shares[x]) + data[start + right[x]] * shares[x];
    }
  }
}
