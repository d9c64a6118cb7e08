/** Sums of tensors: what a residual branch ends in, and what gathers gradients where a value was read twice. */
import type { FloatArray } from '../operation.ts';

/** y = a + b, all of one size. Its gradient passes to both unchanged. */
export function add(a: FloatArray, b: FloatArray, y: FloatArray): void {
  for (let i = 0; i < y.length; i++) y[i] = a[i] + b[i];
}
