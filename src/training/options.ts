/** What a training run is told, what it tells, and what it gives. */
import type { Dataset } from '../data/dataset.ts';
import type { CompileOptions } from '../engine/compile.ts';
import type { Network } from '../model/network.ts';
import type { Callback, Output } from './callbacks/callback.ts';
import type { CallbackSpec } from './callbacks/specs.ts';
import type { Checkpoint, EpochRecord } from './checkpoint.ts';
import type { Scores } from './metrics.ts';
import type { StepProfile } from './profiler.ts';
import type { Recipe } from './recipe.ts';

export interface StepReport {
  /** From 1. */
  epoch: number;
  epochs: number;
  /** Steps done of this epoch, and how many it has. */
  step: number;
  steps: number;
  /** Seen in this epoch, as far as it is known what came of them: a graphics card is some steps ahead of that. */
  examples: number;
  /** Means over these examples. */
  loss: number;
  accuracy: number;
  learningRate: number;
  imagesPerSecond: number;
}

export interface TrainOptions
  extends Partial<Omit<Recipe, 'model' | 'callbacks'>>,
    Pick<CompileOptions, 'backend' | 'level' | 'precision' | 'threads'> {
  data: Dataset;
  /**
   * Whether nobody needs the pictures of `data` any more. In WebAssembly training has them in its own memory; then
   * `data.images` is given up, and empty afterwards.
   */
  handOver?: boolean;
  /** Scored after each epoch. */
  validation?: Dataset;
  /** Goes into the network's provenance, and must be the same when a run is resumed. */
  fingerprint?: Record<string, string>;
  resume?: Checkpoint;
  /** Goes on from this network's weights, and normalises as it does, instead of beginning anew. Its model must be the
   *  one that is trained, and its classes those of the data. */
  initial?: Network;
  /** Called in this order, before `onStep` and `onEpoch`; as JSON, as a recipe has them, or as objects. */
  callbacks?: readonly (CallbackSpec | Callback)[];
  /** Where those callbacks write that are given as JSON. */
  output?: Output;
  /** Once it is known where training runs, said for people. */
  onStart?(backend: string): void;
  /** After each step or, where a graphics card is ahead of what is known of it, after some. */
  onStep?(report: StepReport): void;
  /** After each epoch; the loop waits for it. `checkpoint` makes one of this moment. */
  onEpoch?(record: EpochRecord, checkpoint: () => Promise<Checkpoint>): void | Promise<void>;
  /** Something happened that a person should know, and training goes on. */
  onNote?(sentence: string): void;
  /** Times the kernels of some steps; the result then says where the time went. */
  profile?: boolean;
  /** Stops between two steps; the result then has a checkpoint to go on from. */
  signal?: AbortSignal;
}

export interface TrainResult {
  network: Network;
  history: EpochRecord[];
  /** Present when the run was stopped before its end. */
  interrupted?: Checkpoint;
  /** Why a callback ended the run before its last epoch. */
  stopped?: string;
  /** Scores of the last epoch's weights on the validation set. */
  validation?: Scores;
  /** Where the time of steps went, if that was asked for and the run was long enough. */
  profile?: StepProfile;
  /** Where it ran, for people. */
  backend: string;
}
