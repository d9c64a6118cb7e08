/**
 * Inverted dropout: in training each value is set to zero with probability `rate`, and the others are divided by
 * 1 - rate, so that their expected sum stays and inference needs no change.
 *
 * The mask is not kept: value i is judged by word i mod 4 of block ⌊i/4⌋ of the random stream of this layer and step,
 * and the backward pass draws the same words again.
 * Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", 2014.
 */
import type { FloatArray, RandomPosition } from '../operation.ts';
import { dropoutThreshold, Purpose, RandomStream } from '../random/reference.ts';

/** y_i = x_i / (1 - rate) where the mask keeps i, else 0. The gradient goes the same way: dx from dy. */
export function dropout(x: FloatArray, y: FloatArray, rate: number, position: RandomPosition): void {
  const threshold = dropoutThreshold(rate);
  const scale = 1 / (1 - rate);
  const stream = new RandomStream(position.seed, Purpose.dropout, position.step, position.layer);
  for (let i = 0; i < y.length; i++) {
    const kept = stream.word() >>> 8 >= threshold;
    y[i] = kept ? x[i] * scale : 0;
  }
}
