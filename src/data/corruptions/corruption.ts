/**
 * What a corruption is, and the tools that several share.
 *
 * The corruptions are those of Mu and Gilmer, "MNIST-C: a robustness benchmark for computer vision", 2019, by their
 * definitions and parameters; most go back to Hendrycks and Dietterich, "Benchmarking neural network robustness to
 * common corruptions and perturbations", 2019. The code and the random numbers are ours, so pictures are alike, not the
 * same. Each has five severities, of which MNIST-C uses one.
 */
import type { RandomStream } from '../../../kernels/random/reference.ts';

/** A grey picture, row by row, 0 for paper to 1 for ink. */
export interface Grey {
  width: number;
  height: number;
  pixels: Float64Array;
}

export interface Corruption {
  /** What it does, in a few words. */
  readonly title: string;
  /** The severity of MNIST-C, from 1 to 5. */
  readonly severity: number;
  /** The corrupted picture, which may leave the range from 0 to 1 and is clipped to it. */
  apply(picture: Grey, severity: number, random: RandomStream): Float64Array;
}

/** The value in a row and a column, 0 outside. */
export function at({ width, height, pixels }: Grey, row: number, column: number): number {
  return row >= 0 && row < height && column >= 0 && column < width ? pixels[row * width + column] : 0;
}

/** The value of each pixel of a picture of the same size, from its row and column. */
export function mapPixels(
  { width, height }: Pick<Grey, 'width' | 'height'>,
  value: (row: number, column: number) => number,
): Float64Array {
  const pixels = new Float64Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) pixels[row * width + column] = value(row, column);
  }
  return pixels;
}

/** How far a Gaussian bell reaches, in deviations, as in SciPy. */
const REACH = 4;

/**
 * Gaussian blur, along rows and then along columns. Beyond its edges a picture goes on as its outermost pixels, or, with
 * `paper`, as zeros.
 */
export function blurred({ width, height, pixels }: Grey, deviation: number, paper = false): Float64Array {
  const radius = Math.floor(REACH * deviation + 0.5);
  const bell = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * deviation ** 2)),
  );
  const total = bell.reduce((sum, weight) => sum + weight, 0);
  const weights = Float64Array.from(bell, (weight) => weight / total);
  const result = pixels.slice();
  for (let row = 0; row < height; row++) blurLine(result, row * width, 1, width, weights, paper);
  for (let column = 0; column < width; column++) blurLine(result, column, width, height, weights, paper);
  return result;
}

/** Blurs `count` values, `stride` apart from `first` on, in place. */
function blurLine(
  values: Float64Array,
  first: number,
  stride: number,
  count: number,
  weights: Float64Array,
  paper: boolean,
): void {
  const radius = weights.length >> 1;
  const last = first + (count - 1) * stride;
  const line = new Float64Array(count + 2 * radius);
  if (!paper) line.fill(values[first], 0, radius).fill(values[last], radius + count);
  for (let i = 0; i < count; i++) line[radius + i] = values[first + i * stride];
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let j = 0; j < weights.length; j++) sum += weights[j] * line[i + j];
    values[first + i * stride] = sum;
  }
}
