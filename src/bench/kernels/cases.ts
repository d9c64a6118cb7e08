/**
 * What `inkling bench kernels` measures: every operation and optimiser, on shapes that networks for digits have. A new
 * operation adds its case here; a test says so if it does not.
 */
import type { LossOptions, OptimizerOptions } from '../../engine/plan.ts';
import {
  averagePool2d,
  batchNorm,
  channelScale,
  conv2d,
  dense,
  dropout,
  gelu,
  globalAveragePool,
  globalMaxPool,
  type LayerSpec,
  leakyRelu,
  maxPool2d,
  relu,
  residual,
  sigmoid,
  silu,
  tanh,
  zeroPadding2d,
} from '../../model/layers.ts';

export type Direction = 'forward' | 'backward' | 'inputGradient' | 'weightGradient' | 'update';

/**
 * What bounds a kernel: arithmetic, of which each direction has as much as a forward pass, or memory. Then the
 * tensors are named that a direction must read or write at least once, by the operation's own names.
 */
export type Bound = 'arithmetic' | readonly string[];

export interface KernelCase {
  /** The operation or optimiser whose calls are timed, as a profile names it. */
  operation: string;
  /** For people, such as `28x28x32-64`. */
  shape: string;
  layers: readonly LayerSpec[];
  /** Of one example. */
  input: readonly number[];
  batch: number;
  loss?: LossOptions;
  optimizer?: OptimizerOptions;
  /** Of a product of square matrices: their size. */
  square?: number;
  directions: Partial<Record<Direction, Bound>>;
}

const BATCH = 128;

/** `gemm/1024`, `kernel/batchNorm/backward/28x28x32`. */
export function caseName({ operation, shape, square }: KernelCase, direction: Direction): string {
  if (square !== undefined) return direction === 'forward' ? `gemm/${square}` : `gemm/${square}/${direction}`;
  return `kernel/${operation}/${direction}/${shape}`;
}

const ARITHMETIC = {
  forward: 'arithmetic',
  weightGradient: 'arithmetic',
  inputGradient: 'arithmetic',
} as const;

/** A product of two square matrices, and those of its gradients. */
function gemm(size: number): KernelCase {
  return { ...denseCase(size, size), batch: size, square: size };
}

function denseCase(inputs: number, units: number): KernelCase {
  return {
    operation: 'dense',
    shape: `${inputs}-${units}`,
    layers: [dense({ units })],
    input: [inputs],
    batch: BATCH,
    directions: ARITHMETIC,
  };
}

/** A 3×3 convolution. Nobody needs the gradient of a picture, which is what has one channel. */
export function convolution(
  side: number,
  channels: number,
  filters: number,
  padding: 'same' | 'valid' = 'same',
): KernelCase {
  const { inputGradient, ...withoutInput } = ARITHMETIC;
  return {
    operation: 'conv2d',
    shape: `${side}x${side}x${channels}-${filters}${padding === 'valid' ? '-valid' : ''}`,
    layers: [conv2d({ filters, kernelSize: 3, padding })],
    input: [side, side, channels],
    batch: BATCH,
    directions: channels === 1 ? withoutInput : { ...withoutInput, inputGradient },
  };
}

/** Layers of which one operation is timed that memory bounds, and the tensors that it moves. */
function memory(
  operation: string,
  input: readonly number[],
  layers: readonly LayerSpec[],
  directions: { forward: readonly string[]; backward: readonly string[] },
): KernelCase {
  return { operation, shape: input.join('x'), layers, input, batch: BATCH, directions };
}

const LARGE = [28, 28, 32];
const SMALL = [14, 14, 64];
const LAST = [7, 7, 64];
const FEATURES = [3136];

const LINEAR = { forward: ['x', 'y'], backward: ['dy', 'dx'] };
const MAXIMUM = { forward: ['x', 'y', 'positions'], backward: ['dy', 'positions', 'dx'] };
// Statistics come first, so that a tensor larger than the caches moves more often than this.
const NORMALISATION = { forward: ['x', 'y'], backward: ['dy', 'x', 'dx'] };

function activation(operation: string, layer: LayerSpec, derivativeOf: 'x' | 'y'): KernelCase {
  const directions = { forward: ['x', 'y'], backward: [derivativeOf, 'dy', 'dx'] };
  return memory(operation, LARGE, [layer], directions);
}

/** An update of as many parameters as the largest layer of `deep` has: what the layers here do is not timed. */
function update(optimizer: OptimizerOptions, operation: string = optimizer.type): KernelCase {
  const [inputs] = FEATURES;
  const units = 128;
  return {
    operation,
    shape: String(inputs * units),
    layers: [dense({ units, useBias: false })],
    input: [inputs],
    batch: 1,
    optimizer,
    directions: { update: [] },
  };
}

export const KERNEL_CASES: readonly KernelCase[] = [
  ...[256, 512, 1024].map(gemm),
  denseCase(3136, 128),
  // The convolutions of `deep`, then those of `keras`.
  ...[convolution(28, 1, 32), convolution(28, 32, 32), convolution(14, 32, 64), convolution(14, 64, 64)],
  ...[convolution(28, 1, 32, 'valid'), convolution(13, 32, 64, 'valid')],
  memory('batchNorm', LARGE, [batchNorm()], NORMALISATION),
  memory('batchNormRelu', LARGE, [batchNorm(), relu()], NORMALISATION),
  activation('relu', relu(), 'y'),
  activation('leakyRelu', leakyRelu(), 'x'),
  activation('gelu', gelu(), 'x'),
  activation('silu', silu(), 'x'),
  activation('sigmoid', sigmoid(), 'y'),
  activation('tanh', tanh(), 'y'),
  memory('maxPool2d', LARGE, [maxPool2d({ poolSize: 2 })], MAXIMUM),
  memory('averagePool2d', LARGE, [averagePool2d({ poolSize: 2 })], LINEAR),
  memory('globalMaxPool', LAST, [globalMaxPool()], MAXIMUM),
  memory('globalAveragePool', LAST, [globalAveragePool()], LINEAR),
  memory('dropout', FEATURES, [dropout({ rate: 0.5 })], LINEAR),
  memory('zeroPadding2d', LARGE, [zeroPadding2d({ padding: 1 })], LINEAR),
  memory('scaleChannels', SMALL, [channelScale({ layers: [globalAveragePool()] })], {
    forward: ['x', 'scale', 'y'],
    backward: ['dy', 'x', 'scale', 'dx', 'dscale'],
  }),
  memory('add', SMALL, [residual({ layers: [relu()] })], {
    forward: ['a', 'b', 'y'],
    backward: ['dy', 'da', 'db'],
  }),
  {
    ...memory('softmaxCrossEntropy', [10], [relu()], {
      forward: ['x', 'labels', 'probabilities', 'y'],
      backward: ['probabilities', 'labels', 'dx'],
    }),
    loss: { type: 'softmaxCrossEntropy' },
  },
  update({ type: 'sgd', momentum: 0.9 }),
  update({ type: 'rmsprop' }),
  update({ type: 'adagrad' }),
  update({ type: 'adam' }),
  update({ type: 'adamw' }),
  // So short that gradients are always scaled.
  update({ type: 'sgd', clipNorm: 1e-6 }, 'clipNorm'),
];
