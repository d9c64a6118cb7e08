/** Every operation the engine knows, by name. A new one is registered here and nowhere else. */

import { gelu, leakyRelu, relu, sigmoid, silu, tanh } from './activation/index.ts';
import { batchNorm } from './batchnorm/index.ts';
import { conv2d } from './conv2d/index.ts';
import { dense } from './dense/index.ts';
import { dropout } from './dropout/index.ts';
import { add } from './elementwise/index.ts';
import type { Operation } from './operation.ts';
import { zeroPadding2d } from './padding/index.ts';
import { averagePool2d, globalAveragePool, globalMaxPool, maxPool2d } from './pool/index.ts';
import { scaleChannels } from './scale/index.ts';
import { softmaxCrossEntropy } from './softmax/index.ts';

// biome-ignore lint/suspicious/noExplicitAny: a list of operations cannot name each one's attributes
const OPERATIONS: readonly Operation<any>[] = [
  conv2d,
  dense,
  add,
  maxPool2d,
  averagePool2d,
  globalMaxPool,
  globalAveragePool,
  batchNorm,
  zeroPadding2d,
  scaleChannels,
  relu,
  leakyRelu,
  gelu,
  silu,
  sigmoid,
  tanh,
  dropout,
];

/** Operations that a plan ends in. They read labels, so that they are no layers. */
// biome-ignore lint/suspicious/noExplicitAny: see above
const LOSSES: readonly Operation<any>[] = [softmaxCrossEntropy];

const BY_NAME = new Map(OPERATIONS.map((operation) => [operation.name, operation]));

// biome-ignore lint/suspicious/noExplicitAny: see above
export function findOperation(name: string): Operation<any> | undefined {
  return BY_NAME.get(name);
}

export function operationNames(): string[] {
  return [...BY_NAME.keys()];
}

// biome-ignore lint/suspicious/noExplicitAny: see above
export function findLoss(name: string): Operation<any> | undefined {
  return LOSSES.find((loss) => loss.name === name);
}

export function lossNames(): string[] {
  return LOSSES.map(({ name }) => name);
}
