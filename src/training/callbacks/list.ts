/** The callbacks of a run, called one after the other in the order given, and their state for checkpoints. */
import { InklingError, UsageError } from '../../errors.ts';
import type { EpochRecord } from '../checkpoint.ts';
import type { Callback, StepEnd, TrainingControl } from './callback.ts';

/** The JSON of all states by the callbacks' names. */
export type StoredStates = Record<string, Record<string, unknown>>;

/** How the name of a callback's tensor begins in a checkpoint. */
const TENSOR_PREFIX = 'callback';

export class CallbackList {
  readonly #callbacks: readonly Callback[];

  constructor(callbacks: readonly Callback[]) {
    this.#callbacks = callbacks;
    const names = callbacks.map(({ name }) => name);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) {
      throw new UsageError(
        `There are two callbacks "${twice}"; give them different files, or leave one out.`,
      );
    }
  }

  async trainBegin(run: TrainingControl): Promise<void> {
    for (const callback of this.#callbacks) await callback.onTrainBegin?.(run);
  }

  stepEnd(step: StepEnd, run: TrainingControl): void {
    for (const callback of this.#callbacks) callback.onStepEnd?.(step, run);
  }

  async epochEnd(record: EpochRecord, run: TrainingControl): Promise<void> {
    for (const callback of this.#callbacks) await callback.onEpochEnd?.(record, run);
  }

  async trainEnd(run: TrainingControl): Promise<void> {
    for (const callback of this.#callbacks) await callback.onTrainEnd?.(run);
  }

  /** What all remember; their tensors are added to `tensors`. */
  save(tensors: Map<string, Float32Array>): StoredStates {
    const states: StoredStates = {};
    this.#callbacks.forEach(({ name, state }, index) => {
      const saved = state?.();
      if (!saved) return;
      states[name] = saved.values;
      for (const [key, values] of saved.tensors ?? []) {
        tensors.set(`${TENSOR_PREFIX}${index}.${key}`, Float32Array.from(values));
      }
    });
    return states;
  }

  restore(states: StoredStates, tensors: ReadonlyMap<string, Float32Array>): void {
    this.#callbacks.forEach(({ name, restore }, index) => {
      if (!restore) return;
      const values = states[name];
      if (!values) {
        throw new InklingError(
          `The checkpoint knows nothing of the callback "${name}"; resume with the callbacks that the run began with.`,
        );
      }
      const prefix = `${TENSOR_PREFIX}${index}.`;
      const own = [...tensors].filter(([key]) => key.startsWith(prefix));
      const named = own.map(([key, value]) => [key.slice(prefix.length), Float32Array.from(value)] as const);
      restore({ values, tensors: named.length > 0 ? new Map(named) : undefined });
    });
  }
}
