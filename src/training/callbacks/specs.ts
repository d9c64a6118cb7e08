/**
 * Callbacks as plain JSON, as presets hold them: `{ "type": "earlyStopping", "patience": 3 }`.
 *
 * Every option is checked before training begins; one that does not exist is an error, since a misspelt patience
 * would otherwise show only in how a run ends.
 */
import { UsageError } from '../../errors.ts';
import type { Callback, Output } from './callback.ts';
import { type CsvLoggerOptions, csvLogger } from './csvLogger.ts';
import { type EarlyStoppingOptions, earlyStopping } from './earlyStopping.ts';
import { type ModelCheckpointOptions, modelCheckpoint } from './modelCheckpoint.ts';
import { MONITOR_NAMES } from './monitor.ts';
import { type ReduceLROnPlateauOptions, reduceLROnPlateau } from './reduceLROnPlateau.ts';
import { type TensorBoardOptions, tensorBoard } from './tensorBoard.ts';
import { terminateOnNaN } from './terminateOnNaN.ts';

export type CallbackSpec =
  | ({ type: 'earlyStopping' } & EarlyStoppingOptions)
  | ({ type: 'reduceLROnPlateau' } & ReduceLROnPlateauOptions)
  | ({ type: 'modelCheckpoint' } & ModelCheckpointOptions)
  | { type: 'terminateOnNaN' }
  | ({ type: 'csvLogger' } & CsvLoggerOptions)
  | ({ type: 'tensorBoard' } & TensorBoardOptions);

/** What a value must be, in words, and whether it is. */
interface Check {
  what: string;
  passes(value: unknown): boolean;
}

const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);
const number: Check = { what: 'a number', passes: isNumber };
const positive: Check = {
  what: 'a number from 0',
  passes: (value) => isNumber(value) && (value as number) >= 0,
};
const flag: Check = { what: 'true or false', passes: (value) => typeof value === 'boolean' };
const text: Check = { what: 'a text', passes: (value) => typeof value === 'string' && value !== '' };
const whole = (least: number): Check => ({
  what: `a whole number from ${least}`,
  passes: (value) => Number.isSafeInteger(value) && (value as number) >= least,
});
const oneOf = (words: readonly string[]): Check => ({
  what: `one of ${words.join(', ')}`,
  passes: (value) => words.includes(value as string),
});
/** A place below the run's folder. */
const path: Check = {
  what: 'a relative path without ".."',
  passes: (value) => text.passes(value) && !/^[/\\]|^\w:|(^|[/\\])\.\.([/\\]|$)/.test(value as string),
};

const MONITORED = { monitor: oneOf(MONITOR_NAMES), mode: oneOf(['auto', 'min', 'max']) };

/** The options of each callback. */
const OPTIONS: Record<CallbackSpec['type'], Record<string, Check>> = {
  earlyStopping: {
    ...MONITORED,
    minDelta: number,
    patience: whole(0),
    baseline: number,
    restoreBestWeights: flag,
    startFromEpoch: whole(0),
  },
  reduceLROnPlateau: {
    ...MONITORED,
    factor: {
      what: 'a number from 0 to below 1',
      passes: (value) => positive.passes(value) && (value as number) < 1,
    },
    patience: whole(0),
    minDelta: positive,
    cooldown: whole(0),
    minLr: positive,
  },
  modelCheckpoint: {
    ...MONITORED,
    file: path,
    saveBestOnly: flag,
    every: whole(1),
    initialValueThreshold: number,
  },
  terminateOnNaN: {},
  csvLogger: { file: path, separator: text, append: flag },
  tensorBoard: { folder: path, histogramEvery: whole(0), mistakes: whole(0) },
};

/** Checks callbacks that came from JSON. */
export function checkCallbacks(specs: unknown): asserts specs is CallbackSpec[] {
  if (!Array.isArray(specs)) throw new UsageError('The callbacks of a recipe must be a list.');
  for (const spec of specs) checkCallback(spec);
}

function checkCallback(spec: unknown): void {
  const { type, ...options } = (spec ?? {}) as { type: string };
  const types = Object.keys(OPTIONS);
  if (!types.includes(type)) {
    throw new UsageError(`There is no callback ${JSON.stringify(type)}; there are ${types.join(', ')}.`);
  }
  const known = OPTIONS[type as CallbackSpec['type']];
  for (const [key, value] of Object.entries(options)) {
    if (!Object.hasOwn(known, key)) {
      const ways = Object.keys(known).join(', ') || 'none';
      throw new UsageError(`The callback ${type} has no option "${key}"; it has ${ways}.`);
    }
    if (value !== undefined && !known[key].passes(value)) {
      throw new UsageError(
        `${key} of the callback ${type} must be ${known[key].what}, not ${JSON.stringify(value)}.`,
      );
    }
  }
}

/** Makes the callback that a spec describes. Those that write need somewhere to write to. */
export function createCallback(spec: CallbackSpec, output?: Output): Callback {
  checkCallback(spec);
  const needed = () => {
    if (output) return output;
    throw new UsageError(`The callback ${spec.type} writes files; give train an output for them.`);
  };
  switch (spec.type) {
    case 'earlyStopping':
      return earlyStopping(spec);
    case 'reduceLROnPlateau':
      return reduceLROnPlateau(spec);
    case 'terminateOnNaN':
      return terminateOnNaN();
    case 'modelCheckpoint':
      return modelCheckpoint(spec, needed());
    case 'csvLogger':
      return csvLogger(spec, needed());
    case 'tensorBoard':
      return tensorBoard(spec, needed());
  }
}
