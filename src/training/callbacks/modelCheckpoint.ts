/**
 * Saves networks along the way: each so many epochs, or only those that are better than all before.
 *
 * Semantics are those of Keras's ModelCheckpoint, counted in epochs; the files are model files, ready for use.
 */
import { UsageError } from '../../errors.ts';
import { encodeNetwork } from '../../model/network.ts';
import type { EpochRecord } from '../checkpoint.ts';
import type { Callback, Output } from './callback.ts';
import { Monitor, type MonitorOptions } from './monitor.ts';

export interface ModelCheckpointOptions extends MonitorOptions {
  /**
   * Name of the file. `{epoch}` and numbers of the epoch, such as `{validationLoss}`, are filled in, with `:02` for
   * so many digits or `:.4` for so many decimals. By default `best.safetensors`, or `epoch-{epoch:03}.safetensors`
   * where not only the best is saved.
   */
  file?: string;
  /** Saves only what is better than all before; false by default. */
  saveBestOnly?: boolean;
  /** Looks only at each so-many-th epoch; 1 by default. */
  every?: number;
  /** With saveBestOnly, what the first to be saved must already be better than. */
  initialValueThreshold?: number;
}

export function modelCheckpoint(options: ModelCheckpointOptions, output: Output): Callback {
  const { saveBestOnly = false, every = 1, initialValueThreshold } = options;
  const { file = saveBestOnly ? 'best.safetensors' : 'epoch-{epoch:03}.safetensors' } = options;
  const monitor = new Monitor(options);
  let best = initialValueThreshold;
  return {
    name: `modelCheckpoint ${file}`,
    onTrainBegin(run) {
      if (saveBestOnly) monitor.requireIn(run, 'modelCheckpoint');
      best = initialValueThreshold;
    },
    async onEpochEnd(record, run) {
      if (record.epoch % every !== 0) return;
      if (saveBestOnly) {
        const current = monitor.of(record);
        if (current === undefined || !monitor.isBetter(current, best)) return;
        best = current;
      }
      await output.replace(filledIn(file, record), encodeNetwork(await run.network()));
    },
    state: () => ({ values: { best } }),
    restore({ values }) {
      best = values.best as number | undefined;
    },
  };
}

/** Fills numbers of an epoch into a name. */
export function filledIn(template: string, record: EpochRecord): string {
  return template.replace(/\{([^}]*)\}/g, (placeholder, inside: string) => {
    const [, key, digits, decimals] = /^(\w+)(?::0?(\d+)d?|:\.(\d+)f?)?$/.exec(inside) ?? [];
    const value = record[key as keyof EpochRecord];
    if (value === undefined) {
      throw new UsageError(
        `The file name "${template}" has ${placeholder}, and an epoch of this run has ${Object.keys(record).join(', ')}.`,
      );
    }
    return decimals === undefined
      ? String(value).padStart(Number(digits ?? 0), '0')
      : value.toFixed(Number(decimals));
  });
}
