/** `inkling runs`: lists training runs, or compares two of them. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Argv } from 'yargs';
import { describeFileError, InklingError, type RunRecord, UsageError } from '../index.ts';
import { duration, percent } from './format.ts';
import { RunFolder } from './runFolder.ts';
import { tableLines } from './table.ts';
import { harmless, paint, print, printJson } from './terminal.ts';

const RUNS = 'runs';

export function flags(commandLine: Argv) {
  return commandLine
    .positional('what', { type: 'string', choices: ['compare'], describe: 'Compare two runs instead' })
    .positional('runs', { type: 'string', array: true, describe: 'Their folders, or names in runs/' })
    .option('dir', { type: 'string', requiresArg: true, default: RUNS, describe: 'Where the runs are' })
    .option('json', { type: 'boolean' })
    .example('$0 runs', 'List the runs in runs/')
    .example('$0 runs compare default seven', 'What differs between two runs, and how they ended');
}

type Flags = Awaited<ReturnType<typeof flags>['argv']>;

/** What a list says of a run. */
interface Line {
  name: string;
  started: string;
  preset: string;
  /** Done, and to do. */
  epochs: number;
  epochsWanted: number;
  validationAccuracy?: number;
  testAccuracy?: number;
  calibrationError?: number;
  /** On the test set. */
  loss?: number;
  seconds: number;
}

export async function run({ what, runs = [], dir, json }: Flags): Promise<number> {
  if (what === undefined) await list(dir, json);
  else if (runs.length === 2) await compare(runs, dir, json);
  else throw new UsageError("Name two runs to compare, such as 'inkling runs compare default seven'.");
  return 0;
}

/** The folder that a person names, or that has this name among the runs. */
export function runFolderOf(name: string, dir = RUNS): RunFolder {
  return new RunFolder(existsSync(name) ? name : join(dir, name));
}

async function list(dir: string, json?: boolean): Promise<void> {
  let names: string[];
  try {
    names = await readdir(dir);
  } catch (error) {
    throw describeFileError(error, 'list', dir);
  }
  const lines: Line[] = [];
  for (const name of names) {
    const found = await new RunFolder(join(dir, name)).read();
    if (found) lines.push(lineOf(found));
  }
  lines.sort((one, other) => one.started.localeCompare(other.started));
  if (json) {
    for (const line of lines) printJson(line);
    return;
  }
  const head = ['run', 'begun', 'preset', 'epochs', 'validation', 'test', 'loss', 'time'];
  const rows = lines.map((line) => [
    harmless(line.name),
    line.started.replace('T', ' ').slice(0, 16),
    line.preset,
    `${line.epochs}/${line.epochsWanted}`,
    percent(line.validationAccuracy ?? Number.NaN),
    percent(line.testAccuracy ?? Number.NaN),
    line.loss?.toFixed(4) ?? '–',
    duration(line.seconds),
  ]);
  const right = head.map((_, column) => (column < 3 ? ('left' as const) : ('right' as const)));
  for (const row of tableLines([head.map((title) => paint('bold', title)), ...rows], right)) print(row);
}

function lineOf({ name, start, history, results }: RunRecord): Line {
  return {
    ...{ name, started: start.started, preset: start.preset },
    epochs: history.length,
    epochsWanted: start.recipe.epochs,
    validationAccuracy: history.at(-1)?.validationAccuracy,
    testAccuracy: results?.test.accuracy,
    calibrationError: results?.test.calibrationError,
    loss: results?.test.loss,
    seconds: history.reduce((sum, record) => sum + record.seconds, 0),
  };
}

async function compare(names: readonly string[], dir: string, json?: boolean): Promise<void> {
  const found: RunRecord[] = [];
  for (const name of names) {
    const folder = runFolderOf(name, dir);
    const record = await folder.read();
    if (!record) throw new InklingError(`${folder.path} holds no run; 'inkling runs' lists those there are.`);
    found.push(record);
  }
  const settings = differences(found.map(settingsOf));
  const lines = found.map(lineOf);
  if (json) {
    printJson({ runs: lines, differences: settings });
    return;
  }
  const [one, other] = lines;
  const results: [string, string, string][] = [
    ['test accuracy', ...both(lines, ({ testAccuracy }) => percent(testAccuracy ?? Number.NaN))],
    ['test loss', ...both(lines, ({ loss }) => loss?.toFixed(4) ?? '–')],
    ['calibration error', ...both(lines, (line) => percent(line.calibrationError ?? Number.NaN))],
    ['validation accuracy', ...both(lines, (line) => percent(line.validationAccuracy ?? Number.NaN))],
    ['epochs', ...both(lines, ({ epochs, epochsWanted }) => `${epochs}/${epochsWanted}`)],
    ['time', ...both(lines, ({ seconds }) => duration(seconds))],
  ];
  const head = ['', one.name, other.name].map((title) => paint('bold', harmless(title)));
  const rows = Object.entries(settings).map(([key, values]) => [key, ...values.map((value) => value ?? '–')]);
  const shown = rows.map((row) => row.map(harmless));
  for (const line of tableLines([head, ...results, ['', '', ''], ...shown], [])) print(line.trimEnd());
  if (rows.length === 0) print('Their settings are the same.');
}

function both(lines: readonly Line[], text: (line: Line) => string): [string, string] {
  return [text(lines[0]), text(lines[1])];
}

/** All that a run was told, by its path in the JSON. */
function settingsOf({ start }: RunRecord): Map<string, string> {
  const { recipe, preset, dataset, examples, validation, fingerprint, environment } = start;
  const settings = new Map<string, string>();
  const walk = (value: unknown, path: string) => {
    if (typeof value !== 'object' || value === null) settings.set(path, String(value));
    else if (path === 'model.layers' || path === 'callbacks') settings.set(path, JSON.stringify(value));
    else for (const [key, inside] of Object.entries(value)) walk(inside, path ? `${path}.${key}` : key);
  };
  walk({ preset, dataset, examples, validation, ...recipe, fingerprint, environment }, '');
  return settings;
}

/** The settings that are not the same, with the value of each run. */
function differences(all: readonly Map<string, string>[]): Record<string, (string | undefined)[]> {
  const keys = new Set(all.flatMap((settings) => [...settings.keys()]));
  const differing = [...keys].filter((key) => new Set(all.map((settings) => settings.get(key))).size > 1);
  return Object.fromEntries(differing.map((key) => [key, all.map((settings) => settings.get(key))]));
}
