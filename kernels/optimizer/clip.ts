import type { FloatArray } from '../operation.ts';

/**
 * Shortens the gradients, taken as one vector, to `maximumNorm` where they are longer, in place.
 * Source: Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks", 2013, algorithm 1.
 */
export function clipByGlobalNorm(gradients: FloatArray, maximumNorm: number): void {
  let squares = 0;
  for (let i = 0; i < gradients.length; i++) squares += gradients[i] * gradients[i];
  const norm = Math.sqrt(squares);
  if (norm <= maximumNorm) return;
  const scale = maximumNorm / norm;
  for (let i = 0; i < gradients.length; i++) gradients[i] *= scale;
}
