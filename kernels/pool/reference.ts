/**
 * Pooling: the maximum or the average of the values under a window that slides over height and width.
 *
 * Padding is not part of any window: a maximum never is padding, and an average divides by the number of values that
 * lie inside the input, as in TensorFlow. Every window has at least one such value. Global pooling is pooling with a
 * window as large as the input.
 */
import type { FloatArray } from '../operation.ts';

/** Where windows lie. x is [images, height, width, channels], y [images, outputHeight, outputWidth, channels]. */
export interface PoolGeometry {
  images: number;
  height: number;
  width: number;
  channels: number;
  outputHeight: number;
  outputWidth: number;
  windowHeight: number;
  windowWidth: number;
  strideHeight: number;
  strideWidth: number;
  /** Rows of padding above the input. */
  top: number;
  /** Columns of padding left of the input. */
  left: number;
}

/** The rows and columns of the input that a window covers: from first to before last. */
interface Window {
  firstRow: number;
  lastRow: number;
  firstColumn: number;
  lastColumn: number;
}

/**
 * y = the largest value under each window; `positions` says where it lies, as row × width + column, where somebody
 * asks. Of equal values the first in row-major order counts. A NaN under the window makes y NaN; the place is then
 * that of the largest number, or of the first value where there is none.
 */
export function maxPool2dForward(
  geometry: PoolGeometry,
  x: FloatArray,
  y: FloatArray,
  positions?: Int32Array,
): void {
  const { width, channels } = geometry;
  forEachWindow(geometry, (image, output, window) => {
    for (let c = 0; c < channels; c++) {
      let best = Number.NEGATIVE_INFINITY;
      let position = window.firstRow * width + window.firstColumn;
      let missing = false;
      for (let row = window.firstRow; row < window.lastRow; row++) {
        for (let column = window.firstColumn; column < window.lastColumn; column++) {
          const value = x[(image + row * width + column) * channels + c];
          missing ||= Number.isNaN(value);
          if (value > best) {
            best = value;
            position = row * width + column;
          }
        }
      }
      y[output * channels + c] = missing ? Number.NaN : best;
      if (positions) positions[output * channels + c] = position;
    }
  });
}

/** dx = at each position the sum of the dy whose window had its maximum there. */
export function maxPool2dBackward(
  geometry: PoolGeometry,
  dy: FloatArray,
  positions: Int32Array,
  dx: FloatArray,
): void {
  const { channels } = geometry;
  dx.fill(0);
  forEachWindow(geometry, (image, output) => {
    for (let c = 0; c < channels; c++) {
      const position = positions[output * channels + c];
      dx[(image + position) * channels + c] += dy[output * channels + c];
    }
  });
}

/** y = the mean of the values under each window. */
export function averagePool2dForward(geometry: PoolGeometry, x: FloatArray, y: FloatArray): void {
  const { width, channels } = geometry;
  forEachWindow(geometry, (image, output, window) => {
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let row = window.firstRow; row < window.lastRow; row++) {
        for (let column = window.firstColumn; column < window.lastColumn; column++) {
          sum += x[(image + row * width + column) * channels + c];
        }
      }
      y[output * channels + c] = sum / countOf(window);
    }
  });
}

/** dx = each position's share of the windows it lies under. */
export function averagePool2dBackward(geometry: PoolGeometry, dy: FloatArray, dx: FloatArray): void {
  const { width, channels } = geometry;
  dx.fill(0);
  forEachWindow(geometry, (image, output, window) => {
    for (let row = window.firstRow; row < window.lastRow; row++) {
      for (let column = window.firstColumn; column < window.lastColumn; column++) {
        for (let c = 0; c < channels; c++) {
          dx[(image + row * width + column) * channels + c] += dy[output * channels + c] / countOf(window);
        }
      }
    }
  });
}

function countOf({ firstRow, lastRow, firstColumn, lastColumn }: Window): number {
  return (lastRow - firstRow) * (lastColumn - firstColumn);
}

/** Visits each window, with the number of its image's first pixel in x, and of its own pixel in y. */
function forEachWindow(
  geometry: PoolGeometry,
  visit: (image: number, output: number, window: Window) => void,
): void {
  const { images, height, width, outputHeight, outputWidth } = geometry;
  let output = 0;
  for (let n = 0; n < images; n++) {
    for (let oy = 0; oy < outputHeight; oy++) {
      const row = oy * geometry.strideHeight - geometry.top;
      for (let ox = 0; ox < outputWidth; ox++) {
        const column = ox * geometry.strideWidth - geometry.left;
        visit(n * height * width, output++, {
          firstRow: Math.max(0, row),
          lastRow: Math.min(height, row + geometry.windowHeight),
          firstColumn: Math.max(0, column),
          lastColumn: Math.min(width, column + geometry.windowWidth),
        });
      }
    }
  }
}
