/**
 * Scores the reader on the evaluation set. Commands: read (the default), mnist, contact, files, answers.
 *
 *     node test/pictures/score.ts --count 200
 *     node test/pictures/score.ts --split report --model runs/reader/model.safetensors --json
 *     node test/pictures/score.ts --category rows,pages --save-failures runs/failures
 *     node test/pictures/score.ts mnist --count 2000
 *     node test/pictures/score.ts contact --out runs/sheets
 *     node test/pictures/score.ts files --out runs/files --count 50
 *     inkling predict --json runs/files/photo/*.png > answers.jsonl
 *     node test/pictures/score.ts answers --out runs/files --answers answers.jsonl
 *
 * The split `development` is for choosing anything at all, `report` (MNIST's test digits) for the last figure only.
 * `mnist` compares MNIST's pictures, padded and magnified, with the network's score on the same pictures as they are.
 * `files` writes pictures with their truth, and `answers` scores what `predict` says of them.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { readModel } from '../../src/cli/models.ts';
import { InklingError, UsageError } from '../../src/errors.ts';
import { Classifier } from '../../src/training/classifier.ts';
import { Reader } from '../../src/vision/reader.ts';
import { readSimply } from './baseline.ts';
import { scoreForms } from './mnistForms.ts';
import { Report, type Truth } from './report.ts';
import type { Sample } from './sample.ts';
import { CATEGORIES, type Category, digitsFor, makeSample, type SplitName } from './set.ts';
import { savePicture, saveSheet } from './sheet.ts';

const SHEET_PICTURES = 36;
/** Names of files have a limit, and an answer may be hundreds of specks. */
const LONGEST_IN_NAME = 60;
const TRUTH_FILE = 'truth.jsonl';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    split: { type: 'string', default: 'development' },
    /** Of each category. */
    count: { type: 'string', default: '100' },
    /** The number of the first picture of each category. */
    from: { type: 'string', default: '0' },
    /** One or several, joined by commas. */
    category: { type: 'string' },
    model: { type: 'string' },
    data: { type: 'string' },
    'save-failures': { type: 'string' },
    out: { type: 'string', default: 'runs/pictures' },
    answers: { type: 'string' },
    json: { type: 'boolean', default: false },
    /** Leave out the two simple ways of reading. */
    'no-baseline': { type: 'boolean', default: false },
  },
});

const note = (line: string) => process.stderr.write(`${line}\n`);

function splitName(): SplitName {
  if (values.split !== 'development' && values.split !== 'report') {
    throw new UsageError(`--split is development or report, not ${values.split}.`);
  }
  note(
    values.split === 'report'
      ? "REPORT split: MNIST's test digits. Choose nothing by these figures."
      : "DEVELOPMENT split: digits of MNIST's training set that training sets aside for validation.",
  );
  return values.split;
}

function categories(): readonly Category[] {
  if (values.category === undefined) return CATEGORIES;
  return values.category.split(',').map((name) => {
    const category = CATEGORIES.find((known) => known === name);
    if (!category) throw new UsageError(`There is no category ${name}; there are ${CATEGORIES.join(', ')}.`);
    return category;
  });
}

function wholeNumber(name: 'count' | 'from'): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new UsageError(`--${name} takes a whole number, not ${values[name]}.`);
}

/** The pictures that were asked for, one after the other. */
async function* samples(count = wholeNumber('count')) {
  const split = splitName();
  const digits = await digitsFor(split, values.data);
  const first = wholeNumber('from');
  for (const category of categories()) {
    for (let number = first; number < first + count; number++) {
      yield { category, number, ...(await makeSample(category, number, split, digits)) };
    }
  }
}

async function openClassifier(): Promise<Classifier> {
  const { network, path } = await readModel(values.model, 'reader');
  note(`Network: ${path}`);
  return Classifier.create(network, { batch: 16 });
}

async function read(): Promise<void> {
  const classifier = await openClassifier();
  const reader = new Reader(classifier);
  const report = new Report();
  for await (const sample of samples()) {
    const { picture, text, category, number, kind } = sample;
    const started = performance.now();
    const reading = await reader.read(picture);
    const milliseconds = performance.now() - started;
    const isRejected = reading.rejected !== false;
    const isSimple = !values['no-baseline'] && text.length === 1;
    const simple = isSimple ? await readSimply(classifier, picture) : undefined;
    const isRight = report.add(sample, { text: reading.text, isRejected, milliseconds, simple });
    if (isRight || !values['save-failures']) continue;
    const answer = isRejected ? 'rejected' : reading.text.slice(0, LONGEST_IN_NAME);
    const name = `${category}-${number}-is-${text || 'nothing'}-read-${answer || 'nothing'}-${kind}`;
    const file = `${name.replaceAll('\n', '_').replaceAll(/[^\w-]+/g, '-')}.png`;
    await savePicture(join(values['save-failures'], file), picture);
  }
  await classifier.dispose();
  print(report);
}

function print(report: Report): void {
  console.log(values.json ? JSON.stringify({ split: values.split, ...report.json }) : report.table);
}

async function mnist(): Promise<void> {
  const classifier = await openClassifier();
  const digits = await digitsFor(splitName(), values.data);
  const scores = await scoreForms(classifier, digits, wholeNumber('count'));
  await classifier.dispose();
  if (values.json) console.log(JSON.stringify(scores));
  for (const { form, right, rejected, of } of values.json ? [] : scores) {
    const points = (100 * (right - scores[0].right)) / of;
    console.log(
      `${form.padEnd(26)} ${((100 * right) / of).toFixed(2)} % of ${of}  ${points.toFixed(2).padStart(6)} points  ${rejected} rejected`,
    );
  }
}

async function contact(): Promise<void> {
  const all: (Sample & Truth)[] = [];
  for await (const sample of samples(SHEET_PICTURES)) all.push(sample);
  const sheets = Map.groupBy(all, ({ category }) => category);
  for (const [category, pictures] of sheets) {
    const path = join(values.out, `${category}.png`);
    await saveSheet(path, pictures);
    const truths = pictures.map(({ text, kind }) => `${text.replaceAll('\n', '/')} (${kind})`);
    note(`${path}: ${truths.join('; ')}`);
  }
}

async function files(): Promise<void> {
  const lines: string[] = [];
  for await (const { picture, number, ...truth } of samples()) {
    const file = `${truth.category}/${`${number}`.padStart(5, '0')}.png`;
    await savePicture(join(values.out, file), picture);
    lines.push(JSON.stringify({ file, ...truth }));
  }
  await writeFile(join(values.out, TRUTH_FILE), `${lines.join('\n')}\n`);
}

async function readLines<T>(path: string): Promise<T[]> {
  return (await readFile(path, 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

async function answers(): Promise<void> {
  if (!values.answers) throw new UsageError('Name the file that predict --json wrote: --answers FILE.');
  const truths = await readLines<Truth & { file: string }>(join(values.out, TRUTH_FILE));
  const byFile = new Map(truths.map((truth) => [truth.file, truth]));
  const report = new Report();
  const lines = await readLines<{ file: string; text?: string; rejected?: string | false }>(values.answers);
  for (const { file, text = '', rejected } of lines) {
    const truth = byFile.get(`${basename(dirname(file))}/${basename(file)}`);
    if (!truth)
      throw new InklingError(`${values.answers} names ${file}, and ${values.out} has no truth for it.`);
    report.add(truth, { text, isRejected: rejected !== false });
  }
  print(report);
}

const COMMANDS: Record<string, () => Promise<void>> = { read, mnist, contact, files, answers };

try {
  const [name = 'read'] = positionals;
  if (!Object.hasOwn(COMMANDS, name)) {
    throw new UsageError(`There is no command ${name}; there are ${Object.keys(COMMANDS).join(', ')}.`);
  }
  await COMMANDS[name]();
} catch (error) {
  if (!(error instanceof InklingError)) throw error;
  note(error.message);
  process.exitCode = 1;
}
