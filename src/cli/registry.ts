/** `inkling models`: the models of the app's database, which of them answers, and how each fares with people. */
import type { Argv } from 'yargs';
import type { ModelUsage } from '../../server/learning/usage.ts';
import type { ModelEntry } from '../../server/store/store.ts';
import {
  comparePaired,
  type Network,
  type PairedComparison,
  rightAnswers,
  summarise,
  UsageError,
} from '../index.ts';
import { type AppDatabase, addOrFind, databaseFlag, withDatabase } from './appDatabase.ts';
import { openDataset, requireDataset } from './datasets.ts';
import { datasetFlags, engineFlags, engineOptions } from './flags.ts';
import { count, countOf, percent } from './format.ts';
import { heldOut } from './guard.ts';
import { downloadProgress } from './progress.ts';
import { tableLines } from './table.ts';
import { drawLiveLine, harmless, paint, print, printJson, wipeLiveLine } from './terminal.ts';

const WHAT = ['list', 'show', 'add', 'promote', 'rollback', 'compare', 'try', 'end-trial'] as const;
const SHARE = 0.1;

export function flags(commandLine: Argv) {
  return databaseFlag(engineFlags(datasetFlags(commandLine)))
    .positional('what', { choices: WHAT, demandOption: true, describe: 'What to do' })
    .positional('models', {
      type: 'string',
      array: true,
      describe: 'Versions, their first digits, champion, candidate, or model files',
    })
    .option('reason', { type: 'string', requiresArg: true, describe: 'Why it is promoted, for the history' })
    .option('share', {
      type: 'number',
      requiresArg: true,
      describe: `Of the browsers that a model which is tried shall answer, 0 to 0.5 [default: ${SHARE}]`,
    })
    .option('held-out', {
      type: 'boolean',
      describe: 'Compare on what training held out, instead of the test set',
    })
    .option('json', { type: 'boolean' })
    .example('$0 models list', 'Which there are, and which answers')
    .example('$0 models show champion', 'What is known of the one that answers')
    .example('$0 models promote 586414f6', 'Let another answer; running servers follow within seconds')
    .example('$0 models rollback', 'Let the one before answer again')
    .example('$0 models try candidate --share 0.2', 'Let the candidate answer a fifth of the browsers')
    .example('$0 models compare champion candidate', "Both on the same pictures, by McNemar's test");
}

type Flags = Awaited<ReturnType<typeof flags>['argv']>;

/** How many models each needs. */
const NEEDS: Record<(typeof WHAT)[number], number> = {
  list: 0,
  show: 1,
  add: 1,
  promote: 1,
  rollback: 0,
  compare: 2,
  try: 1,
  'end-trial': 0,
};

export async function run(flags: Flags): Promise<number> {
  const { what, models = [], db, json } = flags;
  if (models.length !== NEEDS[what]) {
    throw new UsageError(
      `'inkling models ${what}' takes ${NEEDS[what] === 0 ? 'no model' : countOf(NEEDS[what], 'model')}, not ${models.length}.`,
    );
  }
  if (flags.share !== undefined && what !== 'try') {
    throw new UsageError(`--share is for 'inkling models try'; '${what}' does not take it.`);
  }
  if (what === 'compare') await requireDataset(flags.dataset);
  return withDatabase(db, async (database) => {
    if (what === 'list') await list(database, json);
    else if (what === 'show') await show(database, models[0], json);
    else if (what === 'compare') await compare(database, flags);
    else if (what === 'try') await beginTrial(database, flags);
    else if (what === 'end-trial') await endTrial(database, json);
    else await change(database, flags);
    return 0;
  });
}

/** As the registry has them; who answers without having been chosen counts as champion. */
async function entriesOf({ store, champion }: AppDatabase): Promise<ModelEntry[]> {
  const entries = await store.registry();
  return entries.map((entry) => (entry.version === champion ? { ...entry, state: 'champion' } : entry));
}

async function list(database: AppDatabase, json?: boolean): Promise<void> {
  const { usageOf } = await import('../../server/learning/usage.ts');
  const entries = await entriesOf(database);
  const { trial, models } = await usageOf(database.store, database.champion);
  const usage = new Map(models.map((model) => [model.version, model]));
  if (json) {
    for (const entry of entries) {
      const { predictions = 0, corrections = null, agreement = null } = usage.get(entry.version) ?? {};
      const share = trial?.candidate === entry.version ? trial.share : null;
      printJson({ ...entry, share, predictions, corrections, agreement });
    }
    return;
  }
  const head = ['version', 'name', 'state', 'since', 'answers', 'put right', 'agreement', 'scores', 'reason'];
  const rows = entries.map(({ version, name, state, createdAt, scores, reason }) => [
    version,
    harmless(name),
    trial?.candidate === version ? `${state}, answers ${percent(trial.share)}` : state,
    new Date(createdAt).toISOString().slice(0, 10),
    ...usageTexts(usage.get(version)),
    scoresText(scores),
    harmless(reason ?? ''),
  ]);
  const titles = head.map((title) => paint('bold', title));
  for (const line of tableLines([titles, ...rows], [])) print(line);
}

/** Answers, how many of them were put right with its interval, and how far champion and candidate agree. */
function usageTexts(usage: ModelUsage | undefined): string[] {
  if (!usage) return ['0', '', ''];
  const { predictions, corrections, agreement } = usage;
  return [
    count(predictions),
    corrections.rate === null
      ? ''
      : `${percent(corrections.rate)} (${corrections.interval.map((end) => percent(end)).join(' to ')})`,
    agreement?.rate == null ? '' : `${percent(agreement.rate)} of ${countOf(agreement.of, 'digit')}`,
  ];
}

async function beginTrial(database: AppDatabase, { models = [], share = SHARE, json }: Flags): Promise<void> {
  const { examineStored } = await import('../../server/learning/registry.ts');
  const { LARGEST_SHARE } = await import('../../server/store/store.ts');
  if (!(share >= 0 && share <= LARGEST_SHARE)) {
    throw new UsageError(`--share must be a number from 0 to ${LARGEST_SHARE}, not ${share}.`);
  }
  const { store, champion } = database;
  const candidate = await addOrFind(database, models[0]);
  if (candidate === champion) {
    throw new UsageError(`The model ${candidate} answers everyone already; choose another to try beside it.`);
  }
  await examineStored(store, candidate);
  await store.setTrial({ champion, candidate, share, at: Date.now() });
  if (json) printJson({ champion, candidate, share });
  else if (share === 0) print(`The model ${candidate} reads along from now on, and answers nobody.`);
  else print(`The model ${candidate} answers ${percent(share)} of the browsers from now on.`);
}

async function endTrial({ store, champion }: AppDatabase, json?: boolean): Promise<void> {
  const trial = await store.trial(champion);
  if (!trial) throw new UsageError("No model is tried at the moment; 'inkling models try' begins a trial.");
  await store.setTrial({ ...trial, share: null, at: Date.now() });
  if (json) printJson({ champion, candidate: trial.candidate, share: null });
  else print(`The trial of ${trial.candidate} is over: ${champion} answers everyone.`);
}

async function show(database: AppDatabase, meant: string, json?: boolean): Promise<void> {
  const { readStored, MOST_PROMOTIONS } = await import('../../server/learning/registry.ts');
  const version = await addOrFind(database, meant);
  const entry = (await entriesOf(database)).find((one) => one.version === version)!;
  const { network, bytes } = await readStored(database.store, version);
  const { parameters } = summarise(network.model);
  const promotions = (await database.store.promotions(MOST_PROMOTIONS)).filter(
    (one) => one.version === version,
  );
  if (json) {
    printJson({ ...entry, bytes: bytes.length, parameters, classNames: network.classNames, promotions });
    return;
  }
  const rows = [
    ['version', version],
    ['name', harmless(entry.name)],
    ['state', entry.state],
    ...(entry.reason ? [['reason', harmless(entry.reason)]] : []),
    ['parents', entry.parents.join(', ') || 'none'],
    ['parameters', count(parameters)],
    ['scores', scoresText(entry.scores) || 'unknown'],
    ...Object.entries(entry.data).map(([name, digest]) => [`data ${harmless(name)}`, digest]),
    ...promotions.map(({ at, previous, reason }) => [
      'promoted',
      `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')}, after ${previous ?? 'none'}. ${harmless(reason ?? '')}`,
    ]),
  ];
  for (const line of tableLines(rows, [])) print(line);
}

async function change(database: AppDatabase, { what, models = [], reason, json }: Flags): Promise<void> {
  const { promoteExamined, requirePredecessor } = await import('../../server/learning/registry.ts');
  const { store, champion } = database;
  const version =
    what === 'rollback' ? await requirePredecessor(store, champion) : await addOrFind(database, models[0]);
  if (what === 'add') {
    if (json) printJson({ version });
    else print(`The model ${version} is kept.`);
    return;
  }
  if (version === champion) throw new UsageError(`The model ${version} is champion already.`);
  const why = what === 'rollback' ? `Rolled back from ${champion}.` : (reason ?? null);
  await promoteExamined(store, version, { reason: why, previous: champion });
  if (json) printJson({ champion: version, previous: champion });
  else print(`The model ${version} answers from now on, in place of ${champion}.`);
}

async function compare(database: AppDatabase, flags: Flags): Promise<void> {
  const { readStored } = await import('../../server/learning/registry.ts');
  const options = engineOptions(flags);
  const versions: string[] = [];
  const networks: Network[] = [];
  for (const meant of flags.models ?? []) {
    const version = await addOrFind(database, meant);
    versions.push(version);
    networks.push((await readStored(database.store, version)).network);
  }
  const { dataset, data } = flags;
  const source = await openDataset({ dataset, data, onProgress: downloadProgress() });
  const pictures = flags.heldOut ? heldOut(source, networks) : source.test();
  drawLiveLine(`Reading ${countOf(pictures.labels.length, 'picture')} twice …`);
  const [first, second] = [
    await rightAnswers(networks[0], pictures, options),
    await rightAnswers(networks[1], pictures, options),
  ];
  wipeLiveLine();
  const result = comparePaired(first, second);
  if (flags.json) printJson({ models: versions, dataset: pictures.name, ...result });
  else showComparison(versions, pictures.name, result);
}

function showComparison([one, other]: string[], dataset: string, result: PairedComparison): void {
  const { examples, bothRight, onlyFirst, onlySecond, bothWrong, difference, interval, pValue, test } =
    result;
  const signed = (share: number) => `${share < 0 ? '−' : '+'}${percent(Math.abs(share))}`;
  const rows = [
    ['data set', `${harmless(dataset)}, ${countOf(examples, 'picture')}`],
    [one, `${percent((bothRight + onlyFirst) / examples)} right; alone in ${count(onlyFirst)}`],
    [other, `${percent((bothRight + onlySecond) / examples)} right; alone in ${count(onlySecond)}`],
    ['both', `${count(bothRight)} right, ${count(bothWrong)} wrong`],
    ['difference', `${signed(difference)}; 95 % interval ${signed(interval[0])} to ${signed(interval[1])}`],
    ["McNemar's test", `p = ${pValue < 0.0001 ? 'below 0.0001' : pValue.toFixed(4)} (${test})`],
  ];
  for (const line of tableLines(rows, [])) print(line);
  print(
    pValue < 0.05
      ? `${difference > 0 ? other : one} reads these pictures better; chance would hardly do that.`
      : 'Chance could well have made this difference; neither can be called better.',
  );
}

function scoresText(scores: Record<string, number>): string {
  return Object.entries(scores)
    .map(([name, score]) => `${harmless(name)} ${percent(score)}`)
    .join(', ');
}
