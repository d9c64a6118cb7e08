/**
 * AdamW: Adam whose weights decay aside from the gradient, by learningRate · weightDecay a step, 0.01 by default.
 * Source: Loshchilov and Hutter, "Decoupled weight decay regularization", 2019, algorithm 2.
 */
import { type AdamOptions, adam, parseAdam } from './adam.ts';
import type { Optimizer } from './index.ts';

export const adamw: Optimizer<AdamOptions> = {
  ...adam,
  name: 'adamw',
  parse: (attributes) => parseAdam(attributes, 0.01),
};
