/** `inkling evaluate`: scores a model on a test set. */
import type { Argv } from 'yargs';
import { type Dataset, evaluate, type Network, type Scores } from '../index.ts';
import { type DataSource, openDataset, requireDataset } from './datasets.ts';
import { datasetFlags, engineFlags, engineOptions, wholeNumber } from './flags.ts';
import { count, countOf, percent } from './format.ts';
import { readModel } from './models.ts';
import { downloadProgress } from './progress.ts';
import { tableLines } from './table.ts';
import { drawLiveLine, harmless, note, paint, print, printJson, wipeLiveLine } from './terminal.ts';

export function flags(commandLine: Argv) {
  return engineFlags(datasetFlags(commandLine))
    .positional('model', {
      type: 'string',
      describe: 'Model file [default: the one that comes with Inkling]',
    })
    .option('seed', {
      type: 'number',
      coerce: wholeNumber('seed', 0, 2 ** 40),
      requiresArg: true,
      describe: 'Which synthetic test set to draw [default: 0]',
    })
    .option('json', { type: 'boolean' })
    .example('$0 evaluate', "The model that comes with Inkling, on MNIST's test set")
    .example('$0 evaluate runs/default/model.safetensors --json', 'A model of your own, for programs')
    .example('$0 evaluate --dataset synthetic', 'Without MNIST')
    .example('$0 evaluate --dataset digits.csv', 'On all pictures of a CSV file');
}

type Flags = Awaited<ReturnType<typeof flags>['argv']>;

export async function run({ model, dataset, data, seed, json, ...engine }: Flags): Promise<number> {
  const options = engineOptions(engine);
  await requireDataset(dataset);
  const { path, network } = await readModel(model);
  const source = await openDataset({ dataset, data, onProgress: downloadProgress() });
  const test = unseen(source, network, seed);
  drawLiveLine(`Reading ${countOf(test.labels.length, 'picture')} …`);
  const scores = await evaluate(network, test, options);
  wipeLiveLine();
  if (json) printJson({ model: path, dataset: test.name, ...scores });
  else show(path, test.name, scores);
  return 0;
}

/**
 * The pictures to score on: the test set, or all pictures of a data set that has none. Of those that the model was trained
 * on, only what had been set aside.
 */
function unseen(source: DataSource, { provenance }: Network, seed?: number): Dataset {
  if (!source.all) return source.test(seed);
  const seen = new Set(Object.values(provenance ?? {}));
  const digests = Object.entries(source.fingerprint).filter(([key]) => key !== 'dataset');
  if (!digests.some(([, digest]) => seen.has(digest))) return source.all;
  if (digests.every(([key, digest]) => provenance?.[key] === digest)) {
    note(
      `The model was trained on ${harmless(source.name)}; it is scored on the pictures that were set aside then.`,
    );
    return source.test();
  }
  note(`The model was trained on pictures of ${harmless(source.name)}, so its score on them says little.`);
  return source.all;
}

function show(model: string, dataset: string, scores: Scores): void {
  const facts = [
    ['model', harmless(model)],
    ['data set', `${harmless(dataset)}, ${countOf(scores.examples, 'picture')}`],
    ['accuracy', `${percent(scores.accuracy)} (${count(scores.correct)} right)`],
    ['loss', scores.loss.toFixed(4)],
    ['calibration error', percent(scores.calibrationError)],
  ];
  for (const line of tableLines(facts, [])) print(line);
  print();
  showClasses(scores);
  print();
  showConfusion(scores);
}

function showClasses({ classes }: Scores): void {
  const head = ['class', 'pictures', 'precision', 'recall', 'F1'].map((title) => paint('bold', title));
  const rows = classes.map(({ name, support, precision, recall, f1 }) => [
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
  const rows = confusion.map((row, label) => [
    paint('bold', names[label]),
    ...row.map((cell, answer) => {
      if (cell === 0) return paint('dim', '·');
      return answer === label ? count(cell) : paint(['red', 'bold'], count(cell));
    }),
  ]);
  for (const line of tableLines([head, ...rows], ['right', ...names.map(() => 'right' as const)]))
    print(line);
}
