/**
 * `inkling evaluate`: scores a model on a test set, or several that answer together, on pictures as they are or corrupted.
 */
import type { Argv } from 'yargs';
import {
  type Dataset,
  evaluate,
  evaluateTogether,
  type Network,
  type Scores,
  summarise,
  UsageError,
} from '../index.ts';
import { scoreCorruptions, showCorruptions } from './corruptionTable.ts';
import { type DataSource, openDataset, requireDataset } from './datasets.ts';
import { datasetFlags, engineFlags, engineOptions, wholeNumber } from './flags.ts';
import { byteSize, count, countOf, percent } from './format.ts';
import { heldOut } from './guard.ts';
import { type ModelFile, readModel } from './models.ts';
import { downloadProgress } from './progress.ts';
import { tableLines } from './table.ts';
import { drawLiveLine, harmless, note, paint, print, printJson, wipeLiveLine } from './terminal.ts';

const MOST_COPIES = 64;

export function flags(commandLine: Argv) {
  return engineFlags(datasetFlags(commandLine))
    .positional('models', {
      type: 'string',
      array: true,
      describe: 'Model files; several answer together [default: the one that comes with Inkling]',
    })
    .option('augmented', {
      type: 'number',
      coerce: wholeNumber('augmented', 0, MOST_COPIES),
      requiresArg: true,
      default: 0,
      describe: 'Also read N copies of each picture, a little turned and shifted',
    })
    .option('corruptions', {
      type: 'boolean',
      describe: 'Also score pictures with noise, blur, fog, lines and the like',
    })
    .option('held-out', {
      type: 'boolean',
      describe: 'Instead of the test set, take what training held out: for comparing and choosing',
    })
    .option('seed', {
      type: 'number',
      coerce: wholeNumber('seed', 0, 2 ** 40),
      requiresArg: true,
      describe: 'Which synthetic test set to draw, and which corruptions [default: 0]',
    })
    .option('json', { type: 'boolean' })
    .example('$0 evaluate', "The model that comes with Inkling, on MNIST's test set")
    .example('$0 evaluate runs/default/model.safetensors --json', 'A model of your own, for programs')
    .example('$0 evaluate a.safetensors b.safetensors', 'The mean of what two models answer')
    .example('$0 evaluate --augmented 8', 'The mean over each picture and eight changed copies')
    .example('$0 evaluate --corruptions', 'How well it reads what is blurred, noisy or scratched')
    .example('$0 evaluate --held-out', 'On the validation pictures of its training')
    .example('$0 evaluate --dataset synthetic', 'Without MNIST')
    .example('$0 evaluate --dataset digits.csv', 'On all pictures of a CSV file');
}

type Flags = Awaited<ReturnType<typeof flags>['argv']>;

export async function run(flags: Flags): Promise<number> {
  const { dataset, data, seed, augmented: copies, json } = flags;
  const options = engineOptions(flags);
  await requireDataset(dataset);
  const files = await readModels(flags.models);
  const networks = files.map(({ network }) => network);
  const source = await openDataset({ dataset, data, onProgress: downloadProgress() });
  const test = flags.heldOut ? heldOut(source, networks) : unseen(source, networks, seed);
  const isAlone = networks.length === 1 && copies === 0;
  const score = (pictures: Dataset) =>
    isAlone
      ? evaluate(networks[0], pictures, options)
      : evaluateTogether(networks, pictures, { ...options, copies });
  drawLiveLine(`Reading ${countOf(test.labels.length, 'picture')} …`);
  const scores = await score(test);
  const corrupted = flags.corruptions ? await scoreCorruptions(test, seed ?? 0, score) : undefined;
  wipeLiveLine();
  if (json) {
    const models = files.map(({ path, bytes, network }) => ({
      model: path,
      bytes,
      parameters: parametersOf(network),
    }));
    const sizes = {
      bytes: sumOf(models.map((one) => one.bytes)),
      parameters: sumOf(models.map((one) => one.parameters)),
    };
    const named = models.length === 1 ? { model: models[0].model } : { models };
    printJson({ ...named, ...sizes, dataset: test.name, augmented: copies, ...scores, ...corrupted });
    return 0;
  }
  showFacts(files, copies, test.name, scores);
  print();
  if (corrupted) {
    showCorruptions(corrupted, scores);
    return 0;
  }
  showClasses(scores);
  print();
  showConfusion(scores);
  return 0;
}

async function readModels(paths: readonly string[] = []): Promise<ModelFile[]> {
  const twice = paths.find((path, i) => paths.indexOf(path) !== i);
  if (twice !== undefined) throw new UsageError(`The model ${twice} is named twice; name each once.`);
  if (paths.length === 0) return [await readModel()];
  return Promise.all(paths.map((path) => readModel(path)));
}

/**
 * The pictures to score on: the test set, or all pictures of a data set that has none. Of those that a model was trained
 * on, only what had been set aside.
 */
function unseen(source: DataSource, networks: readonly Network[], seed?: number): Dataset {
  if (!source.all) return source.test(seed);
  const digests = Object.entries(source.fingerprint).filter(([key]) => key !== 'dataset');
  const knowing = networks.filter(({ provenance }) => {
    const seen = new Set(Object.values(provenance ?? {}));
    return digests.some(([, digest]) => seen.has(digest));
  });
  if (knowing.length === 0) return source.all;
  if (knowing.every(({ provenance }) => digests.every(([key, digest]) => provenance?.[key] === digest))) {
    note(
      `The model was trained on ${harmless(source.name)}; it is scored on the pictures that were set aside then.`,
    );
    return source.test();
  }
  note(`The model was trained on pictures of ${harmless(source.name)}, so its score on them says little.`);
  return source.all;
}

const parametersOf = ({ model }: Network) => summarise(model).parameters;
const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

function showFacts(files: readonly ModelFile[], copies: number, dataset: string, scores: Scores): void {
  const sizeOf = (bytes: number, parameters: number) =>
    `${countOf(parameters, 'parameter')}, ${byteSize(bytes)}`;
  const rows = files.map(({ path, bytes, network }) => [
    'model',
    `${harmless(path)} (${sizeOf(bytes, parametersOf(network))})`,
  ]);
  const parameters = sumOf(files.map(({ network }) => parametersOf(network)));
  const together = sizeOf(sumOf(files.map(({ bytes }) => bytes)), parameters);
  const facts = [
    ...rows,
    ...(files.length > 1 ? [['together', `the mean of ${files.length} (${together})`]] : []),
    ...(copies > 0
      ? [['pictures', `each as it is and ${copies === 1 ? 'once' : `${copies} times`} changed`]]
      : []),
    ['data set', `${harmless(dataset)}, ${countOf(scores.examples, 'picture')}`],
    ['accuracy', `${percent(scores.accuracy)} (${count(scores.correct)} right)`],
    ['loss', scores.loss.toFixed(4)],
    ['calibration error', percent(scores.calibrationError)],
  ];
  for (const line of tableLines(facts, [])) print(line);
}

function showClasses({ classes }: Scores): void {
  const head = ['class', 'pictures', 'precision', 'recall', 'F1'].map((title) => paint('bold', title));
  const present = classes.filter(({ support }) => support > 0);
  const rows = present.map(({ name, support, precision, recall, f1 }) => [
    harmless(name),
    count(support),
    percent(precision),
    percent(recall),
    percent(f1),
  ]);
  for (const line of tableLines([head, ...rows], ['left', 'right', 'right', 'right', 'right'])) print(line);
}

/** The confusion matrix, with what went wrong in red. */
function showConfusion({ confusion, classes }: Scores): void {
  const names = classes.map(({ name }) => harmless(name));
  print('Confusion: what it is (rows), what it was taken for (columns)');
  const head = ['', ...names].map((title) => paint('bold', title));
  const rows = [...confusion.entries()]
    .filter(([label]) => classes[label].support > 0)
    .map(([label, row]) => [
      paint('bold', names[label]),
      ...row.map((cell, answer) => {
        if (cell === 0) return paint('dim', '·');
        return answer === label ? count(cell) : paint(['red', 'bold'], count(cell));
      }),
    ]);
  for (const line of tableLines([head, ...rows], ['right', ...names.map(() => 'right' as const)]))
    print(line);
}
