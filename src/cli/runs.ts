/** `inkling runs`: lists training runs, or compares some of them. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Argv } from 'yargs';
import {
  compareRuns,
  describeFileError,
  InklingError,
  outlineOf,
  type RunOutline,
  type RunRecord,
  renderComparison,
  UsageError,
  writeFileAtomic,
} from '../index.ts';
import { duration, percent } from './format.ts';
import { RunFolder } from './runFolder.ts';
import { tableLines } from './table.ts';
import { harmless, paint, print, printJson } from './terminal.ts';

const RUNS = 'runs';

export function flags(commandLine: Argv) {
  return commandLine
    .positional('what', { type: 'string', choices: ['compare'], describe: 'Compare runs instead' })
    .positional('runs', { type: 'string', array: true, describe: 'Their folders, or names in runs/' })
    .option('dir', { type: 'string', requiresArg: true, default: RUNS, describe: 'Where the runs are' })
    .option('report', {
      type: 'string',
      requiresArg: true,
      describe: 'Write a page with the curves of the compared runs over each other',
    })
    .option('json', { type: 'boolean' })
    .example('$0 runs', 'List the runs in runs/')
    .example('$0 runs compare default seven', 'What differs between two runs, and how they ended')
    .example('$0 runs compare a b c --report compare.html', 'With their curves, as a page');
}

type Flags = Awaited<ReturnType<typeof flags>['argv']>;

export async function run({ what, runs = [], dir, report, json }: Flags): Promise<number> {
  if (what === 'compare') await compare(runs, { dir, report, json });
  else if (report === undefined) await list(dir, json);
  else
    throw new UsageError(
      "A page is made of compared runs: name them, such as 'inkling runs compare default seven'.",
    );
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
  const lines: RunOutline[] = [];
  for (const name of names) {
    const found = await new RunFolder(join(dir, name)).read();
    if (found) lines.push(outlineOf(found));
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

/** Longer values, such as lists of layers, are cut in a table; `--json` and the page have them whole. */
const LONGEST_VALUE = 40;

function shortened(value: string): string {
  return value.length <= LONGEST_VALUE ? value : `${value.slice(0, LONGEST_VALUE - 1)}…`;
}

interface CompareFlags {
  dir: string;
  report?: string;
  json?: boolean;
}

async function compare(names: readonly string[], { dir, report, json }: CompareFlags): Promise<void> {
  if (names.length < 2) {
    throw new UsageError("Name two runs or more to compare, such as 'inkling runs compare default seven'.");
  }
  const comparison = compareRuns(await runsOf(names, dir));
  if (report !== undefined) await writeFileAtomic(report, await renderComparison(comparison));
  const { outlines, differences } = comparison;
  if (json) {
    printJson({ runs: outlines, differences, report });
    return;
  }
  const row = (title: string, text: (outline: RunOutline) => string) => [title, ...outlines.map(text)];
  const results = [
    row('test accuracy', ({ testAccuracy }) => percent(testAccuracy ?? Number.NaN)),
    row('test loss', ({ loss }) => loss?.toFixed(4) ?? '–'),
    row('calibration error', ({ calibrationError }) => percent(calibrationError ?? Number.NaN)),
    row('validation accuracy', ({ validationAccuracy }) => percent(validationAccuracy ?? Number.NaN)),
    row('epochs', ({ epochs, epochsWanted }) => `${epochs}/${epochsWanted}`),
    row('time', ({ seconds }) => duration(seconds)),
  ];
  const head = row('', ({ name }) => name).map((title) => paint('bold', harmless(title)));
  const rows = Object.entries(differences).map(([key, values]) =>
    [key, ...values.map((value) => shortened(value ?? '–'))].map(harmless),
  );
  for (const line of tableLines([head, ...results, [''], ...rows], [])) print(line);
  if (rows.length === 0) print('Their settings are the same.');
  if (report !== undefined) print(`Report ${harmless(report)}`);
}

/** The runs of these names; of the same name, those of different folders go by their folders. */
async function runsOf(names: readonly string[], dir: string): Promise<RunRecord[]> {
  const found: RunRecord[] = [];
  for (const name of names) {
    const folder = runFolderOf(name, dir);
    const record = await folder.read();
    if (!record) throw new InklingError(`${folder.path} holds no run; 'inkling runs' lists those there are.`);
    found.push(record);
  }
  return found.map((record, index) => {
    const isAlone = found.every(({ name }, other) => other === index || name !== record.name);
    return isAlone ? record : { ...record, name: runFolderOf(names[index], dir).path };
  });
}
