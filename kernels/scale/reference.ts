/**
 * Scaling of channels: each channel of each image is multiplied by one number, as in squeeze and excite (Hu, Shen
 * and Sun, "Squeeze-and-Excitation Networks", 2018, equation 4).
 *
 * x is [images, height, width, channels], scale [images, channels]; `pixels` is height × width.
 */
import type { FloatArray } from '../operation.ts';

/** y[n, h, w, c] = x[n, h, w, c] × scale[n, c]. */
export function scaleChannelsForward(
  x: FloatArray,
  scale: FloatArray,
  pixels: number,
  channels: number,
  y: FloatArray,
): void {
  for (let i = 0; i < x.length; i++) y[i] = x[i] * scale[scaleIndex(i, pixels, channels)];
}

/** dx[n, h, w, c] = dy[n, h, w, c] × scale[n, c], and dscale[n, c] = the sum of dy × x over all pixels. */
export function scaleChannelsBackward(
  dy: FloatArray,
  x: FloatArray,
  scale: FloatArray,
  pixels: number,
  channels: number,
  dx: FloatArray,
  dscale: FloatArray,
): void {
  dscale.fill(0);
  for (let i = 0; i < x.length; i++) {
    const s = scaleIndex(i, pixels, channels);
    dx[i] = dy[i] * scale[s];
    dscale[s] += dy[i] * x[i];
  }
}

/** Where the scale of value number i of x stands. */
function scaleIndex(i: number, pixels: number, channels: number): number {
  return Math.floor(i / (pixels * channels)) * channels + (i % channels);
}
