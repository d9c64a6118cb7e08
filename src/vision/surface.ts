/**
 * What the lens and the lamp do to a picture: a surface of the second degree, fitted to a plane again and again, places
 * far from it counting less and less (iteratively reweighted least squares, with the weights of Geman and McClure,
 * "Statistical methods for tomographic image reconstruction", 1987), so that ink has no say in it.
 */
import { createPlane, type Plane, valueAtRank } from './plane.ts';

const FITTING_ROUNDS = 5;
/** Steps of brightness from the surface at which a place counts for a quarter: in the first round, */
const FIRST_SPREAD = 64;
/** so many times less in each after it, */
const NARROWING = 1.6;
/** and never less than this. */
const LAST_SPREAD = 8;
/** About so many places are enough to fit six numbers to. */
const MOST_PLACES = 4000;
/** The powers of x and y in each term: 1, x, y, x², xy, y². */
const TERMS = [
  [0, 0],
  [1, 0],
  [0, 1],
  [2, 0],
  [1, 1],
  [0, 2],
] as const;
/** Products of two terms have powers from 0 to 4. */
const POWERS = 5;

/** The surface, the size of the plane; undefined where the plane is too small to tell. */
export function fitSurface({ width, height, data }: Plane): Plane | undefined {
  if (width < 8 || height < 8) return undefined;
  const xs = fromMinusOneToOne(width);
  const ys = fromMinusOneToOne(height);
  const surface = createPlane(width, height);
  surface.data.fill(valueAtRank(data, data.length >> 1));
  const step = Math.max(1, Math.floor(Math.sqrt(data.length / MOST_PLACES)));
  let spread = FIRST_SPREAD;
  for (let round = 0; round < FITTING_ROUNDS; round++) {
    const factors = solve(normalEquations(data, surface.data, xs, ys, step, spread));
    if (factors === undefined) return undefined;
    write(surface, factors, xs, ys);
    spread = Math.max(LAST_SPREAD, spread / NARROWING);
  }
  return surface;
}

function fromMinusOneToOne(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => (2 * i) / (count - 1) - 1);
}

/**
 * Six rows of seven: products of the terms, and of each with the values, summed over the places by their weights. All
 * are moments, sums of weights times powers of x and y; along a row of places y stays the same.
 */
function normalEquations(
  values: Float32Array,
  surface: Float32Array,
  xs: Float64Array,
  ys: Float64Array,
  step: number,
  spread: number,
): Float64Array[] {
  const ofWeights = new Float64Array(POWERS * POWERS);
  const ofValues = new Float64Array(POWERS * POWERS);
  const weightsInRow = new Float64Array(POWERS);
  const valuesInRow = new Float64Array(POWERS);
  for (let row = 0; row < ys.length; row += step) {
    const start = row * xs.length;
    let w0 = 0;
    let w1 = 0;
    let w2 = 0;
    let w3 = 0;
    let w4 = 0;
    let v0 = 0;
    let v1 = 0;
    let v2 = 0;
    for (let column = 0; column < xs.length; column += step) {
      const value = values[start + column];
      const off = (value - surface[start + column]) / spread;
      const inverse = 1 + off * off;
      const weight = 1 / (inverse * inverse);
      const x = xs[column];
      const once = weight * x;
      const twice = once * x;
      const thrice = twice * x;
      w0 += weight;
      w1 += once;
      w2 += twice;
      w3 += thrice;
      w4 += thrice * x;
      v0 += weight * value;
      v1 += once * value;
      v2 += twice * value;
    }
    weightsInRow[0] = w0;
    weightsInRow[1] = w1;
    weightsInRow[2] = w2;
    weightsInRow[3] = w3;
    weightsInRow[4] = w4;
    valuesInRow[0] = v0;
    valuesInRow[1] = v1;
    valuesInRow[2] = v2;
    for (let ofX = 0; ofX < POWERS; ofX++) {
      for (let ofY = 0, power = 1; ofX + ofY < POWERS; ofY++, power *= ys[row]) {
        ofWeights[ofX * POWERS + ofY] += power * weightsInRow[ofX];
        ofValues[ofX * POWERS + ofY] += power * valuesInRow[ofX];
      }
    }
  }
  return TERMS.map(([x, y]) =>
    Float64Array.of(
      ...TERMS.map(([otherX, otherY]) => ofWeights[(x + otherX) * POWERS + y + otherY]),
      ofValues[x * POWERS + y],
    ),
  );
}

function write({ data }: Plane, factors: Float64Array, xs: Float64Array, ys: Float64Array): void {
  const [constant, alongX, alongY, squareX, product, squareY] = factors;
  for (let row = 0, i = 0; row < ys.length; row++) {
    const y = ys[row];
    for (let column = 0; column < xs.length; column++, i++) {
      const x = xs[column];
      // Summed in single precision, as it is kept.
      let sum = Math.fround(constant);
      sum = Math.fround(sum + alongX * x);
      sum = Math.fround(sum + alongY * y);
      sum = Math.fround(sum + squareX * (x * x));
      sum = Math.fround(sum + product * (x * y));
      data[i] = sum + squareY * (y * y);
    }
  }
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
