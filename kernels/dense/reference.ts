/**
 * A dense (fully connected) layer: y[n, u] = bias[u] + Σ over i of x[n, i] · weight[i, u].
 *
 * x [N, inputs], weight [inputs, units], bias [units], y [N, units].
 */
import type { FloatArray } from '../operation.ts';

export interface DenseGeometry {
  batch: number;
  inputs: number;
  units: number;
}

export function denseForward(
  x: FloatArray,
  weight: FloatArray,
  bias: FloatArray | undefined,
  y: FloatArray,
  { batch, inputs, units }: DenseGeometry,
): void {
  for (let n = 0; n < batch; n++)
    for (let u = 0; u < units; u++) {
      let sum = bias ? bias[u] : 0;
      for (let i = 0; i < inputs; i++) sum += x[n * inputs + i] * weight[i * units + u];
      y[n * units + u] = sum;
    }
}

/** dx[n, i] = Σ over u of dy[n, u] · weight[i, u]. */
export function denseInputGradient(
  dy: FloatArray,
  weight: FloatArray,
  dx: FloatArray,
  { batch, inputs, units }: DenseGeometry,
): void {
  for (let n = 0; n < batch; n++)
    for (let i = 0; i < inputs; i++) {
      let sum = 0;
      for (let u = 0; u < units; u++) sum += dy[n * units + u] * weight[i * units + u];
      dx[n * inputs + i] = sum;
    }
}

/** dweight[i, u] = Σ over n of x[n, i] · dy[n, u]; dbias[u] = Σ over n of dy[n, u]. */
export function denseWeightGradient(
  x: FloatArray,
  dy: FloatArray,
  dweight: FloatArray,
  dbias: FloatArray | undefined,
  { batch, inputs, units }: DenseGeometry,
): void {
  dweight.fill(0);
  dbias?.fill(0);
  for (let n = 0; n < batch; n++)
    for (let u = 0; u < units; u++) {
      const gradient = dy[n * units + u];
      if (dbias) dbias[u] += gradient;
      for (let i = 0; i < inputs; i++) dweight[i * units + u] += x[n * inputs + i] * gradient;
    }
}
