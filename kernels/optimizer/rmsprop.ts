/**
 * RMSProp: steps divided by a running root mean square of the gradient.
 *
 *   s ← rho · s + (1 - rho) g²
 *   v ← momentum · v + learningRate · g / √(s + epsilon)
 *   p ← p - v
 *
 * Epsilon stands under the root, as in Keras and tfjs; in PyTorch it stands outside.
 * Source: Tieleman and Hinton, "Neural networks for machine learning", lecture 6.5, 2012.
 */
import { onlyKnown, real } from '../attributes.ts';
import { commonHyper, DECAY_OPTIONS, type DecayOptions, parseDecay } from './decay.ts';
import { flushed, TINY_GRADIENT } from './flush.ts';
import type { Optimizer } from './index.ts';

interface RmspropOptions extends DecayOptions {
  /** 0.9 by default. */
  rho: number;
  /** 0 by default. */
  momentum: number;
  /** 1e-7 by default. */
  epsilon: number;
}

export const rmsprop: Optimizer<RmspropOptions> = {
  name: 'rmsprop',
  parse(attributes) {
    onlyKnown(attributes, ['rho', 'momentum', 'epsilon', ...DECAY_OPTIONS]);
    return {
      rho: real(attributes, 'rho', 0, 1, 0.9),
      momentum: real(attributes, 'momentum', 0, 1, 0),
      epsilon: real(attributes, 'epsilon', 1e-20, 1, 1e-7),
      ...parseDecay(attributes),
    };
  },
  slots: ({ momentum }) => [
    { name: 'meanSquare', initial: 0 },
    ...(momentum > 0 ? [{ name: 'velocity', initial: 0 }] : []),
  ],
  // 1 - rho is worked out here: in single precision the difference would lose digits.
  hyper: (options, learningRate) => [
    ...commonHyper(options, learningRate),
    1 - options.rho,
    options.momentum,
    options.epsilon,
  ],
  reference(
    parameter,
    gradient,
    [meanSquare, velocity],
    [learningRate, l2, shrink, share, momentum, epsilon],
    decay,
  ) {
    for (let i = 0; i < parameter.length; i++) {
      const p = parameter[i];
      const g = flushed(gradient[i] + (decay ? l2 * p : 0), TINY_GRADIENT);
      meanSquare[i] = flushed(meanSquare[i] + share * (g * g - meanSquare[i]));
      let change = (learningRate * g) / Math.sqrt(meanSquare[i] + epsilon);
      if (velocity) {
        velocity[i] = flushed(momentum * velocity[i] + change);
        change = velocity[i];
      }
      parameter[i] = flushed(p - (decay ? shrink * p : 0) - change);
    }
  },
  kernel: 'rmsprop',
};
