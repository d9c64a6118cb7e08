/**
 * Initial weights.
 *
 * He: normal with variance 2 / fanIn, which keeps the size of signals through ReLU layers (He et al., "Delving Deep
 * into Rectifiers", 2015, equation 10). Glorot: uniform within ±√(6 / (fanIn + fanOut)) (Glorot and Bengio,
 * "Understanding the difficulty of training deep feedforward neural networks", 2010, equation 16).
 * Each parameter draws from a stream of its own, so that a layer's start does not depend on the layers before it.
 */
import type { FloatArray, Initial } from '../../kernels/operation.ts';
import { Purpose, RandomStream } from '../../kernels/random/reference.ts';

/** Fills `values` with the start of the parameter at position `index` of a model. */
export function fillInitial(values: FloatArray, initial: Initial, seed: number, index: number): void {
  if (initial.kind === 'zeros' || initial.kind === 'ones') {
    values.fill(initial.kind === 'ones' ? 1 : 0);
    return;
  }
  const random = new RandomStream(seed, Purpose.initialWeights, 0, index);
  if (initial.kind === 'he') {
    const deviation = Math.sqrt(2 / initial.fanIn);
    for (let i = 0; i < values.length; i++) values[i] = random.normal() * deviation;
  } else {
    const limit = Math.sqrt(6 / (initial.fanIn + initial.fanOut));
    for (let i = 0; i < values.length; i++) values[i] = random.between(-limit, limit);
  }
}
