/**
 * A plan: what to run, in which order, with every buffer at its place.
 *
 * The graph of a model is walked once forward and once backward. Every tensor gets a number and an address; the ones
 * that outlast a step (parameters, gradients, state, what goes in and out) have places of their own, all others
 * share an arena by the time they live. A backend turns each step into calls of its kernels when the plan is bound,
 * and then only runs them: running a plan allocates nothing.
 */
import type { AugmentationSpec } from '../../kernels/augmentation/spec.ts';
import type { MixupSpec } from '../../kernels/mixup/index.ts';
import type { FloatArray, Initial, Operation, Shape } from '../../kernels/operation.ts';
import { sizeOf } from '../../kernels/operation.ts';
import type { Optimizer } from '../../kernels/optimizer/index.ts';
import type { ModelSpec } from '../model/layers.ts';
import { align } from './arena.ts';

export interface PlanTensor {
  name: string;
  shape: Shape;
  type: TensorType;
  /** Address in bytes. */
  offset: number;
}

export type TensorType = 'float' | 'int32' | 'uint8';

/** Bytes of a value; the reference in double precision has twice as many, and doubles all addresses. */
export const VALUE_BYTES: Record<TensorType, number> = { float: 4, int32: 4, uint8: 1 };

/** Values of tensors are padded to this many, so that kernels may run over whole vectors. */
const PADDING = 16;

/** Bytes of a tensor, padding included. */
export const bytesOf = (shape: Shape, type: TensorType = 'float') =>
  align(Math.ceil(sizeOf(shape) / PADDING) * PADDING * VALUE_BYTES[type]);

export interface PlanStep {
  /** The layer it belongs to, for messages and profiles. */
  layer: string;
  position: number;
  // biome-ignore lint/suspicious/noExplicitAny: steps of all operations stand in one list
  operation: Operation<any>;
  phase: 'forward' | 'backward';
  attributes: unknown;
  training: boolean;
  shape: Record<string, Shape>;
  /** Number of each tensor, by the operation's own names. */
  tensors: Record<string, number>;
}

export interface PlanParameter {
  /** Such as `conv2d_1.weight`. */
  name: string;
  tensor: number;
  gradient: number;
  initial: Initial;
  decay: boolean;
}

export interface PlanState {
  name: string;
  tensor: number;
  initial: 'zeros' | 'ones';
}

/** A run of values that the optimiser updates with one call: addresses in bytes, size in values. */
export interface UpdateRange {
  parameter: number;
  gradient: number;
  slots: number[];
  count: number;
  decay: boolean;
}

export interface PlanUpdate {
  // biome-ignore lint/suspicious/noExplicitAny: an optimiser of any kind
  optimizer: Optimizer<any>;
  attributes: unknown;
  /** Gradients longer than this, all taken as one vector, are shortened to it. */
  clipNorm?: number;
  ranges: UpdateRange[];
  /** All gradients, and room for the partial sums of their norm. */
  gradients: { offset: number; count: number };
  partialNorms: number;
  /** Address of the optimiser's numbers for this step. */
  hyper: number;
  /** The optimiser's memory, as tensors named `slot.parameter`, for checkpoints. */
  slotTensors: { name: string; tensor: number; initial: number }[];
}

export interface Plan {
  model: ModelSpec;
  batch: number;
  mode: 'train' | 'infer';
  tensors: PlanTensor[];
  parameters: PlanParameter[];
  state: PlanState[];
  /** Values that never change: class weights. */
  constants: { tensor: number; values: readonly number[] }[];
  input: number;
  /** The data set and the places in it of a batch's pictures, where a training step makes its input from them. */
  pictures?: number;
  indices?: number;
  /** Where training steps mix pictures: how much, and the tensor for the share that each keeps. */
  mixup?: { alpha: number; share: number };
  /** What the last layer gives, for classifiers the logits: of a training step, and of inference. */
  trainingOutput: number;
  inferenceOutput: number;
  labels?: number;
  /** Loss of each example, in training with a loss. */
  loss?: number;
  /** Gradients that come from outside, in training without a loss. */
  outputGradient?: number;
  inputGradient?: number;
  forward: PlanStep[];
  backward: PlanStep[];
  inference: PlanStep[];
  update?: PlanUpdate;
  /** Address of three u32 for random numbers: seed, low and high, and step. */
  random: number;
  /** Bytes from address 0 to the end of the arena. */
  bytes: number;
}

export interface LossOptions {
  type: 'softmaxCrossEntropy';
  labelSmoothing?: number;
  classWeights?: readonly number[];
}

/** A data set in the executable's memory, from which each training step takes its batch. */
export interface SourceOptions {
  /** How many pictures of the model's input shape it has. */
  examples: number;
  normalisation: { mean: number; deviation: number };
  augmentation?: AugmentationSpec;
}

export interface OptimizerOptions {
  type: string;
  /** Gradients longer than this, all taken as one vector, are shortened to it. */
  clipNorm?: number;
  [attribute: string]: unknown;
}

export interface PlanOptions {
  batch: number;
  mode: 'train' | 'infer';
  loss?: LossOptions;
  optimizer?: OptimizerOptions;
  /** Training steps make their input from `pictures` and `indices`; without it, from what `input` holds. */
  source?: SourceOptions;
  /** Mixes the pictures of a training step, and their labels in the loss. */
  mixup?: MixupSpec;
  /** Also computes the gradient of the input, as saliency maps and gradient checks need. */
  inputGradient?: boolean;
  /** Joins operations where that saves passes over memory; the reference runs each by itself. */
  fuse?: boolean;
  /** Places for partial results: the number of workers. */
  parts?: number;
}

/** Views of all tensors of a plan, each in the list of its type, at its number. */
export interface TensorViews {
  floats: FloatArray[];
  integers: Int32Array[];
  bytes: Uint8Array[];
}

/** Views of a plan's tensors in one buffer, with floats of 4 or 8 bytes. */
export function viewsOf({ tensors }: Plan, buffer: ArrayBufferLike, precision: 32 | 64): TensorViews {
  const views: TensorViews = { floats: [], integers: [], bytes: [] };
  tensors.forEach(({ type, shape, offset }, index) => {
    const at = (offset * precision) / 32;
    const size = sizeOf(shape);
    if (type === 'uint8') views.bytes[index] = new Uint8Array(buffer, at, size);
    else if (type === 'int32') views.integers[index] = new Int32Array(buffer, at, size);
    else if (precision === 64) views.floats[index] = new Float64Array(buffer, at, size);
    else views.floats[index] = new Float32Array(buffer, at, size);
  });
  return views;
}
