/**
 * Two-dimensional convolution, which as everywhere in this field is a cross-correlation: the kernel is not flipped.
 *
 *   y[n, oy, ox, f] = bias[f] + Σ over ky, kx, c of x[n, oy·stride + ky − top, ox·stride + kx − left, c] · weight[ky, kx, c, f]
 *
 * x [N, H, W, C], weight [KH, KW, C, F], bias [F], y [N, OH, OW, F]; outside the picture x is zero.
 */
import type { FloatArray } from '../operation.ts';

export interface Conv2dGeometry {
  batch: number;
  height: number;
  width: number;
  channels: number;
  filters: number;
  kernelHeight: number;
  kernelWidth: number;
  strideHeight: number;
  strideWidth: number;
  /** Rows and columns of zeros before the picture. */
  top: number;
  left: number;
  outHeight: number;
  outWidth: number;
}

/** Calls `visit` for every product of the sum above, with the positions of its three values. */
function forEachProduct(
  g: Conv2dGeometry,
  visit: (xIndex: number, weightIndex: number, yIndex: number) => void,
): void {
  for (let n = 0; n < g.batch; n++)
    for (let oy = 0; oy < g.outHeight; oy++)
      for (let ox = 0; ox < g.outWidth; ox++)
        for (let ky = 0; ky < g.kernelHeight; ky++) {
          const row = oy * g.strideHeight + ky - g.top;
          if (row < 0 || row >= g.height) continue;
          for (let kx = 0; kx < g.kernelWidth; kx++) {
            const column = ox * g.strideWidth + kx - g.left;
            if (column < 0 || column >= g.width) continue;
            for (let c = 0; c < g.channels; c++)
              for (let f = 0; f < g.filters; f++)
                visit(
                  ((n * g.height + row) * g.width + column) * g.channels + c,
                  ((ky * g.kernelWidth + kx) * g.channels + c) * g.filters + f,
                  ((n * g.outHeight + oy) * g.outWidth + ox) * g.filters + f,
                );
          }
        }
}

export function conv2dForward(
  x: FloatArray,
  weight: FloatArray,
  bias: FloatArray | undefined,
  y: FloatArray,
  geometry: Conv2dGeometry,
): void {
  for (let i = 0; i < y.length; i++) y[i] = bias ? bias[i % geometry.filters] : 0;
  forEachProduct(geometry, (xIndex, weightIndex, yIndex) => {
    y[yIndex] += x[xIndex] * weight[weightIndex];
  });
}

/** dx = Σ dy · weight, over the outputs each x went into. */
export function conv2dInputGradient(
  dy: FloatArray,
  weight: FloatArray,
  dx: FloatArray,
  geometry: Conv2dGeometry,
): void {
  dx.fill(0);
  forEachProduct(geometry, (xIndex, weightIndex, yIndex) => {
    dx[xIndex] += dy[yIndex] * weight[weightIndex];
  });
}

/** dweight = Σ x · dy over all positions; dbias = Σ dy. */
export function conv2dWeightGradient(
  x: FloatArray,
  dy: FloatArray,
  dweight: FloatArray,
  dbias: FloatArray | undefined,
  geometry: Conv2dGeometry,
): void {
  dweight.fill(0);
  forEachProduct(geometry, (xIndex, weightIndex, yIndex) => {
    dweight[weightIndex] += x[xIndex] * dy[yIndex];
  });
  dbias?.fill(0);
  if (dbias) for (let i = 0; i < dy.length; i++) dbias[i % geometry.filters] += dy[i];
}
