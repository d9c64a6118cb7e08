/**
 * Adagrad: steps divided by the root of the sum of all squared gradients so far.
 *
 *   s ← s + g²
 *   p ← p - learningRate · g / √(s + epsilon)
 *
 * The sum starts at 0.1 and epsilon stands under the root, both as in Keras and tfjs.
 * Source: Duchi, Hazan, Singer, "Adaptive subgradient methods for online learning and stochastic optimization", 2011.
 */
import { onlyKnown, real } from '../attributes.ts';
import { commonHyper, DECAY_OPTIONS, type DecayOptions, parseDecay } from './decay.ts';
import { flushed, TINY_GRADIENT } from './flush.ts';
import type { Optimizer } from './index.ts';

interface AdagradOptions extends DecayOptions {
  /** 0.1 by default. */
  initialAccumulator: number;
  /** 1e-7 by default. */
  epsilon: number;
}

export const adagrad: Optimizer<AdagradOptions> = {
  name: 'adagrad',
  parse(attributes) {
    onlyKnown(attributes, ['initialAccumulator', 'epsilon', ...DECAY_OPTIONS]);
    return {
      initialAccumulator: real(attributes, 'initialAccumulator', 0, 1e6, 0.1),
      epsilon: real(attributes, 'epsilon', 1e-20, 1, 1e-7),
      ...parseDecay(attributes),
    };
  },
  slots: ({ initialAccumulator }) => [{ name: 'sumOfSquares', initial: initialAccumulator }],
  hyper: (options, learningRate) => [...commonHyper(options, learningRate), options.epsilon],
  reference(parameter, gradient, [sumOfSquares], [learningRate, l2, shrink, epsilon], decay) {
    for (let i = 0; i < parameter.length; i++) {
      const p = parameter[i];
      const g = flushed(gradient[i] + (decay ? l2 * p : 0), TINY_GRADIENT);
      sumOfSquares[i] = flushed(sumOfSquares[i] + g * g);
      const change = (learningRate * g) / Math.sqrt(sumOfSquares[i] + epsilon);
      parameter[i] = flushed(p - (decay ? shrink * p : 0) - change);
    }
  },
  kernel: 'adagrad',
};
