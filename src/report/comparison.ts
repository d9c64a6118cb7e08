/** Several training runs beside each other: how each ended, and in which settings they differ. */
import type { RunRecord } from './run.ts';

/** A run in a line. */
export interface RunOutline {
  name: string;
  started: string;
  preset: string;
  /** Done, and to do. */
  epochs: number;
  epochsWanted: number;
  /** After the last epoch, and the best of any. */
  validationAccuracy?: number;
  bestValidationAccuracy?: number;
  testAccuracy?: number;
  calibrationError?: number;
  /** On the test set. */
  loss?: number;
  seconds: number;
}

export interface Comparison {
  runs: readonly RunRecord[];
  /** In the order of the runs. */
  outlines: RunOutline[];
  /** By their path in the JSON, the settings that are not the same everywhere, with the value of each run. */
  differences: Record<string, (string | undefined)[]>;
}

export function compareRuns(runs: readonly RunRecord[]): Comparison {
  return { runs, outlines: runs.map(outlineOf), differences: differencesOf(runs.map(settingsOf)) };
}

export function outlineOf({ name, start, history, results }: RunRecord): RunOutline {
  const validation = history.flatMap(({ validationAccuracy }) => validationAccuracy ?? []);
  return {
    ...{ name, started: start.started, preset: start.preset },
    epochs: history.length,
    epochsWanted: start.recipe.epochs,
    validationAccuracy: history.at(-1)?.validationAccuracy,
    bestValidationAccuracy: validation.length > 0 ? Math.max(...validation) : undefined,
    testAccuracy: results?.test.accuracy,
    calibrationError: results?.test.calibrationError,
    loss: results?.test.loss,
    seconds: history.reduce((sum, record) => sum + record.seconds, 0),
  };
}

/** Parts of a recipe that are told as they are, since a path into a list tells nobody anything. */
const WHOLE = ['model.layers', 'callbacks'];

/** All that a run was told, by its path in the JSON. */
function settingsOf({ start }: RunRecord): Map<string, string> {
  const { recipe, preset, dataset, examples, validation, fingerprint, environment } = start;
  const settings = new Map<string, string>();
  const walk = (value: unknown, path: string) => {
    if (typeof value !== 'object' || value === null) settings.set(path, String(value));
    else if (WHOLE.includes(path)) settings.set(path, JSON.stringify(value));
    else for (const [key, inside] of Object.entries(value)) walk(inside, path ? `${path}.${key}` : key);
  };
  walk({ preset, dataset, examples, validation, ...recipe, fingerprint, environment }, '');
  return settings;
}

function differencesOf(all: readonly Map<string, string>[]): Comparison['differences'] {
  const keys = new Set(all.flatMap((settings) => [...settings.keys()]));
  const differing = [...keys].filter((key) => new Set(all.map((settings) => settings.get(key))).size > 1);
  return Object.fromEntries(differing.map((key) => [key, all.map((settings) => settings.get(key))]));
}
