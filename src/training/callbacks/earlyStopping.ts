/** Stops a run that no longer gets better, as Keras's EarlyStopping does. */
import type { Callback } from './callback.ts';
import { Monitor, type MonitorOptions } from './monitor.ts';

export interface EarlyStoppingOptions extends MonitorOptions {
  /** What an improvement must exceed; 0 by default. */
  minDelta?: number;
  /** Epochs without improvement after which to stop; 0 by default. */
  patience?: number;
  /** The wait starts anew only with values that are better than this, too. */
  baseline?: number;
  /** Ends with the weights of the best epoch, whether it stopped early or not; false by default. */
  restoreBestWeights?: boolean;
  /** Epochs at the start that are not looked at; 0 by default. */
  startFromEpoch?: number;
}

export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  const { minDelta = 0, patience = 0, baseline, restoreBestWeights = false, startFromEpoch = 0 } = options;
  const monitor = new Monitor(options, minDelta);
  let wait = 0;
  let best: number | undefined;
  let bestEpoch = 0;
  let bestWeights: Map<string, Float32Array> | undefined;
  return {
    name: 'earlyStopping',
    onTrainBegin(run) {
      monitor.requireIn(run, 'earlyStopping');
      [wait, best, bestEpoch, bestWeights] = [0, undefined, 0, undefined];
    },
    async onEpochEnd(record, run) {
      const current = monitor.of(record);
      if (current === undefined || record.epoch <= startFromEpoch) return;
      const isBetter = monitor.isBetter(current, best);
      // The first epoch looked at counts as the best for want of another, even where its value is no number.
      if (isBetter || bestEpoch === 0) {
        bestEpoch = record.epoch;
        if (restoreBestWeights) bestWeights = await run.weights();
      }
      wait++;
      if (isBetter) {
        best = current;
        if (baseline === undefined || monitor.isBetter(current, baseline)) wait = 0;
        return;
      }
      if (wait < patience || record.epoch === 1) return;
      const epochs = `${wait} ${wait === 1 ? 'epoch' : 'epochs'}`;
      run.stop(
        `earlyStopping: ${monitor.value} has not become better for ${epochs}; epoch ${bestEpoch} was best.`,
      );
    },
    async onTrainEnd(run) {
      if (bestWeights) await run.setWeights(bestWeights);
    },
    state: () => ({ values: { wait, best, bestEpoch }, tensors: bestWeights }),
    restore({ values, tensors }) {
      [wait, best, bestEpoch] = [
        values.wait as number,
        values.best as number | undefined,
        values.bestEpoch as number,
      ];
      bestWeights = tensors;
    },
  };
}
