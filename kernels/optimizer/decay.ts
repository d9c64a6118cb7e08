/**
 * Two ways of keeping weights small, which every optimiser offers. They are the same for plain gradient descent and
 * differ for all others: Loshchilov and Hutter, "Decoupled weight decay regularization", 2019.
 *
 *   l2            g ← g + l2 · p                                 a penalty of l2/2 · p² in the loss
 *   weightDecay   p ← p - learningRate · weightDecay · p         aside from the gradient
 */
import { real } from '../attributes.ts';

export interface DecayOptions {
  /** 0 by default. */
  l2: number;
  /** 0 by default, 0.01 for AdamW. */
  weightDecay: number;
}

/** Names of the options above. */
export const DECAY_OPTIONS = ['l2', 'weightDecay'] as const;

export function parseDecay(attributes: Record<string, unknown>, weightDecay = 0): DecayOptions {
  return {
    l2: real(attributes, 'l2', 0, 1e6, 0),
    weightDecay: real(attributes, 'weightDecay', 0, 1e6, weightDecay),
  };
}

/** The first three numbers of every optimiser: learning rate, l2, and the share of p that decay takes. */
export function commonHyper({ l2, weightDecay }: DecayOptions, learningRate: number): number[] {
  return [learningRate, l2, learningRate * weightDecay];
}
