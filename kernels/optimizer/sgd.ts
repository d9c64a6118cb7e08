/**
 * Stochastic gradient descent, with or without momentum.
 *
 *   v ← momentum · v + g
 *   p ← p - learningRate · v                         or with Nesterov's look ahead
 *   p ← p - learningRate · (g + momentum · v)
 *
 * The learning rate stays outside the velocity, as in PyTorch and tfjs, so that a change of it acts at once; in Keras
 * it is inside. Source: Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum in deep
 * learning", 2013.
 */
import { boolean, onlyKnown, real } from '../attributes.ts';
import { OperationError } from '../operation.ts';
import { commonHyper, DECAY_OPTIONS, type DecayOptions, parseDecay } from './decay.ts';
import { flushed, TINY_GRADIENT } from './flush.ts';
import type { Optimizer } from './index.ts';

interface SgdOptions extends DecayOptions {
  /** 0 by default. */
  momentum: number;
  /** False by default. */
  nesterov: boolean;
}

export const sgd: Optimizer<SgdOptions> = {
  name: 'sgd',
  parse(attributes) {
    onlyKnown(attributes, ['momentum', 'nesterov', ...DECAY_OPTIONS]);
    const momentum = real(attributes, 'momentum', 0, 1, 0);
    const nesterov = boolean(attributes, 'nesterov', false);
    if (nesterov && momentum === 0) throw new OperationError('nesterov needs a momentum above 0');
    return { momentum, nesterov, ...parseDecay(attributes) };
  },
  slots: ({ momentum }) => (momentum > 0 ? [{ name: 'velocity', initial: 0 }] : []),
  hyper: (options, learningRate) => [
    ...commonHyper(options, learningRate),
    options.momentum,
    options.nesterov ? 1 : 0,
  ],
  reference(parameter, gradient, [velocity], [learningRate, l2, shrink, momentum, nesterov], decay) {
    for (let i = 0; i < parameter.length; i++) {
      const p = parameter[i];
      const g = flushed(gradient[i] + (decay ? l2 * p : 0), TINY_GRADIENT);
      let direction = g;
      if (velocity) {
        velocity[i] = flushed(momentum * velocity[i] + g);
        direction = nesterov ? g + momentum * velocity[i] : velocity[i];
      }
      parameter[i] = flushed(p - (decay ? shrink * p : 0) - learningRate * direction);
    }
  },
  kernel: 'sgd',
};
