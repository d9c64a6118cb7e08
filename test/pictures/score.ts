/**
 * Scores the reader on the evaluation set, or draws contact sheets of it.
 *
 *     node test/pictures/score.ts --count 200
 *     node test/pictures/score.ts --split report --model runs/reader/model.safetensors --json
 *     node test/pictures/score.ts --category rows --save-failures /tmp/failures
 *     node test/pictures/score.ts contact --out /tmp/sheets
 *
 * `development` is for choosing anything at all, `report` (MNIST's test digits) for the last figure only.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readModel } from '../../src/cli/models.ts';
import { InklingError, UsageError } from '../../src/errors.ts';
import { Classifier } from '../../src/training/classifier.ts';
import { Reader } from '../../src/vision/reader.ts';
import { readWhole } from './baseline.ts';
import { CATEGORIES, type Category, digitsFor, makeSample, type SplitName } from './set.ts';
import { savePicture, saveSheet } from './sheet.ts';
import { Tally } from './tally.ts';

const SHEET_PICTURES = 36;

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
    json: { type: 'boolean', default: false },
    'no-baseline': { type: 'boolean', default: false },
  },
});

function splitName(): SplitName {
  if (values.split !== 'development' && values.split !== 'report') {
    throw new UsageError(`--split is development or report, not ${values.split}.`);
  }
  return values.split;
}

function categories(): Category[] {
  if (values.category === undefined) return [...CATEGORIES];
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

const note = (line: string) => process.stderr.write(`${line}\n`);

async function contact(): Promise<void> {
  const split = splitName();
  const digits = await digitsFor(split, values.data);
  for (const category of categories()) {
    const samples = [];
    for (let i = 0; i < SHEET_PICTURES; i++) {
      samples.push(await makeSample(category, wholeNumber('from') + i, split, digits));
    }
    const path = join(values.out, `${category}.png`);
    await saveSheet(path, samples);
    note(`${path}: ${samples.map(({ text, kind }) => `${text.replaceAll('\n', '/')} (${kind})`).join('; ')}`);
  }
}

async function score(): Promise<void> {
  const split = splitName();
  note(
    split === 'report'
      ? 'REPORT split: MNIST test digits. Choose nothing by these figures.'
      : "DEVELOPMENT split: digits of MNIST's training set that training sets aside for validation.",
  );
  const digits = await digitsFor(split, values.data);
  const { network, path } = await readModel(values.model);
  const classifier = await Classifier.create(network, { batch: 16 });
  const reader = new Reader(classifier);
  const tallies = new Map<string, Tally>();
  const tallyOf = (name: string) => {
    const tally = tallies.get(name) ?? new Tally();
    tallies.set(name, tally);
    return tally;
  };
  const accepted = new Map<string, [accepted: number, all: number]>();
  const started = performance.now();
  for (const category of categories()) {
    for (let i = wholeNumber('from'); i < wholeNumber('from') + wholeNumber('count'); i++) {
      const sample = await makeSample(category, i, split, digits);
      const before = performance.now();
      const reading = await reader.read(sample.picture);
      const milliseconds = performance.now() - before;
      const isRejected = reading.rejected !== false;
      const isCompared = !values['no-baseline'] && sample.text !== '';
      const baseline = isCompared ? await readWhole(classifier, sample.picture) : undefined;
      const outcome = [sample.text, reading.text, isRejected, milliseconds, baseline] as const;
      const isRight = tallyOf(category).add(...outcome);
      if (sample.text !== '') tallyOf(`  ${category}, ${sample.hand}`).add(...outcome);
      else {
        const counts = accepted.get(sample.kind) ?? [0, 0];
        accepted.set(sample.kind, [counts[0] + (isRight ? 0 : 1), counts[1] + 1]);
      }
      if (!isRight && values['save-failures']) {
        const answer = isRejected ? 'rejected' : reading.text;
        const name = `${category}-${i}-is-${sample.text || 'nothing'}-read-${answer || 'nothing'}-${sample.kind}`;
        const file = `${name.replaceAll('\n', '_').replaceAll(/[^\w-]+/g, '-')}.png`;
        await savePicture(join(values['save-failures'], file), sample.picture);
      }
    }
  }
  await classifier.dispose();
  const seconds = (performance.now() - started) / 1000;
  if (values.json) printJson(path, tallies, accepted);
  else printTable(tallies, accepted);
  note(`${path}, ${seconds.toFixed(0)} s with the drawing of the pictures`);
}

function printJson(
  model: string,
  tallies: Map<string, Tally>,
  accepted: Map<string, [number, number]>,
): void {
  const rows = [...tallies].map(([name, tally]) => ({ category: name.trim(), ...summary(tally) }));
  console.log(
    JSON.stringify({ model, split: values.split, categories: rows, accepted: Object.fromEntries(accepted) }),
  );
}

function summary(tally: Tally) {
  const { pictures, digits, wrongDigits, whole, rejected, milliseconds, baselineWhole } = tally;
  return {
    pictures,
    digitsRight: digits === 0 ? undefined : 1 - wrongDigits / digits,
    wholeRight: whole / pictures,
    rejected: rejected / pictures,
    milliseconds: milliseconds / pictures,
    resizedWhole: baselineWhole / pictures,
  };
}

function printTable(tallies: Map<string, Tally>, accepted: Map<string, [number, number]>): void {
  const percent = (share?: number) =>
    (share === undefined ? '' : `${(100 * share).toFixed(1)} %`).padStart(9);
  console.log(`${''.padEnd(16)} pictures   digits    whole  rejected  mean ms  by resizing`);
  for (const [name, tally] of tallies) {
    const { pictures, digitsRight, wholeRight, rejected, milliseconds, resizedWhole } = summary(tally);
    const cells = [
      percent(digitsRight),
      percent(wholeRight),
      percent(rejected),
      milliseconds.toFixed(1).padStart(8),
    ];
    console.log(
      `${name.padEnd(16)} ${`${pictures}`.padStart(8)}${cells.join('')}     ${percent(resizedWhole)}`,
    );
  }
  if (accepted.size > 0) console.log('\nNon-digits that were read as digits:');
  for (const [kind, [wrong, all]] of [...accepted].sort()) {
    console.log(`  ${kind.padEnd(14)} ${`${wrong}`.padStart(4)} of ${all}`);
  }
}

try {
  if (positionals[0] === 'contact') await contact();
  else await score();
} catch (error) {
  if (!(error instanceof InklingError)) throw error;
  note(error.message);
  process.exitCode = 1;
}
