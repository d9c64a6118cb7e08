/** Lowers the learning rate of a run that no longer gets better, as Keras's ReduceLROnPlateau does. */
import { UsageError } from '../../errors.ts';
import type { Callback } from './callback.ts';
import { Monitor, type MonitorOptions } from './monitor.ts';

export interface ReduceLROnPlateauOptions extends MonitorOptions {
  /** What the rate is multiplied by; 0.1 by default, and below 1. */
  factor?: number;
  /** Epochs without improvement before the rate is lowered; 10 by default. */
  patience?: number;
  /** What an improvement must exceed; 1e-4 by default. */
  minDelta?: number;
  /** Epochs after a lowering that are not counted; 0 by default. */
  cooldown?: number;
  /** The rate never goes below; 0 by default. */
  minLr?: number;
}

export function reduceLROnPlateau(options: ReduceLROnPlateauOptions = {}): Callback {
  const { factor = 0.1, patience = 10, minDelta = 1e-4, cooldown = 0, minLr = 0 } = options;
  if (!(factor < 1)) throw new UsageError(`The factor of reduceLROnPlateau must be below 1, not ${factor}.`);
  const monitor = new Monitor(options, minDelta);
  let wait = 0;
  let cooling = 0;
  let best: number | undefined;
  return {
    name: 'reduceLROnPlateau',
    onTrainBegin(run) {
      monitor.requireIn(run, 'reduceLROnPlateau');
      if (run.schedule.type !== 'constant') {
        throw new UsageError(
          `reduceLROnPlateau sets the learning rate itself, and the schedule ${run.schedule.type} does so too; use the schedule constant with it.`,
        );
      }
      [wait, cooling, best] = [0, 0, undefined];
    },
    onEpochEnd(record, run) {
      const current = monitor.of(record);
      if (current === undefined) return;
      if (cooling > 0) {
        cooling--;
        wait = 0;
      }
      if (monitor.isBetter(current, best)) {
        best = current;
        wait = 0;
      } else if (cooling === 0) {
        wait++;
        if (wait < patience || run.learningRate <= minLr) return;
        run.learningRate = Math.max(minLr, run.learningRate * factor);
        cooling = cooldown;
        wait = 0;
      }
    },
    state: () => ({ values: { wait, cooling, best } }),
    restore({ values }) {
      [wait, cooling, best] = [
        values.wait as number,
        values.cooling as number,
        values.best as number | undefined,
      ];
    },
  };
}
