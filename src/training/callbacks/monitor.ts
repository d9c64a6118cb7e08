/** Watching one number of each epoch: which one, which way is better, and what counts as better. */
import { UsageError } from '../../errors.ts';
import type { EpochRecord } from '../checkpoint.ts';
import type { TrainingControl } from './callback.ts';

export type MonitoredValue = 'trainLoss' | 'trainAccuracy' | 'validationLoss' | 'validationAccuracy';

/** What Keras calls them. */
const KERAS_NAMES = {
  loss: 'trainLoss',
  accuracy: 'trainAccuracy',
  val_loss: 'validationLoss',
  val_accuracy: 'validationAccuracy',
} as const satisfies Record<string, MonitoredValue>;

export type MonitorName = MonitoredValue | keyof typeof KERAS_NAMES;

export const MONITOR_NAMES: readonly MonitorName[] = [
  ...Object.values(KERAS_NAMES),
  ...(Object.keys(KERAS_NAMES) as (keyof typeof KERAS_NAMES)[]),
];

export interface MonitorOptions {
  /** `validationLoss` by default; Keras's names, such as `val_loss`, mean the same. */
  monitor?: MonitorName;
  /** Whether less or more is better; `auto`, the default, takes less loss and more accuracy. */
  mode?: 'auto' | 'min' | 'max';
}

export class Monitor {
  readonly value: MonitoredValue;
  readonly #isLessBetter: boolean;
  readonly #minDelta: number;

  constructor({ monitor = 'validationLoss', mode = 'auto' }: MonitorOptions, minDelta = 0) {
    this.value =
      monitor in KERAS_NAMES ? KERAS_NAMES[monitor as keyof typeof KERAS_NAMES] : (monitor as MonitoredValue);
    this.#isLessBetter = mode === 'auto' ? this.value.endsWith('Loss') : mode === 'min';
    this.#minDelta = Math.abs(minDelta);
  }

  /** Refuses a run that will never have the number: nobody should wait for its end to learn that. */
  requireIn(run: TrainingControl, name: string): void {
    if (!this.value.startsWith('validation') || run.validation) return;
    throw new UsageError(
      `${name} watches ${this.value}, and this run has no validation pictures; hold some out, or let it watch trainLoss.`,
    );
  }

  of(record: EpochRecord): number | undefined {
    return record[this.value];
  }

  /** Whether `current` is better than `reference` by more than minDelta; than nothing, whatever is a number is. */
  isBetter(current: number, reference: number | undefined): boolean {
    return this.#isLessBetter
      ? current + this.#minDelta < (reference ?? Number.POSITIVE_INFINITY)
      : current - this.#minDelta > (reference ?? Number.NEGATIVE_INFINITY);
  }
}
