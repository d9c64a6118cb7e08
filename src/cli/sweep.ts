/**
 * `inkling sweep`: trains the runs of a study, as many at a time as there are cores, and reports what they show.
 *
 * The same command goes on where it was stopped or killed, and comes to the same results as without a break.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Argv } from 'yargs';
import {
  type PlannedRun,
  probes,
  type Recipe,
  recipeWith,
  renderStudyReport,
  Schedule,
  type Study,
  type StudySummary,
  studyCsv,
  studyMarkdown,
  summariseStudy,
  UsageError,
  type Work,
  workOf,
  writeFileAtomic,
} from '../index.ts';
import { PLACE_DESCRIPTION, withQueue } from './appQueue.ts';
import { openDataset, requireDataset } from './datasets.ts';
import { divisionOf } from './dryRun.ts';
import { datasetFlags, wholeNumber } from './flags.ts';
import { countOf } from './format.ts';
import { Interrupted, interruptSignal } from './interruption.ts';
import { requireShared } from './jobs/follow.ts';
import { runThroughQueue } from './jobs/queueRun.ts';
import { openPreset } from './presets.ts';
import { downloadProgress } from './progress.ts';
import { lockFolder } from './sweep/lock.ts';
import { type PerformOptions, performStudy } from './sweep/performStudy.ts';
import { showDryRun, showResults } from './sweep/showStudy.ts';
import { openStudy } from './sweep/studyFile.ts';
import { SweepFolder } from './sweep/sweepFolder.ts';
import { SweepProgress } from './sweep/sweepProgress.ts';
import { trainRun } from './sweep/trainRun.ts';
import { harmless, note, print, printJson, surviveBrokenOutput, wipeLiveLine } from './terminal.ts';

const MOST_JOBS = 256;
const MOST_EXAMPLES = 10_000_000;
const QUEUED_RUNS = 64;

export function flags(commandLine: Argv) {
  return datasetFlags(commandLine)
    .positional('study', {
      type: 'string',
      describe: "A YAML file, or one of Inkling's own: nine-models",
    })
    .option('jobs', {
      type: 'number',
      coerce: wholeNumber('jobs', 1, MOST_JOBS),
      requiresArg: true,
      describe: 'Runs at a time, with a thread each [default: one for each core; with --queue 64]',
    })
    .option('queue', {
      type: 'string',
      requiresArg: true,
      describe: `Have the workers of a queue do the runs: ${PLACE_DESCRIPTION}`,
    })
    .option('out', {
      type: 'string',
      requiresArg: true,
      describe: 'Folder for the runs and the report [default: sweeps/NAME]',
    })
    .option('epochs', {
      type: 'number',
      coerce: wholeNumber('epochs', 1, 1e6),
      requiresArg: true,
      describe: 'Of every run [default: of the study]',
    })
    .option('repeats', {
      type: 'number',
      coerce: wholeNumber('repeats', 1, 1000),
      requiresArg: true,
      describe: 'Seeds of every trial [default: of the study]',
    })
    .option('examples', {
      type: 'number',
      coerce: wholeNumber('examples', 1, MOST_EXAMPLES),
      requiresArg: true,
      describe: 'Use only the first N training pictures, or draw N synthetic ones',
    })
    .option('validation', {
      type: 'number',
      coerce: wholeNumber('validation', 1, MOST_EXAMPLES),
      requiresArg: true,
      describe: 'Training pictures held out to score runs by [default: of the study, or one in twelve]',
    })
    .option('force', { type: 'boolean', describe: 'Give up what was done of a study in that folder' })
    .option('dry-run', { type: 'boolean', describe: 'List the runs with an estimate, and do nothing' })
    .option('json', { type: 'boolean' })
    .example('$0 sweep nine-models --dry-run', 'List its 45 runs')
    .example('$0 sweep nine-models', 'Train them, or go on with them')
    .example('$0 sweep mine.yaml --jobs 1', 'A study of your own, one run at a time')
    .example('$0 sweep nine-models --queue postgres://…', 'On as many machines as have workers')
    .example('$0 sweep nine-models --dataset synthetic --examples 600 --epochs 2', 'A miniature');
}

type Flags = Awaited<ReturnType<typeof flags>['argv']>;

export async function run(flags: Flags): Promise<number> {
  surviveBrokenOutput();
  if (flags.study === undefined) {
    throw new UsageError(
      "Name a study, such as nine-models, or a YAML file; 'inkling sweep --help' shows how.",
    );
  }
  const study = withFlags(await openStudy(flags.study), flags);
  const base = (await openPreset(study.preset)).recipe;
  await requireDataset(study.dataset);
  if (flags.queue !== undefined) requireShared(study.dataset);
  const jobs = flags.jobs ?? (flags.queue === undefined ? availableParallelism() : QUEUED_RUNS);
  const { data } = flags;
  if (flags.dryRun) {
    const { training } = await divisionOf(base, { ...study, data });
    checkTrials(study, base, training);
    showDryRun({ study, base, examples: training, jobs, json: flags.json });
    return 0;
  }
  // Fetches MNIST where it is missing, before the runs would all do so.
  if (!flags.json) note(`The study ${study.name} on ${harmless(study.dataset)}`);
  const source = { dataset: study.dataset, data, onProgress: downloadProgress() };
  const { fingerprint } = await openDataset(source);
  const { training } = await divisionOf(base, { ...study, data });
  checkTrials(study, base, training);

  const folder = new SweepFolder(flags.out ?? join('sweeps', study.name));
  await folder.requireWritable();
  const unlock = await lockFolder(folder.path);
  try {
    await folder.begin(study, base, fingerprint, flags.force ?? false);
    const performing = { folder, jobs, examples: training, json: flags.json };
    if (flags.queue === undefined) {
      return await perform(study, base, { ...performing, train: (run) => trainRun({ ...run, data }) });
    }
    return await withQueue(flags.queue, ({ queue }) =>
      perform(study, base, {
        ...performing,
        train: (run, schedule) =>
          runThroughQueue(queue, { onEpoch: () => undefined, ...run, schedule, fingerprint }),
      }),
    );
  } finally {
    await unlock();
  }
}

interface Performing {
  folder: SweepFolder;
  jobs: number;
  train(run: Parameters<PerformOptions['train']>[0], schedule: Schedule): ReturnType<PerformOptions['train']>;
  /** Pictures that are trained on. */
  examples: number;
  json?: boolean;
}

async function perform(
  study: Study,
  base: Recipe,
  { folder, jobs, train, examples, json }: Performing,
): Promise<number> {
  const schedule = new Schedule(study);
  for (const outcome of await folder.outcomes()) schedule.record(outcome);
  const recipeOf = ({ trial, seed, parameters }: Pick<PlannedRun, 'trial' | 'seed' | 'parameters'>) =>
    recipeWith(base, { ...study.set, ...parameters, seed }, `${study.name}, trial ${trial + 1}`);
  const workOfRun = (one: Pick<PlannedRun, 'trial' | 'seed' | 'parameters'>): Work & { epochs: number } => {
    const recipe = recipeOf(one);
    return { ...workOf(recipe, examples), epochs: recipe.epochs };
  };
  announce(schedule, folder, jobs, json);

  const works = probes(study).map(({ parameters }) => workOfRun({ trial: 0, seed: study.seed, parameters }));
  const meanWork = works.reduce((sum, { seconds }) => sum + seconds, 0) / works.length;
  const progress = new SweepProgress(schedule, meanWork, workOfRun);
  const signal = interruptSignal();
  await performStudy({
    ...{ schedule, folder, jobs, recipeOf, signal },
    train: (run) => train(run, schedule),
    onEpoch: (planned, epoch) => progress.epoch(planned, epoch),
    onRun: (outcome) => {
      progress.run(outcome);
      if (json) printJson({ event: 'run', ...outcome, trial: outcome.trial + 1 });
    },
  });
  wipeLiveLine();
  const summary = summariseStudy(schedule, base);
  await writeReports(folder, summary);
  const { runs, left } = schedule;
  if (!schedule.isDone) {
    const done = { runs: runs.length, left };
    if (json) printJson({ event: 'interrupted', study: study.name, out: folder.path, ...done });
    throw new Interrupted(
      `Stopped after ${countOf(runs.length, 'run')}, with ${left} to do; the same command goes on.`,
    );
  }
  tell(folder, summary, json);
  return 0;
}

/** A study with what flags change in it. */
function withFlags(study: Study, flags: Flags): Study {
  const { dataset, examples, validation, repeats, epochs } = flags;
  return {
    ...study,
    dataset: dataset ?? study.dataset,
    examples: examples ?? study.examples,
    validation: validation ?? study.validation,
    repeats: repeats ?? study.repeats,
    set: epochs === undefined ? study.set : { ...study.set, epochs },
  };
}

/** Makes sure that the trials can be trained, before the first is. */
function checkTrials(study: Study, base: Recipe, examples: number): void {
  for (const { name, parameters } of probes(study)) {
    const where = `${study.name}, ${name}`;
    const { batch } = recipeWith(base, { ...study.set, ...parameters }, where);
    if (batch <= examples) continue;
    throw new UsageError(
      `${where}: ${countOf(Math.max(0, examples), 'picture')} to train on are fewer than one batch of ${batch}; choose a smaller batch.`,
    );
  }
}

function announce(schedule: Schedule, folder: SweepFolder, jobs: number, json?: boolean): void {
  const { study, runs, left, trials } = schedule;
  if (json) {
    const counts = { trials, runs: runs.length + left, done: runs.length };
    printJson({ event: 'start', study: study.name, out: folder.path, ...counts, jobs });
  }
  note(
    `${countOf(left, 'run')} to do, ${jobs} at a time; writing to ${harmless(folder.path)}${runs.length > 0 ? `; ${runs.length} done before` : ''}`,
  );
}

async function writeReports(folder: SweepFolder, summary: StudySummary): Promise<void> {
  await writeFileAtomic(folder.tablePath, studyCsv(summary));
  await writeFileAtomic(folder.summaryPath, studyMarkdown(summary));
  await writeFileAtomic(folder.reportPath, await renderStudyReport(summary));
}

function tell(folder: SweepFolder, summary: StudySummary, json?: boolean): void {
  const { study, best, trials, runs, seconds, importances } = summary;
  if (json) {
    const told = trials.map(({ trial, name, status, validation, test }) => {
      return { trial: trial + 1, name, status, validation, test };
    });
    printJson({
      ...{ event: 'end', study: study.name, out: folder.path, runs: runs.length, trials: told },
      best: best && {
        trial: best.trial + 1,
        name: best.name,
        validation: best.validation,
        place: best.place,
      },
      ...{ importances, seconds, report: folder.reportPath, summary: folder.summaryPath },
      table: folder.tablePath,
    });
    return;
  }
  showResults(summary);
  print();
  print(`Report ${harmless(folder.reportPath)}, summary ${harmless(folder.summaryPath)}`);
}
