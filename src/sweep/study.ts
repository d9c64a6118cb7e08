/**
 * A study: what is trained over and over, and how the trials are chosen. It comes from a YAML or JSON file; all of it
 * is checked before anything is done.
 */
import { UsageError } from '../errors.ts';
import { type Fields, fieldsOf, flagOf, listOf, numberOf, shown, textOf, wholeOf, wordOf } from './checks.ts';
import { PRUNER_DEFAULTS, type PrunerOptions } from './pruner.ts';
import { type Dimension, gridSize, type Parameters, type Space, type Value } from './space.ts';
import { TPE_DEFAULTS, type TpeOptions } from './tpe.ts';

/** One of the models that a study compares. */
export interface Arm {
  name: string;
  /** Arms of one group share a chart of curves. */
  group: string;
  set: Parameters;
}

export type Search =
  /** The arms as they are listed. */
  | { type: 'arms'; arms: Arm[] }
  | { type: 'grid'; space: Space }
  | { type: 'random'; space: Space; trials: number }
  | ({ type: 'tpe'; space: Space; trials: number } & TpeOptions);

export interface Study {
  name: string;
  description: string;
  /** The name of a preset, or a file, from which all trials start. */
  preset: string;
  dataset: string;
  /** As the flags of `train` of these names. */
  examples?: number;
  validation?: number;
  /** Decides what is drawn; the runs of a trial train with this seed and those after it. */
  seed: number;
  /** Runs of a trial. */
  repeats: number;
  /** Settings of all trials, by path. */
  set: Parameters;
  search: Search;
  /**
   * Trials that may be under way without knowing of each other, where trials learn from earlier ones. It belongs to
   * the study and not to the machine, so that as many cores as there may be come to the same results.
   */
  parallel: number;
  pruner?: PrunerOptions;
  /** Whether the report tells what the trials scored on the test set. */
  reportTest: boolean;
}

const KEYS = [
  ...['name', 'description', 'preset', 'dataset', 'examples', 'validation', 'seed', 'repeats', 'set'],
  ...['arms', 'space', 'search', 'parallel', 'pruner', 'reportTest'],
];
const MOST_EXAMPLES = 10_000_000;
const MOST_RUNS = 10_000;
const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;

/**
 * Checks and completes a study.
 *
 * @param json what its file holds.
 * @param source begins the sentence of an error.
 * @param fallbackName what the study is called if it does not say.
 */
export function parseStudy(json: unknown, source: string, fallbackName: string): Study {
  const fields = fieldsOf(json, source, KEYS);
  const at = (key: string) => `${source}: ${key}`;
  const optional = <Out>(key: string, read: (value: unknown, where: string) => Out) =>
    fields[key] === undefined ? undefined : read(fields[key], at(key));
  const study: Study = {
    name: optional('name', textOf) ?? fallbackName,
    description: optional('description', textOf) ?? '',
    preset: optional('preset', textOf) ?? 'default',
    dataset: optional('dataset', textOf) ?? 'mnist',
    examples: optional('examples', (value, where) => wholeOf(value, where, 1, MOST_EXAMPLES)),
    validation: optional('validation', (value, where) => wholeOf(value, where, 1, MOST_EXAMPLES)),
    seed: optional('seed', (value, where) => wholeOf(value, where, 0, 2 ** 52)) ?? 1,
    repeats: optional('repeats', (value, where) => wholeOf(value, where, 1, 1000)) ?? 1,
    set: optional('set', parametersOf) ?? {},
    search: parseSearch(fields, source),
    parallel: optional('parallel', (value, where) => wholeOf(value, where, 1, 1000)) ?? 4,
    pruner: optional('pruner', parsePruner),
    reportTest: optional('reportTest', flagOf) ?? false,
  };
  if (!NAME.test(study.name)) {
    throw new UsageError(
      `${at('name')} must be of at most 64 letters, digits, dots, dashes and underscores, since a folder is called so, not ${shown(study.name)}.`,
    );
  }
  requireSense(study, source);
  return study;
}

/** How many trials a study has. */
export function trialCount({ search }: Study): number {
  if (search.type === 'arms') return search.arms.length;
  return search.type === 'grid' ? gridSize(search.space) : search.trials;
}

/** Whether trials depend on what came of earlier ones. */
export function learns({ search, pruner }: Study): boolean {
  return search.type === 'tpe' || pruner !== undefined;
}

/** How many trials of TPE are random: until those of which a trial knows are enough. */
export function randomTrials({ search, parallel }: Study): number {
  return search.type === 'tpe' ? Math.min(search.trials, search.startupTrials + parallel - 1) : 0;
}

function requireSense(study: Study, source: string): void {
  const { search, pruner, repeats, set } = study;
  const runs = trialCount(study) * repeats;
  if (runs > MOST_RUNS) {
    throw new UsageError(
      `${source} has ${runs.toLocaleString('en-US')} runs, and a study may have ${MOST_RUNS.toLocaleString('en-US')}; make its space or its repeats smaller.`,
    );
  }
  if (search.type === 'arms' && pruner) {
    throw new UsageError(
      `${source}: pruner would end arms early that are to be compared in full; leave it out, or search a space.`,
    );
  }
  const paths =
    search.type === 'arms' ? search.arms.flatMap((arm) => Object.keys(arm.set)) : Object.keys(search.space);
  for (const path of [...Object.keys(set), ...paths]) {
    if (path !== 'seed') continue;
    throw new UsageError(
      `${source}: seed cannot be set by a path; the study's own seed and repeats decide which seeds runs have.`,
    );
  }
}

function parsePruner(value: unknown, where: string): PrunerOptions {
  const fields = fieldsOf(value, where, ['type', ...Object.keys(PRUNER_DEFAULTS)]);
  wordOf(fields.type, `${where}.type`, ['median']);
  const { startupTrials, warmupEpochs, interval } = { ...PRUNER_DEFAULTS, ...fields };
  return {
    startupTrials: wholeOf(startupTrials, `${where}.startupTrials`, 0, MOST_RUNS),
    warmupEpochs: wholeOf(warmupEpochs, `${where}.warmupEpochs`, 0, 1e6),
    interval: wholeOf(interval, `${where}.interval`, 1, 1e6),
  };
}

function parseSearch({ arms, space, search }: Fields, source: string): Search {
  if ((arms === undefined) === (space === undefined)) {
    throw new UsageError(
      `${source} must have either arms, which are compared, or a space, which is searched${arms === undefined ? '' : ', not both'}.`,
    );
  }
  if (arms !== undefined) {
    if (search !== undefined) throw new UsageError(`${source}: search goes with a space, and not with arms.`);
    return { type: 'arms', arms: parseArms(arms, source) };
  }
  const fields = fieldsOf(search ?? { type: 'grid' }, `${source}: search`, [
    ...['type', 'trials', 'startupTrials', 'candidates'],
  ]);
  const type = wordOf(fields.type, `${source}: search.type`, ['grid', 'random', 'tpe']);
  const allowed = { grid: [], random: ['trials'], tpe: ['trials', 'startupTrials', 'candidates'] }[type];
  fieldsOf(search ?? {}, `${source}: search of type ${type}`, ['type', ...allowed]);
  const dimensions = parseSpace(space, source, type === 'grid');
  if (type === 'grid') return { type, space: dimensions };
  const trials = wholeOf(fields.trials, `${source}: search.trials`, 1, MOST_RUNS);
  if (type === 'random') return { type, space: dimensions, trials };
  const { startupTrials, candidates } = { ...TPE_DEFAULTS, ...fields };
  return {
    ...{ type, space: dimensions, trials },
    startupTrials: wholeOf(startupTrials, `${source}: search.startupTrials`, 1, MOST_RUNS),
    candidates: wholeOf(candidates, `${source}: search.candidates`, 1, 10_000),
  };
}

function parseArms(value: unknown, source: string): Arm[] {
  const names = new Set<string>();
  return listOf(value, `${source}: arms`).map((one, index) => {
    const where = `${source}: arm ${index + 1}`;
    const { name, group, set } = fieldsOf(one, where, ['name', 'group', 'set']);
    const text = textOf(name, `${where}: its name`);
    if (names.has(text))
      throw new UsageError(`${source} has two arms that are called "${text}"; rename one.`);
    names.add(text);
    return {
      name: text,
      group: group === undefined ? '' : textOf(group, `${where}: its group`),
      set: set === undefined ? {} : parametersOf(set, `${where}: its set`),
    };
  });
}

function parametersOf(value: unknown, where: string): Parameters {
  return fieldsOf(value, where) as Record<string, Value>;
}

function parseSpace(value: unknown, source: string, isGrid: boolean): Space {
  const entries = Object.entries(fieldsOf(value, `${source}: space`));
  if (entries.length === 0)
    throw new UsageError(`${source}: space is empty; name at least one setting to vary.`);
  return Object.fromEntries(
    entries.map(([path, one]) => [path, parseDimension(one, `${source}: ${path} of the space`, isGrid)]),
  );
}

function parseDimension(value: unknown, where: string, isGrid: boolean): Dimension {
  const type = wordOf(fieldsOf(value, where).type, `${where}: its type`, ['int', 'float', 'log', 'choice']);
  if (type === 'choice') {
    const { values } = fieldsOf(value, where, ['type', 'values']);
    const list = listOf(values, `${where}: values`) as Value[];
    const texts = list.map((one) => JSON.stringify(one));
    const twice = texts.find((text, index) => texts.indexOf(text) < index);
    if (twice !== undefined) throw new UsageError(`${where} has the value ${twice} twice; leave one out.`);
    return { type, values: list };
  }
  const more = type === 'int' ? 'step' : 'steps';
  const fields = fieldsOf(value, where, ['type', 'from', 'to', more]);
  const from = numberOf(fields.from, `${where}: from`);
  const to = numberOf(fields.to, `${where}: to`);
  if (!(from < to)) {
    throw new UsageError(`${where} goes from ${from} to ${to}; from must be less than to.`);
  }
  if (!Number.isFinite(to - from))
    throw new UsageError(`${where} goes from ${from} to ${to}, which is too far.`);
  if (type === 'int') {
    wholeOf(from, `${where}: from`, -1e9, 1e9);
    wholeOf(to, `${where}: to`, -1e9, 1e9);
    const step = wholeOf(fields.step ?? 1, `${where}: step`, 1, to - from);
    return { type, from, to: from + Math.floor((to - from) / step) * step, step };
  }
  if (type === 'log' && from <= 0) {
    throw new UsageError(`${where} is searched by its logarithm, so from must be above 0, not ${from}.`);
  }
  if (fields.steps === undefined && isGrid) {
    throw new UsageError(`${where} needs steps, the number of its points on a grid; or search it at random.`);
  }
  const steps =
    fields.steps === undefined ? undefined : wholeOf(fields.steps, `${where}: steps`, 2, MOST_RUNS);
  return { type, from, to, steps };
}
