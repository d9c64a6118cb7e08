/** What lenses, sensors and files do to a picture: blur, noise, and the loss of JPEG. Planes hold 0 to 255, row by row. */
import type { Grain } from './grain.ts';

/** Blurs a plane in place with a Gaussian of this deviation in pixels; beyond the edge the picture goes on as at it. */
export function blur(plane: Float32Array, width: number, height: number, deviation: number): void {
  if (deviation < 0.2) return;
  const radius = Math.ceil(2.5 * deviation);
  const kernel = Float32Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * deviation * deviation)),
  );
  const sum = kernel.reduce((total, weight) => total + weight, 0);
  for (let i = 0; i < kernel.length; i++) kernel[i] /= sum;
  const blurred = new Float32Array(plane.length);
  for (let row = 0; row < height; row++) blurRow(plane, blurred, row * width, width, kernel, radius);
  plane.fill(0);
  for (let row = 0; row < height; row++) {
    for (let k = -radius; k <= radius; k++) {
      const from = Math.min(height - 1, Math.max(0, row + k)) * width;
      const weight = kernel[k + radius];
      for (let i = 0, at = row * width; i < width; i++, at++) plane[at] += weight * blurred[from + i];
    }
  }
}

function blurRow(
  from: Float32Array,
  to: Float32Array,
  start: number,
  width: number,
  kernel: Float32Array,
  radius: number,
): void {
  const last = width - 1;
  for (let column = 0; column < width; column++) {
    const isInner = column >= radius && column + radius <= last;
    let sum = 0;
    for (let k = -radius; k <= radius; k++) {
      const at = isInner ? column + k : Math.min(last, Math.max(0, column + k));
      sum += kernel[k + radius] * from[start + at];
    }
    to[start + column] = sum;
  }
}

export function addNoise(plane: Float32Array, deviation: number, grain: Grain): void {
  if (deviation <= 0) return;
  for (let i = 0; i < plane.length; i++) plane[i] += deviation * grain.normal();
}

const BLOCK = 8;

/** The example table for brightness of ITU-T T.81, annex K.1, which most encoders scale by their quality. */
const LUMINANCE = [
  [16, 11, 10, 16, 24, 40, 51, 61],
  [12, 12, 14, 19, 26, 58, 60, 55],
  [14, 13, 16, 24, 40, 57, 69, 56],
  [14, 17, 22, 29, 51, 87, 80, 62],
  [18, 22, 37, 56, 68, 109, 103, 77],
  [24, 35, 55, 64, 81, 104, 113, 92],
  [49, 64, 78, 87, 103, 121, 120, 101],
  [72, 92, 95, 98, 112, 100, 103, 99],
].flat();

/** Rows are frequencies, columns are pixels: the orthonormal cosine transform of eight values. */
const COSINES = Float32Array.from({ length: BLOCK * BLOCK }, (_, at) => {
  const frequency = Math.floor(at / BLOCK);
  const pixel = at % BLOCK;
  const scale = Math.sqrt((frequency === 0 ? 1 : 2) / BLOCK);
  return scale * Math.cos(((2 * pixel + 1) * frequency * Math.PI) / (2 * BLOCK));
});

const TURNED_COSINES = COSINES.map((_, at) => COSINES[(at % BLOCK) * BLOCK + Math.floor(at / BLOCK)]);

const block = new Float32Array(BLOCK * BLOCK);
const passed = new Float32Array(BLOCK * BLOCK);

/**
 * What a plane loses as the brightness of a JPEG file of this quality, 1 to 100: each block of 8 × 8 pixels keeps the
 * frequencies that quantisation leaves. Blocks that the edge cuts go on as at it.
 */
export function compress(plane: Float32Array, width: number, height: number, quality: number): void {
  const scale = (quality < 50 ? 50 / quality : 2 - quality / 50) || 0.01;
  const steps = LUMINANCE.map((step) => Math.max(1, step * scale));
  for (let top = 0; top < height; top += BLOCK) {
    for (let left = 0; left < width; left += BLOCK) {
      for (let i = 0; i < BLOCK * BLOCK; i++) {
        const row = Math.min(height - 1, top + (i >> 3));
        block[i] = plane[row * width + Math.min(width - 1, left + (i & 7))] - 128;
      }
      transform(block, passed);
      transform(passed, block);
      for (let i = 0; i < BLOCK * BLOCK; i++) block[i] = Math.round(block[i] / steps[i]) * steps[i];
      restore(block, passed);
      restore(passed, block);
      for (let row = top; row < Math.min(height, top + BLOCK); row++) {
        for (let column = left; column < Math.min(width, left + BLOCK); column++) {
          plane[row * width + column] = block[(row - top) * BLOCK + column - left] + 128;
        }
      }
    }
  }
}

/** The transform of each row, turned on its side: done twice, it is that of the block. */
function transform(from: Float32Array, to: Float32Array): void {
  turnedProduct(from, to, COSINES);
}

/** The inverse of `transform`: the matrix of cosines is orthogonal, so its transpose undoes it. */
function restore(from: Float32Array, to: Float32Array): void {
  turnedProduct(from, to, TURNED_COSINES);
}

/** Each row times the rows of a matrix, written as columns. Written out, since most of a page's time is spent here. */
function turnedProduct(from: Float32Array, to: Float32Array, matrix: Float32Array): void {
  for (let row = 0; row < BLOCK; row++) {
    const at = row * BLOCK;
    const [a, b, c, d] = [from[at], from[at + 1], from[at + 2], from[at + 3]];
    const [e, f, g, h] = [from[at + 4], from[at + 5], from[at + 6], from[at + 7]];
    for (let i = 0; i < BLOCK * BLOCK; i += BLOCK) {
      to[i + row] =
        a * matrix[i] +
        b * matrix[i + 1] +
        c * matrix[i + 2] +
        d * matrix[i + 3] +
        e * matrix[i + 4] +
        f * matrix[i + 5] +
        g * matrix[i + 6] +
        h * matrix[i + 7];
    }
  }
}
