/**
 * One number for each pixel, and what is done to whole planes of them: averaging into cells, the largest or smallest
 * value around each pixel, and turning.
 */

/** height × width numbers, row by row. */
export interface Plane {
  width: number;
  height: number;
  data: Float32Array;
}

export function createPlane(width: number, height: number): Plane {
  return { width, height, data: new Float32Array(width * height) };
}

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
    const row = Math.floor(y / cell) * result.width;
    for (let x = 0; x < width; x++) {
      const at = row + Math.floor(x / cell);
      const value = data[y * width + x];
      if (value > result.data[at]) result.data[at] = value;
    }
  }
  return result;
}

/**
 * The largest value within `reach` pixels to all sides of each pixel, in a square; at an edge, of those that are there.
 * Two passes, each with the running maximum of van Herk ("A fast algorithm for local minimum and maximum filters on
 * rectangular and octagonal kernels", 1992), so that the reach does not matter for the time.
 */
export function largestAround(plane: Plane, reach: number): Plane {
  if (reach < 1) return { ...plane, data: plane.data.slice() };
  const { width, height } = plane;
  const result = createPlane(width, height);
  const line = new Float32Array(Math.max(width, height));
  const forward = new Float32Array(line.length + 4 * reach + 2);
  const backward = new Float32Array(forward.length);
  for (let y = 0; y < height; y++) {
    runningLargest(plane.data, y * width, 1, width, reach, result.data, forward, backward);
  }
  for (let x = 0; x < width; x++) {
    runningLargest(result.data, x, width, height, reach, result.data, forward, backward);
  }
  return result;
}

/** The smallest value around each pixel; see `largestAround`. */
export function smallestAround(plane: Plane, reach: number): Plane {
  const negative = { ...plane, data: plane.data.map((value) => -value) };
  const result = largestAround(negative, reach);
  for (let i = 0; i < result.data.length; i++) result.data[i] = -result.data[i];
  return result;
}

function runningLargest(
  source: Float32Array,
  start: number,
  step: number,
  count: number,
  reach: number,
  target: Float32Array,
  forward: Float32Array,
  backward: Float32Array,
): void {
  const span = 2 * reach + 1;
  const blocks = Math.ceil((count + 2 * reach) / span);
  const padded = blocks * span;
  if (padded > forward.length) throw new RangeError('The running maximum has too little room.');
  // Blocks of a span each: the largest so far from the block's start, and from its end.
  for (let block = 0; block < padded; block += span) {
    let largest = -Infinity;
    for (let i = block; i < block + span; i++) {
      const value = i >= reach && i < reach + count ? source[start + (i - reach) * step] : -Infinity;
      if (value > largest) largest = value;
      forward[i] = largest;
      backward[i] = value;
    }
    largest = -Infinity;
    for (let i = block + span - 1; i >= block; i--) {
      if (backward[i] > largest) largest = backward[i];
      backward[i] = largest;
    }
  }
  for (let i = 0; i < count; i++) {
    const before = backward[i];
    const after = forward[i + 2 * reach];
    target[start + i * step] = before > after ? before : after;
  }
}

/** The mean within `reach` pixels to all sides, in a square; at an edge, of those that are there. */
export function meanAround({ width, height, data }: Plane, reach: number): Plane {
  const sideways = createPlane(width, height);
  for (let y = 0; y < height; y++) runningMean(data, sideways.data, y * width, 1, width, reach);
  const result = createPlane(width, height);
  for (let x = 0; x < width; x++) runningMean(sideways.data, result.data, x, width, height, reach);
  return result;
}

function runningMean(
  source: Float32Array,
  target: Float32Array,
  start: number,
  step: number,
  count: number,
  reach: number,
): void {
  let sum = 0;
  let held = 0;
  for (let i = 0; i < Math.min(reach, count); i++) {
    sum += source[start + i * step];
    held++;
  }
  for (let i = 0; i < count; i++) {
    if (i + reach < count) {
      sum += source[start + (i + reach) * step];
      held++;
    }
    if (i - reach > 0) {
      sum -= source[start + (i - reach - 1) * step];
      held--;
    }
    target[start + i * step] = sum / held;
  }
}

/** A plane of cells seen as smooth: the value at pixel (x, y), interpolated between the middles of four cells. */
export class SmoothCells {
  readonly #cells: Plane;
  readonly #cell: number;

  constructor(cells: Plane, cell: number) {
    this.#cells = cells;
    this.#cell = cell;
  }

  /** Writes the values of pixels 0 to `row.length - 1` of row `y`. */
  writeRow(y: number, row: Float32Array): void {
    const { width, height, data } = this.#cells;
    const down = clamp((y + 0.5) / this.#cell - 0.5, 0, height - 1);
    const top = Math.min(height - 1, Math.floor(down));
    const below = Math.min(height - 1, top + 1);
    const lower = down - top;
    for (let x = 0; x < row.length; x++) {
      const along = clamp((x + 0.5) / this.#cell - 0.5, 0, width - 1);
      const left = along | 0;
      const right = left + 1 < width ? left + 1 : left;
      const share = along - left;
      const upper = data[top * width + left] * (1 - share) + data[top * width + right] * share;
      const under = data[below * width + left] * (1 - share) + data[below * width + right] * share;
      row[x] = upper + (under - upper) * lower;
    }
  }
}

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
