/**
 * What watches a training run and may steer it.
 *
 * A callback is called at four points: before the first step, after steps, after epochs and after the last one. It
 * sees the run through `TrainingControl` and nothing else, so that it works on every backend. What it remembers goes
 * into each checkpoint and comes back from there, so that a resumed run goes on to the same bits.
 *
 * Callbacks never touch files. Those that write are handed an `Output`, which the command line lays into the folder
 * of the run and a page may lay wherever it likes.
 */
import type { Dataset } from '../../data/dataset.ts';
import type { ModelSpec } from '../../model/layers.ts';
import type { Network } from '../../model/network.ts';
import type { EpochRecord } from '../checkpoint.ts';
import type { ScheduleSpec } from '../schedule.ts';

/** Some steps of training; more than one where a backend reads its numbers back only now and then. */
export interface StepEnd {
  /** From 1. */
  epoch: number;
  /** Steps done of this epoch, and how many it has. */
  step: number;
  steps: number;
  /** Means over the examples since the last call. */
  loss: number;
  accuracy: number;
  learningRate: number;
}

/** A validation example that was taken for another class. */
export interface Mistake {
  example: number;
  label: number;
  answer: number;
}

/** What a callback may do with its run. */
export interface TrainingControl {
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly schedule: ScheduleSpec;
  readonly model: ModelSpec;
  readonly validation?: Dataset;
  /** The first validation examples that the last epoch's network got wrong. */
  readonly mistakes: readonly Mistake[];
  /** The highest of the schedule. A callback may change it; it holds from the next step. */
  learningRate: number;
  /** No step follows. The reason is a sentence for people. */
  stop(reason: string): void;
  /** Copies of the parameters and running statistics. */
  weights(): Promise<Map<string, Float32Array>>;
  setWeights(weights: Map<string, Float32Array>): Promise<void>;
  /** The network as it is now. */
  network(): Promise<Network>;
}

/** What a callback remembers: JSON, and tensors. */
export interface CallbackState {
  values: Record<string, unknown>;
  tensors?: Map<string, Float32Array>;
}

export interface Callback {
  /** Unique in a run: its state is kept under this name. */
  readonly name: string;
  /** Once before the first step, of a resumed run too; `restore` comes after it. */
  onTrainBegin?(run: TrainingControl): void | Promise<void>;
  onStepEnd?(step: StepEnd, run: TrainingControl): void;
  onEpochEnd?(record: EpochRecord, run: TrainingControl): void | Promise<void>;
  /** After the last epoch or an early stop, but not where the run was interrupted to be resumed. */
  onTrainEnd?(run: TrainingControl): void | Promise<void>;
  state?(): CallbackState;
  restore?(state: CallbackState): void;
}

/** Where callbacks write. Names are relative, with `/` between folders. */
export interface Output {
  /** Replaces a file as a whole. */
  replace(name: string, bytes: Uint8Array): Promise<void>;
  /** Writes from a position on; whatever the file held behind it is gone. A file that is missing is made. */
  writeAt(name: string, position: number, bytes: Uint8Array): Promise<void>;
  /** Bytes of a file; 0 where there is none. */
  size(name: string): Promise<number>;
}
