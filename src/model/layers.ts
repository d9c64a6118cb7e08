/**
 * What a network is made of: plain JSON objects, and a function for each that types and completes them.
 *
 * A model is a list of layers; `residual` and `channelScale` hold lists of their own. The objects are the whole
 * truth: they go into the model file as they are, and `JSON.parse` brings a model back.
 */
import type { Padding } from '../../kernels/attributes.ts';

interface Named {
  /** Unique in the model; by default the type and a number, such as `conv2d_2`. */
  name?: string;
}

/** One number for both directions, or [height, width]. */
export type Size2d = number | readonly [number, number];

export interface Conv2dSpec extends Named {
  type: 'conv2d';
  filters: number;
  kernelSize: Size2d;
  /** 1 by default. */
  stride?: Size2d;
  /** `valid` by default. */
  padding?: Padding | number;
  /** True by default; needless before a batch norm. */
  useBias?: boolean;
}

export interface DenseSpec extends Named {
  type: 'dense';
  units: number;
  /** True by default. */
  useBias?: boolean;
}

export interface Pool2dSpec extends Named {
  type: 'maxPool2d' | 'averagePool2d';
  poolSize: Size2d;
  /** The pool size by default. */
  stride?: Size2d;
  /** `valid` by default. An average leaves padding out of its count. */
  padding?: Padding | number;
}

export interface GlobalPoolSpec extends Named {
  type: 'globalMaxPool' | 'globalAveragePool';
}

export interface BatchNormSpec extends Named {
  type: 'batchNorm';
  /** Share of the old running statistics that one step keeps; 0.9 by default (PyTorch calls that 0.1). */
  momentum?: number;
  /** Added to the variance; 1e-5 by default. */
  epsilon?: number;
}

export interface DropoutSpec extends Named {
  type: 'dropout';
  /** Share of the values set to zero in training. */
  rate: number;
}

export interface ActivationSpec extends Named {
  type: 'relu' | 'gelu' | 'silu' | 'sigmoid' | 'tanh';
}

export interface LeakyReluSpec extends Named {
  type: 'leakyRelu';
  /** 0.01 by default. */
  negativeSlope?: number;
}

export interface FlattenSpec extends Named {
  type: 'flatten';
}

export interface ZeroPadding2dSpec extends Named {
  type: 'zeroPadding2d';
  /** One number for all sides, or [[top, bottom], [left, right]]. */
  padding: number | readonly [readonly [number, number], readonly [number, number]];
}

/** Adds what `layers` make of the input to what `shortcut` makes of it, or to the input itself. */
export interface ResidualSpec extends Named {
  type: 'residual';
  layers: readonly LayerSpec[];
  shortcut?: readonly LayerSpec[];
}

/** Multiplies each channel of the input by the number that `layers` make for it (squeeze and excite). */
export interface ChannelScaleSpec extends Named {
  type: 'channelScale';
  layers: readonly LayerSpec[];
}

export type LayerSpec =
  | Conv2dSpec
  | DenseSpec
  | Pool2dSpec
  | GlobalPoolSpec
  | BatchNormSpec
  | DropoutSpec
  | ActivationSpec
  | LeakyReluSpec
  | FlattenSpec
  | ZeroPadding2dSpec
  | ResidualSpec
  | ChannelScaleSpec;

export interface ModelSpec {
  name?: string;
  /** Shape of one example: [height, width, channels], or [features]. */
  input: readonly number[];
  layers: readonly LayerSpec[];
}

/** A model whose layers follow each other. */
export function sequential(
  options: { input: readonly number[]; name?: string },
  layers: readonly LayerSpec[],
): ModelSpec {
  return { ...options, layers };
}

type Options<Spec> = Omit<Spec, 'type'>;

export const conv2d = (options: Options<Conv2dSpec>): Conv2dSpec => ({ type: 'conv2d', ...options });
export const dense = (options: Options<DenseSpec>): DenseSpec => ({ type: 'dense', ...options });
export const maxPool2d = (options: Options<Pool2dSpec>): Pool2dSpec => ({ type: 'maxPool2d', ...options });
export const averagePool2d = (options: Options<Pool2dSpec>): Pool2dSpec => ({
  type: 'averagePool2d',
  ...options,
});
export const globalMaxPool = (options: Named = {}): GlobalPoolSpec => ({ type: 'globalMaxPool', ...options });
export const globalAveragePool = (options: Named = {}): GlobalPoolSpec => ({
  type: 'globalAveragePool',
  ...options,
});
export const batchNorm = (options: Options<BatchNormSpec> = {}): BatchNormSpec => ({
  type: 'batchNorm',
  ...options,
});
export const dropout = (options: Options<DropoutSpec>): DropoutSpec => ({ type: 'dropout', ...options });
export const relu = (options: Named = {}): ActivationSpec => ({ type: 'relu', ...options });
export const gelu = (options: Named = {}): ActivationSpec => ({ type: 'gelu', ...options });
export const silu = (options: Named = {}): ActivationSpec => ({ type: 'silu', ...options });
export const sigmoid = (options: Named = {}): ActivationSpec => ({ type: 'sigmoid', ...options });
export const tanh = (options: Named = {}): ActivationSpec => ({ type: 'tanh', ...options });
export const leakyRelu = (options: Options<LeakyReluSpec> = {}): LeakyReluSpec => ({
  type: 'leakyRelu',
  ...options,
});
export const flatten = (options: Named = {}): FlattenSpec => ({ type: 'flatten', ...options });
export const zeroPadding2d = (options: Options<ZeroPadding2dSpec>): ZeroPadding2dSpec => ({
  type: 'zeroPadding2d',
  ...options,
});
export const residual = (options: Options<ResidualSpec>): ResidualSpec => ({ type: 'residual', ...options });
export const channelScale = (options: Options<ChannelScaleSpec>): ChannelScaleSpec => ({
  type: 'channelScale',
  ...options,
});
