/**
 * Optimisers: how gradients change parameters.
 *
 * All parameters stand one after the other in memory, so an optimiser sees one long array, not layers. What it
 * remembers from step to step (momentum, running squares) are further arrays of the same size, its slots. The few
 * numbers that change each step, such as the learning rate and bias corrections, are worked out once in double
 * precision and handed to every backend alike.
 */
import type { FloatArray } from '../operation.ts';
import { OperationError } from '../operation.ts';
import { adagrad } from './adagrad.ts';
import { adam } from './adam.ts';
import { adamw } from './adamw.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

export interface Slot {
  name: string;
  /** Its value before the first step. */
  initial: number;
}

export interface Optimizer<Attributes> {
  readonly name: string;
  /** Checks and completes the options a user gave; throws an `OperationError`. */
  parse(attributes: Record<string, unknown>): Attributes;
  /** What it remembers for each parameter, at most two numbers. */
  slots(attributes: Attributes): readonly Slot[];
  /** At most 16 numbers for one step, in the order the kernels read them. `step` counts from 1. */
  hyper(attributes: Attributes, learningRate: number, step: number): number[];
  /** Updates `parameter` and `slots` in place. `decay`: whether the L2 penalty and weight decay apply here. */
  reference(
    parameter: FloatArray,
    gradient: FloatArray,
    slots: readonly FloatArray[],
    hyper: readonly number[],
    decay: boolean,
  ): void;
  /**
   * Exported WebAssembly kernel, called with (parameter, gradient, slot0, slot1, hyper, decay, begin, end, part):
   * addresses, 0 for a slot it does not have, decay 0 or 1; units are vectors of four values.
   */
  readonly kernel: string;
}

// biome-ignore lint/suspicious/noExplicitAny: a list of optimisers cannot name each one's attributes
const OPTIMIZERS: readonly Optimizer<any>[] = [sgd, rmsprop, adagrad, adam, adamw];

// biome-ignore lint/suspicious/noExplicitAny: see above
export function findOptimizer(name: string): Optimizer<any> {
  const found = OPTIMIZERS.find((optimizer) => optimizer.name === name);
  if (!found) {
    throw new OperationError(`There is no optimiser "${name}"; there are ${optimizerNames().join(', ')}.`);
  }
  return found;
}

export function optimizerNames(): string[] {
  return OPTIMIZERS.map(({ name }) => name);
}
