/** Zero padding: rows and columns of zeros around each image. */
import type { BorderSizes } from '../attributes.ts';
import type { FloatArray, Shape } from '../operation.ts';

/** y[n, top + h, left + w, c] = x[n, h, w, c], and 0 elsewhere; x is [images, height, width, channels]. */
export function zeroPadding2dForward(x: FloatArray, shape: Shape, padding: BorderSizes, y: FloatArray): void {
  y.fill(0);
  forEachPlace(shape, padding, (from, to) => {
    y[to] = x[from];
  });
}

/** dx[n, h, w, c] = dy[n, top + h, left + w, c]. */
export function zeroPadding2dBackward(
  dy: FloatArray,
  shape: Shape,
  padding: BorderSizes,
  dx: FloatArray,
): void {
  forEachPlace(shape, padding, (from, to) => {
    dx[from] = dy[to];
  });
}

/** Visits every value's place in x and in y; `shape` is that of x. */
function forEachPlace(
  [images, height, width, channels]: Shape,
  [[top, bottom], [left, right]]: BorderSizes,
  visit: (from: number, to: number) => void,
): void {
  const paddedHeight = top + height + bottom;
  const paddedWidth = left + width + right;
  for (let n = 0; n < images; n++) {
    for (let h = 0; h < height; h++) {
      for (let w = 0; w < width; w++) {
        for (let c = 0; c < channels; c++) {
          const from = ((n * height + h) * width + w) * channels + c;
          const to = ((n * paddedHeight + top + h) * paddedWidth + left + w) * channels + c;
          visit(from, to);
        }
      }
    }
  }
}
