/** Pages as `--dataset`: made of what is trained on, and scored with an eleventh class. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDataset } from '../src/cli/datasets.ts';
import { divide } from '../src/cli/guard.ts';
import { PAGES_FOR } from '../src/cli/pages.ts';
import { NOT_A_DIGIT, pageDigits, READER_CLASSES, type Scores, splitDataset } from '../src/index.ts';
import { inkling, jsonLines, lastJsonLine, temporaryFolder } from './commandLine.ts';

const folder = await temporaryFolder();
const preset = join(folder, 'small.json');
const out = join(folder, 'run');
await writeFile(
  preset,
  JSON.stringify({
    model: { input: [28, 28, 1], layers: [{ type: 'flatten' }, { type: 'dense', units: 11 }] },
    batch: 32,
    epochs: 3,
  }),
);
const dataset = ['--dataset', 'synthetic+pages'];
const engine = ['--threads', '1', '--json'];

test('pages for training and for validation are made of different digits', async () => {
  const source = await openDataset({ dataset: 'synthetic+pages' });
  const divided = divide(source, { examples: 90, validation: 30, seed: 5 });
  const { train, validation } = splitDataset(source.training(90), 30, 5);
  for (const [joined, digits, seed] of [
    [divided.training, train, PAGES_FOR.training],
    [divided.validation!, validation, PAGES_FOR.validation],
  ] as const) {
    const count = digits.labels.length;
    const pages = pageDigits({ digits, count, seed });
    expect([...joined.labels]).toEqual([...digits.labels, ...pages.labels]);
    expect(Buffer.compare(joined.images.subarray(count * 784), pages.images)).toBe(0);
  }
  expect(divided.held).toBe(30);
  expect(divided.training.parts?.names).toEqual(['synthetic/train/fit', 'pages']);
});

test('train, evaluate and evaluate --held-out', { timeout: 120_000 }, async () => {
  const size = ['--examples', '240', '--validation', '60'];
  const run = await inkling(['train', ...dataset, '--preset', preset, ...size, '--out', out, ...engine]);
  expect(run.stderr).toMatch(/\npages +180 /);
  expect(run.code).toBe(0);
  const [start] = jsonLines(run.stdout);
  expect(start).toMatchObject({ dataset: 'synthetic+pages', examples: 360, validation: 120 });
  const { model, testAccuracy } = lastJsonLine(run.stdout) as { model: string; testAccuracy: number };
  expect(testAccuracy).toBeGreaterThan(0.3);

  const plain = await inkling(['evaluate', model, '--dataset', 'synthetic', ...engine]);
  const scores = lastJsonLine(plain.stdout) as unknown as Scores;
  expect(scores.accuracy).toBeCloseTo(testAccuracy, 6);
  expect(scores.confusion.map((row) => row.length)).toEqual(READER_CLASSES.map(() => 11));
  expect(scores.classes.at(-1)).toMatchObject({ name: NOT_A_DIGIT, support: 0 });

  const held = await inkling(['evaluate', model, ...dataset, '--held-out', ...engine]);
  const heldScores = lastJsonLine(held.stdout) as unknown as Scores;
  expect(heldScores.examples).toBe(120);
  expect(heldScores.classes.at(-1)!.support).toBeGreaterThan(0);

  const shown = await inkling(['evaluate', model, '--dataset', 'synthetic']);
  const table = shown.stdout.slice(shown.stdout.indexOf('Confusion'));
  expect(table).toMatch(/ 9 +not a digit\n/);
  expect(table).not.toMatch(/\nnot a digit/);
});

test('goes on after an end, and tells what it would do without pages being drawn', {
  timeout: 60_000,
}, async () => {
  const again = await inkling(['train', '--resume', '--out', out, ...engine]);
  expect(again.stderr).toMatch(/Going on after 3 epochs/);
  expect(again.code).toBe(0);
  const dry = await inkling(['train', ...dataset, '--preset', 'reader', '--dry-run', '--json']);
  expect(lastJsonLine(dry.stdout)).toMatchObject({ examples: 22_000, validation: 2_000 });
});

test('data preview has a row of what is no digit', { timeout: 60_000 }, async () => {
  const file = join(folder, 'preview.png');
  const run = await inkling(['data', 'preview', ...dataset, '--columns', '3', '--out', file, '--json']);
  expect(run.code).toBe(0);
  expect(lastJsonLine(run.stdout)).toMatchObject({ pictures: 33 });
});
