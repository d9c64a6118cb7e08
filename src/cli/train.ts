/**
 * `inkling train`: trains a network, saves it and scores it on the test set.
 *
 * The model file says nothing about when or where it was made: the same command gives the same file to the bit, and
 * so does one that was interrupted and resumed.
 */
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Argv } from 'yargs';
import packageFile from '../../package.json' with { type: 'json' };
import {
  type Checkpoint,
  type Dataset,
  DivergenceError,
  presetNames,
  type Recipe,
  type RunOptions,
  type RunStart,
  stepLogger,
  summarise,
  train,
  warmUp,
} from '../index.ts';
import { requireSameModel } from '../training/resumption.ts';
import { PLACE_DESCRIPTION } from './appQueue.ts';
import { callbackFlags } from './callbackFlags.ts';
import { DATASET_NAMES, type DataSource, openDataset, requireDataset } from './datasets.ts';
import { dryRun } from './dryRun.ts';
import {
  datasetFlags,
  engineFlags,
  engineOptions,
  numberBetween,
  positiveNumber,
  wholeNumber,
} from './flags.ts';
import { folderOutput } from './folderOutput.ts';
import { count, countOf } from './format.ts';
import { type DataReport, divide, reportLines } from './guard.ts';
import { type Initial, readInitial } from './initial.ts';
import { Interrupted, interruptSignal } from './interruption.ts';
import { DEFAULT_PRESET, openPreset, presetLabel } from './presets.ts';
import { showProfile } from './profileTable.ts';
import { downloadProgress, noteEpoch, stepProgress } from './progress.ts';
import { freshRecipe, resumedSettings } from './recipes.ts';
import { RunFolder } from './runFolder.ts';
import { harmless, note, printJson, surviveBrokenOutput, wipeLiveLine } from './terminal.ts';
import { finishRun } from './trainResults.ts';

const MOST_EXAMPLES = 10_000_000;

export function flags(commandLine: Argv) {
  return callbackFlags(engineFlags(datasetFlags(commandLine)))
    .option('preset', {
      type: 'string',
      requiresArg: true,
      describe: `Model and recipe: ${presetNames().join(', ')}, or a JSON file of the same kind [default: ${DEFAULT_PRESET}]`,
    })
    .option('epochs', {
      type: 'number',
      coerce: wholeNumber('epochs', 1, 1e6),
      requiresArg: true,
      describe: 'Times that every picture is seen [default: of the preset]',
    })
    .option('batch', {
      type: 'number',
      coerce: wholeNumber('batch', 1, 65_536),
      requiresArg: true,
      describe: 'Pictures in a step [default: of the preset]',
    })
    .option('learning-rate', {
      type: 'number',
      coerce: positiveNumber('learning-rate'),
      requiresArg: true,
      describe: 'The highest of its schedule [default: of the preset]',
    })
    .option('seed', {
      type: 'number',
      coerce: wholeNumber('seed', 0, Number.MAX_SAFE_INTEGER),
      requiresArg: true,
      describe: 'Of weights, shuffles, augmentation, dropout and the split [default: 1]',
    })
    .option('initial', {
      type: 'string',
      requiresArg: true,
      describe: 'Model file to begin with, of the same layers and classes [default: random weights]',
    })
    .conflicts('initial', 'resume')
    .option('mixup', {
      type: 'number',
      coerce: numberBetween('mixup', 0, 999),
      requiresArg: true,
      describe:
        'Mix pictures and their labels, with alpha N (Zhang et al., 2018); 0 not [default: of the preset]',
    })
    .option('examples', {
      type: 'number',
      coerce: wholeNumber('examples', 1, MOST_EXAMPLES),
      requiresArg: true,
      describe: 'Use only the first N training pictures, or draw N synthetic ones',
    })
    .option('validation', {
      type: 'number',
      coerce: wholeNumber('validation', 0, MOST_EXAMPLES),
      requiresArg: true,
      describe: 'Training pictures held out to score each epoch; 0 trains on all [default: one in twelve]',
    })
    .option('out', {
      type: 'string',
      requiresArg: true,
      describe: 'Folder for the model, its checkpoint and its history [default: runs/PRESET]',
    })
    .option('resume', { type: 'boolean', describe: 'Go on with the unfinished run in that folder' })
    .option('force', { type: 'boolean', describe: 'Give up the unfinished run in that folder' })
    .conflicts('resume', 'force')
    .option('queue', {
      type: 'string',
      requiresArg: true,
      describe: `Have a worker of a queue do it, and fetch what comes of it: ${PLACE_DESCRIPTION}`,
    })
    .conflicts('queue', ['resume', 'dry-run', 'profile', 'data', 'initial'])
    .option('report', {
      type: 'boolean',
      describe: "Write the run's page, report.html [default: as the preset says]",
    })
    .option('dry-run', { type: 'boolean', describe: 'Show what would be done, and do nothing' })
    .conflicts('dry-run', 'resume')
    .option('profile', { type: 'boolean', describe: 'Say at the end where the time of a step went' })
    .option('json', { type: 'boolean' })
    .example('$0 train', 'Get MNIST, train on it and save runs/default/model.safetensors')
    .example('$0 train --epochs 3 --seed 7 --out runs/seven', 'Shorter, and otherwise random')
    .example('$0 train --preset accurate', 'As well as it can, in a quarter of an hour')
    .example('$0 train --preset mine.json', 'With a model and a recipe of your own')
    .example('$0 train --dataset synthetic', 'Without MNIST')
    .example('$0 train --early-stopping 3 --epochs 40', 'As long as it gets better')
    .example('$0 train --dry-run', 'Recipe, layers and learning rate, and no training')
    .example('$0 train --dataset mnist+more.csv.gz', "On more digits, without those of MNIST's test set")
    .example('$0 train --dataset mnist+pages --preset reader', 'To read pages, and tell what is no digit')
    .example('$0 train --initial runs/default/model.safetensors --out runs/further', 'From where a model is')
    .example('$0 train --resume', 'Go on after an interruption');
}

export type Flags = Awaited<ReturnType<typeof flags>['argv']>;

/** What a run works with, whether it is new or goes on. */
interface Run {
  folder: RunFolder;
  recipe: Recipe;
  source: Omit<DataSource, 'training'>;
  /** Training pictures before any are dropped or held out. */
  examples: number;
  /** How many of them are held out, before pages are made of them. */
  held: number;
  training: Dataset;
  validation?: Dataset;
  report?: DataReport;
  resume?: Checkpoint;
  /** What a new run begins with in place of random weights. */
  initial?: Initial;
  /** Whether a new run is to end with a page. */
  hasPage?: boolean;
}

export async function run(flags: Flags): Promise<number> {
  surviveBrokenOutput();
  if (flags.dryRun) {
    await requireDataset(flags.dataset);
    await readInitial(flags.initial);
    const { recipe } = await openPreset(flags.preset);
    await dryRun(freshRecipe(recipe, flags), presetLabel(flags.preset), flags);
    return 0;
  }
  if (flags.queue !== undefined) {
    const { trainThroughQueue } = await import('./jobs/queueTrain.ts');
    return trainThroughQueue(flags);
  }
  try {
    return await perform(flags);
  } catch (error) {
    if (flags.json && error instanceof DivergenceError) {
      printJson({ event: 'diverged', reason: error.message });
    }
    throw error;
  }
}

async function perform(flags: Flags): Promise<number> {
  const engine = engineOptions(flags);
  const prepared = await prepare(flags, engine);
  const { folder, recipe, source, training, validation, resume, initial } = prepared;
  const { model, ...settings } = recipe;
  announce(prepared, flags.json);
  if (!resume) await folder.begin(startOf(prepared, presetLabel(flags.preset)));
  const output = folderOutput(folder.path);

  const signal = interruptSignal();
  const result = await train(model, {
    ...settings,
    ...engine,
    data: training,
    handOver: true,
    validation,
    resume,
    initial: initial?.network,
    signal,
    fingerprint: fingerprintOf(prepared),
    callbacks: [stepLogger({}, output), ...(recipe.callbacks ?? [])],
    output,
    profile: flags.profile,
    onStep: stepProgress(recipe.batch),
    onNote: note,
    onEpoch: async (record, checkpoint) => {
      // A checkpoint of a run whose loss is no number any more would only lead back to where it went wrong.
      if (Number.isFinite(record.trainLoss)) await folder.saveCheckpoint(await checkpoint());
      noteEpoch(record, recipe.epochs);
      if (flags.json) printJson({ event: 'epoch', epochs: recipe.epochs, ...record });
    },
  });
  wipeLiveLine();
  if (result.interrupted) return stop(folder, result.interrupted, flags);

  if (flags.profile) await showProfile(result.profile, flags.json, cardRoof);
  const report = flags.report ?? prepared.hasPage ?? (await folder.read())?.start.hasPage ?? true;
  await finishRun({ folder, result, validation, test: source.test(), engine, report, json: flags.json });
  return 0;
}

/** What the graphics card does at most. */
async function cardRoof() {
  const { openCardPeak } = await import('../bench/kernels/cardRoof.ts');
  return openCardPeak();
}

/** Checks all that can be checked before the work begins, and loads the data. */
async function prepare(flags: Flags, engine: RunOptions): Promise<Run> {
  const preset = flags.resume ? undefined : await openPreset(flags.preset);
  const fresh = preset && freshRecipe(preset.recipe, flags);
  await requireDataset(flags.dataset);
  const folder = new RunFolder(flags.out ?? join('runs', presetLabel(flags.preset)));
  const resume = flags.resume ? await folder.checkpointToResume() : undefined;
  const resumed = resume && (await resumedSettings(resume, flags, folder.path));
  const recipe = resumed?.recipe ?? fresh!;
  const initial = await readInitial(flags.initial);
  await folder.requireWritable();
  if (!flags.resume && !flags.force) await folder.requireNothingUnfinished();

  // Kernels are checked and threads started while the data are read.
  void warmUp(recipe.model, { ...engine, batch: recipe.batch, mode: 'train' });
  const opened = await openDataset({
    dataset: resumed?.dataset ?? flags.dataset,
    data: flags.data,
    onProgress: downloadProgress(),
  });
  const divided = divide(opened, {
    examples: resumed?.examples ?? flags.examples,
    validation: resumed?.validation ?? flags.validation,
    seed: recipe.seed,
  });
  if (initial) requireSameModel(initial.network, recipe.model, divided.training);
  // The pictures that were not split off are not kept: a data set fills as much memory as all else together.
  const { training: _, ...source } = opened;
  const hasPage = preset && (flags.report ?? preset.report);
  return { folder, recipe, source, resume, initial, hasPage, ...divided };
}

/** What a resumed run must have in common with its start; it goes into the model file too. */
function fingerprintOf({ source, examples, held, initial, resume }: Run): Record<string, string> {
  const began = initial?.sha256 ?? resume?.fingerprint.initial;
  return {
    engine: `inkling ${packageFile.version}`,
    ...source.fingerprint,
    examples: String(examples),
    validation: String(held),
    ...(began !== undefined && { initial: began }),
  };
}

/** What `run.json` says. */
function startOf(run: Run, preset: string): RunStart {
  const { recipe, source, examples, validation } = run;
  return {
    command: ['inkling', ...process.argv.slice(2)].map(quoted).join(' '),
    ...{ preset, started: new Date().toISOString(), recipe, dataset: source.name, examples },
    validation: validation?.labels.length ?? 0,
    hasPage: run.hasPage,
    fingerprint: fingerprintOf(run),
    environment: {
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
      processor: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${countOf(cpus().length, 'core')}`,
    },
  };
}

function announce(run: Run, json?: boolean): void {
  const { folder, recipe, source, training, validation, report, resume, initial } = run;
  const { parameters } = summarise(recipe.model);
  if (json) {
    printJson({
      event: 'start',
      out: folder.path,
      dataset: source.name,
      examples: training.labels.length,
      validation: validation?.labels.length ?? 0,
      parameters,
      epochs: recipe.epochs,
      batch: recipe.batch,
      learningRate: recipe.learningRate,
      seed: recipe.seed,
      ...report,
      initial: initial?.path,
      resumed: resume ? { epoch: resume.epoch, step: resume.step } : undefined,
    });
  }
  const held = validation ? `, ${count(validation.labels.length)} held out` : '';
  note(
    `Training ${countOf(parameters, 'parameter')} on ${countOf(training.labels.length, 'picture')} of ${harmless(source.name)}${held}; writing to ${harmless(folder.path)}`,
  );
  if (report) for (const line of reportLines(report, training, process.stderr)) note(line);
  if (initial) note(`Beginning with the weights of ${harmless(initial.path)}`);
  if (resume) note(`Going on after ${countOf(resume.epoch, 'epoch')} and ${countOf(resume.step, 'step')}`);
}

async function stop(folder: RunFolder, checkpoint: Checkpoint, flags: Flags): Promise<never> {
  await folder.saveCheckpoint(checkpoint);
  const { epoch, step, recipe } = checkpoint;
  if (flags.json) printJson({ event: 'interrupted', checkpoint: folder.checkpointPath, epoch, step });
  throw new Interrupted(
    `Stopped in epoch ${epoch + 1} of ${recipe.epochs}, after ${countOf(step, 'step')} of it; go on with: ${resumeCommand(folder, flags)}`,
  );
}

/** The command that goes on: what the checkpoint does not know must be said again. */
function resumeCommand(folder: RunFolder, { dataset, data, backend, threads, precision }: Flags): string {
  const words = ['inkling train --resume --out', quoted(folder.path)];
  if (dataset !== undefined && !DATASET_NAMES.includes(dataset)) words.push('--dataset', quoted(dataset));
  if (data !== undefined) words.push('--data', quoted(data));
  if (backend !== 'auto') words.push('--backend', backend);
  if (threads !== undefined) words.push('--threads', String(threads));
  if (precision !== undefined) words.push('--precision', String(precision));
  return words.join(' ');
}

/** As a shell takes it. */
function quoted(path: string): string {
  return /^[\w./=-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
