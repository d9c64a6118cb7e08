/**
 * Mixup: each picture of a batch becomes a mixture of itself and its partner, and so do their labels in the loss (see
 * softmax/reference.ts).
 *
 *   y_n  = λ x_n + (1 - λ) x_m,   m = N - 1 - n     written as x_n + (1 - λ) (x_m - x_n), so that λ = 1 changes no bit
 *   dx_n = λ dy_n + (1 - λ) dy_m                    the same mixing again, since m's partner is n
 *
 * Source: Zhang, Cissé, Dauphin, Lopez-Paz, "mixup: beyond empirical risk minimization", 2018. As in their program, one
 * share λ is drawn for a whole batch, which is mixed with itself.
 */
import type { FloatArray } from '../operation.ts';
import { partnerOf } from './pairs.ts';

/** Takes x to y and dy to dx alike; both have the shape [examples, …]. */
export function mixPictures(x: FloatArray, y: FloatArray, share: number, examples: number): void {
  const size = x.length / examples;
  for (let n = 0; n < examples; n++) {
    const own = n * size;
    const other = partnerOf(n, examples) * size;
    for (let i = 0; i < size; i++) y[own + i] = x[own + i] + (1 - share) * (x[other + i] - x[own + i]);
  }
}
