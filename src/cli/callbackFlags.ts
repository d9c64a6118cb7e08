/** The callbacks that have flags, and what flags make of a preset's. */
import { isDeepStrictEqual } from 'node:util';
import type { Argv } from 'yargs';
import { type CallbackSpec, type Recipe, UsageError } from '../index.ts';
import { wholeNumber } from './flags.ts';

const MOST_EPOCHS = 1e6;

export interface CallbackFlags {
  earlyStopping?: number;
  reduceOnPlateau?: number;
  saveBest?: boolean;
  saveEvery?: number;
  terminateOnNan?: boolean;
  csvLog?: boolean;
  tensorboard?: boolean;
}

export function callbackFlags<Flags>(commandLine: Argv<Flags>) {
  const epochs = (flag: string, least: number) => ({
    type: 'number' as const,
    coerce: wholeNumber(flag, least, MOST_EPOCHS),
    requiresArg: true,
  });
  return commandLine
    .option('early-stopping', {
      ...epochs('early-stopping', 0),
      describe: 'Stop after N epochs without less validation loss, and go back to the best weights',
    })
    .option('reduce-on-plateau', {
      ...epochs('reduce-on-plateau', 0),
      describe: 'A tenth of the learning rate after N epochs without less validation loss',
    })
    .option('save-best', { type: 'boolean', describe: 'Keep the network of least validation loss, too' })
    .option('save-every', { ...epochs('save-every', 1), describe: 'Keep the network of each Nth epoch' })
    .option('terminate-on-nan', {
      type: 'boolean',
      describe: 'End at a loss that is no number, with what other callbacks saved',
    })
    .option('csv-log', { type: 'boolean', describe: 'Write log.csv as Keras would' })
    .option('tensorboard', { type: 'boolean', describe: 'Write events for TensorBoard' });
}

/** What the flags ask for. */
function askedFor(flags: CallbackFlags): CallbackSpec[] {
  const specs: CallbackSpec[] = [];
  if (flags.reduceOnPlateau !== undefined) {
    specs.push({ type: 'reduceLROnPlateau', patience: flags.reduceOnPlateau });
  }
  if (flags.earlyStopping !== undefined) {
    specs.push({ type: 'earlyStopping', patience: flags.earlyStopping, restoreBestWeights: true });
  }
  if (flags.terminateOnNan) specs.push({ type: 'terminateOnNaN' });
  if (flags.saveBest) specs.push({ type: 'modelCheckpoint', saveBestOnly: true });
  if (flags.saveEvery !== undefined) specs.push({ type: 'modelCheckpoint', every: flags.saveEvery });
  if (flags.csvLog) specs.push({ type: 'csvLogger' });
  if (flags.tensorboard) specs.push({ type: 'tensorBoard' });
  return specs;
}

/** The preset's callbacks and the flags'; one that both have is as the flag says. */
export function withCallbacks(recipe: Recipe, flags: CallbackFlags): Recipe {
  const asked = askedFor(flags);
  if (asked.length === 0) return recipe;
  const kept = (recipe.callbacks ?? []).filter((own) => !asked.some(({ type }) => type === own.type));
  return { ...recipe, callbacks: [...kept, ...asked] };
}

/** A run that goes on has the callbacks it began with; flags may repeat them. */
export function requireSameCallbacks(recipe: Recipe, flags: CallbackFlags, folder: string): void {
  for (const asked of askedFor(flags)) {
    if (recipe.callbacks?.some((own) => isDeepStrictEqual(own, asked))) continue;
    throw new UsageError(
      `The run in ${folder} began without this ${asked.type}: leave the flag out to resume it, or use another --out for another run.`,
    );
  }
}
