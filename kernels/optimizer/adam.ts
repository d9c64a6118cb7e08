/**
 * Adam: running means of the gradient and of its square, both corrected for having started at zero. At step t
 *
 *   m ← beta1 · m + (1 - beta1) g          v ← beta2 · v + (1 - beta2) g²
 *   p ← p - learningRate · m̂ / (√v̂ + epsilon)      m̂ = m / (1 - beta1^t), v̂ = v / (1 - beta2^t)
 *
 * Epsilon is added to the corrected root, as in the paper, PyTorch and tfjs; Keras adds it to the uncorrected one.
 * Source: Kingma and Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1.
 */
import { onlyKnown, real } from '../attributes.ts';
import { commonHyper, DECAY_OPTIONS, type DecayOptions, parseDecay } from './decay.ts';
import { flushed, TINY_GRADIENT } from './flush.ts';
import type { Optimizer } from './index.ts';

export interface AdamOptions extends DecayOptions {
  /** 0.9 by default. */
  beta1: number;
  /** 0.999 by default. */
  beta2: number;
  /** 1e-8 by default. */
  epsilon: number;
}

/** The options of Adam and AdamW, which differ in how much weights decay by default. */
export function parseAdam(attributes: Record<string, unknown>, weightDecay: number): AdamOptions {
  onlyKnown(attributes, ['beta1', 'beta2', 'epsilon', ...DECAY_OPTIONS]);
  return {
    beta1: real(attributes, 'beta1', 0, 1, 0.9),
    beta2: real(attributes, 'beta2', 0, 1, 0.999),
    epsilon: real(attributes, 'epsilon', 1e-20, 1, 1e-8),
    ...parseDecay(attributes, weightDecay),
  };
}

export const adam: Optimizer<AdamOptions> = {
  name: 'adam',
  parse: (attributes) => parseAdam(attributes, 0),
  slots: () => [
    { name: 'mean', initial: 0 },
    { name: 'meanSquare', initial: 0 },
  ],
  // The corrections and 1 - beta are worked out here: in single precision the differences would lose digits.
  hyper: (options, learningRate, step) => [
    ...commonHyper(options, learningRate),
    1 - options.beta1,
    1 - options.beta2,
    options.epsilon,
    learningRate / (1 - options.beta1 ** step),
    1 / Math.sqrt(1 - options.beta2 ** step),
  ],
  reference(
    parameter,
    gradient,
    [mean, meanSquare],
    [, l2, shrink, share1, share2, epsilon, correctedRate, rootCorrection],
    decay,
  ) {
    for (let i = 0; i < parameter.length; i++) {
      const p = parameter[i];
      const g = flushed(gradient[i] + (decay ? l2 * p : 0), TINY_GRADIENT);
      mean[i] = flushed(mean[i] + share1 * (g - mean[i]));
      meanSquare[i] = flushed(meanSquare[i] + share2 * (g * g - meanSquare[i]));
      const change = (correctedRate * mean[i]) / (Math.sqrt(meanSquare[i]) * rootCorrection + epsilon);
      parameter[i] = flushed(p - (decay ? shrink * p : 0) - change);
    }
  },
  kernel: 'adam',
};
