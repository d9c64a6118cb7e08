/**
 * `inkling train`: trains a network, saves it and scores it on the test set.
 *
 * The model file says nothing about when or where it was made: the same command gives the same file to the bit, and
 * so does one that was interrupted and resumed.
 */
import { join } from 'node:path';
import type { Argv } from 'yargs';
import packageFile from '../../package.json' with { type: 'json' };
import {
  type Checkpoint,
  type Dataset,
  defaultValidationCount,
  evaluate,
  presetNames,
  type Recipe,
  splitDataset,
  summarise,
  type TrainResult,
  train,
} from '../index.ts';
import { DATASET_NAMES, type DataSource, openDataset, requireDataset } from './datasets.ts';
import { datasetFlags, engineFlags, engineOptions, positiveNumber, wholeNumber } from './flags.ts';
import { count, countOf, duration, percent } from './format.ts';
import { Interrupted, interruptSignal } from './interruption.ts';
import { showProfile } from './profileTable.ts';
import { downloadProgress, noteEpoch, stepProgress } from './progress.ts';
import { freshRecipe, resumedSettings } from './recipes.ts';
import { RunFolder } from './runFolder.ts';
import {
  drawLiveLine,
  harmless,
  note,
  print,
  printJson,
  surviveBrokenOutput,
  wipeLiveLine,
} from './terminal.ts';

const DEFAULT_PRESET = 'default';
const MOST_EXAMPLES = 10_000_000;

export function flags(commandLine: Argv) {
  return engineFlags(datasetFlags(commandLine))
    .option('preset', {
      type: 'string',
      requiresArg: true,
      describe: `Model and recipe: ${presetNames().join(', ')} [default: ${DEFAULT_PRESET}]`,
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
    .option('profile', { type: 'boolean', describe: 'Say at the end where the time of a step went' })
    .option('json', { type: 'boolean' })
    .example('$0 train', 'Get MNIST, train on it and save runs/default/model.safetensors')
    .example('$0 train --epochs 3 --seed 7 --out runs/seven', 'Shorter, and otherwise random')
    .example('$0 train --dataset synthetic', 'Without MNIST')
    .example('$0 train --resume', 'Go on after an interruption');
}

export type Flags = Awaited<ReturnType<typeof flags>['argv']>;

/** What a run works with, whether it is new or goes on. */
interface Run {
  folder: RunFolder;
  recipe: Recipe;
  source: DataSource;
  /** Training pictures before any are held out. */
  examples: number;
  training: Dataset;
  validation?: Dataset;
  resume?: Checkpoint;
}

export async function run(flags: Flags): Promise<number> {
  surviveBrokenOutput();
  const engine = engineOptions(flags);
  const prepared = await prepare(flags);
  const { folder, recipe, source, training, validation, resume } = prepared;
  const { model, ...settings } = recipe;
  announce(prepared, flags.json);
  if (!resume) await folder.forgetCheckpoint();

  const signal = interruptSignal();
  const result = await train(model, {
    ...settings,
    ...engine,
    data: training,
    validation,
    resume,
    signal,
    fingerprint: fingerprintOf(prepared),
    profile: flags.profile,
    onStep: stepProgress(recipe.batch),
    onNote: note,
    onEpoch: async (record, checkpoint) => {
      await folder.saveCheckpoint(await checkpoint());
      noteEpoch(record, recipe.epochs);
      if (flags.json) printJson({ event: 'epoch', epochs: recipe.epochs, ...record });
    },
  });
  wipeLiveLine();
  if (result.interrupted) return stop(folder, result.interrupted, flags);

  const test = source.test();
  drawLiveLine(`Scoring ${countOf(test.labels.length, 'test picture')} …`);
  const scores = await evaluate(result.network, test, engine);
  if (flags.profile) showProfile(result.profile, flags.json);
  const { network } = result;
  network.provenance = { ...network.provenance, testAccuracy: scores.accuracy };
  await folder.saveModel(network);
  finish(folder, result, scores.accuracy, flags.json);
  return 0;
}

/** Checks all that can be checked before the work begins, and loads the data. */
async function prepare(flags: Flags): Promise<Run> {
  const fresh = flags.resume ? undefined : freshRecipe(flags, DEFAULT_PRESET);
  await requireDataset(flags.dataset);
  const folder = new RunFolder(flags.out ?? join('runs', flags.preset ?? DEFAULT_PRESET));
  const resume = flags.resume ? await folder.checkpointToResume() : undefined;
  const resumed = resume && resumedSettings(resume, flags, folder.path);
  const recipe = resumed?.recipe ?? fresh!;
  await folder.requireWritable();
  if (!flags.resume && !flags.force) await folder.requireNothingUnfinished();

  const source = await openDataset({
    dataset: resumed?.dataset ?? flags.dataset,
    data: flags.data,
    onProgress: downloadProgress(),
  });
  const pool = source.training(resumed?.examples ?? flags.examples);
  const examples = pool.labels.length;
  const held = resumed?.validation ?? flags.validation ?? defaultValidationCount(examples);
  const base = { folder, recipe, source, examples, resume };
  if (held === 0) return { ...base, training: pool };
  const split = splitDataset(pool, held, recipe.seed);
  return { ...base, training: split.train, validation: split.validation };
}

/** What a resumed run must have in common with its start; it goes into the model file too. */
function fingerprintOf({ source, examples, validation }: Run): Record<string, string> {
  return {
    engine: `inkling ${packageFile.version}`,
    ...source.fingerprint,
    examples: String(examples),
    validation: String(validation?.labels.length ?? 0),
  };
}

function announce({ folder, recipe, source, training, validation, resume }: Run, json?: boolean): void {
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
      resumed: resume ? { epoch: resume.epoch, step: resume.step } : undefined,
    });
  }
  const held = validation ? `, ${count(validation.labels.length)} held out` : '';
  note(
    `Training ${countOf(parameters, 'parameter')} on ${countOf(training.labels.length, 'picture')} of ${harmless(source.name)}${held}; writing to ${harmless(folder.path)}`,
  );
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
function resumeCommand(folder: RunFolder, { dataset, data, backend, threads }: Flags): string {
  const words = ['inkling train --resume --out', quoted(folder.path)];
  if (dataset !== undefined && !DATASET_NAMES.includes(dataset)) words.push('--dataset', quoted(dataset));
  if (data !== undefined) words.push('--data', quoted(data));
  if (backend !== 'auto') words.push('--backend', backend);
  if (threads !== undefined) words.push('--threads', String(threads));
  return words.join(' ');
}

/** As a shell takes it. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

function finish(
  folder: RunFolder,
  { history, backend }: TrainResult,
  accuracy: number,
  json?: boolean,
): void {
  wipeLiveLine();
  const seconds = history.reduce((sum, record) => sum + record.seconds, 0);
  if (json) {
    printJson({
      event: 'end',
      model: folder.modelPath,
      testAccuracy: accuracy,
      epochs: history.length,
      seconds,
      backend,
    });
    return;
  }
  print(
    `Test accuracy ${percent(accuracy)} after ${countOf(history.length, 'epoch')} in ${duration(seconds)}`,
  );
  print(`Model ${harmless(folder.modelPath)}, trained on ${backend}`);
}
