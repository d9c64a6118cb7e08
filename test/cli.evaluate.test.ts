/** `inkling evaluate` with several models, copies, corruptions and held-out pictures; presets from files; `data preview`. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, test } from 'vitest';
import { inkling, jsonLines, lastJsonLine, SMALL_RUN, temporaryFolder } from './commandLine.ts';

const folder = await temporaryFolder();
const one = join(folder, 'one', 'model.safetensors');
const two = join(folder, 'two', 'model.safetensors');
const preset = join(folder, 'mine.json');
const LONG = 60_000;

beforeAll(async () => {
  const layers = [
    ...[{ type: 'conv2d', filters: 4, kernelSize: 5, stride: 2 }, { type: 'batchNorm' }, { type: 'relu' }],
    ...[{ type: 'flatten' }, { type: 'dense', units: 10 }],
  ];
  const model = { name: 'mine', input: [28, 28, 1], layers };
  const recipe = { weightAveraging: { everySteps: 1 }, augmentation: { shift: 1 }, learningRate: 0.01 };
  await writeFile(preset, JSON.stringify({ report: false, model, ...recipe }));
  for (const [name, seed] of [
    ['one', '1'],
    ['two', '2'],
  ]) {
    const args = ['train', ...SMALL_RUN, '--preset', preset, '--seed', seed, '--out', join(folder, name)];
    const { code, stderr } = await inkling(args);
    expect([stderr, code]).toEqual([expect.stringContaining('Epoch 2/2'), 0]);
  }
}, LONG);

describe('a preset from a file', () => {
  test('gives its runs its name and its choice of a page', async () => {
    const start = JSON.parse(await readFile(join(folder, 'one', 'run.json'), 'utf8'));
    expect(start).toMatchObject({
      preset: 'mine',
      hasPage: false,
      recipe: { weightAveraging: { everySteps: 1 } },
    });
    expect(existsSync(join(folder, 'one', 'report.html'))).toBe(false);
  });

  test('may be named again to resume, and its choice holds', async () => {
    const args = ['train', '--resume', '--threads', '1', '--out', join(folder, 'one')];
    expect(await inkling([...args, '--preset', preset])).toMatchObject({ code: 0 });
    expect(await inkling(args)).toMatchObject({ code: 0 });
    expect(existsSync(join(folder, 'one', 'report.html'))).toBe(false);
  });

  test.each([
    ['typo.json', '{"modle": {}}', /typo\.json has an unknown key "modle"; did you mean model\?/],
    ['broken.json', '{', /broken\.json is not valid JSON/],
  ])('%s is refused in a sentence', async (name, text, expected) => {
    await writeFile(join(folder, name), text);
    const { code, stderr } = await inkling(['train', '--dry-run', '--preset', join(folder, name)]);
    expect(stderr).toMatch(expected);
    expect(code).toBe(2);
  });

  test('that is not there is said to be missing', async () => {
    const { code, stderr } = await inkling(['train', '--dry-run', '--preset', join(folder, 'none.json')]);
    expect(stderr).toMatch(/^inkling: .*none\.json.*\n$/);
    expect(code).toBe(1);
  });
});

describe('evaluate', () => {
  const set = ['--dataset', 'synthetic', '--threads', '1'];

  test('several models answer together, and their sizes are added up', async () => {
    const outcomes = await Promise.all([
      inkling(['evaluate', one, two, ...set, '--json']),
      inkling(['evaluate', one, ...set, '--json']),
      inkling(['evaluate', one, two, ...set]),
    ]);
    const [both, alone] = outcomes
      .map(({ stdout }) => stdout)
      .map((text) => jsonLines(text.startsWith('{') ? text : '')[0]);
    expect(both).toMatchObject({ examples: 2000, parameters: 2 * (alone.parameters as number) });
    expect((both.models as { model: string }[]).map(({ model }) => model)).toEqual([one, two]);
    expect(alone.model).toBe(one);
    expect(outcomes[2].stdout).toMatch(/together +the mean of 2 \([\d,]+ parameters, [\d.]+ kB\)/);
  });

  test('copies of each picture are read beside it', async () => {
    const { stdout } = await inkling(['evaluate', one, ...set, '--augmented', '2']);
    expect(stdout).toMatch(/pictures +each as it is and 2 times changed/);
    const { code, stderr } = await inkling(['evaluate', one, ...set, '--augmented', '65']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('--augmented takes a whole number from 0 to 64'),
    ]);
  });

  test('held-out pictures are those of the training', async () => {
    const { stdout } = await inkling(['evaluate', one, ...set, '--held-out', '--json']);
    expect(lastJsonLine(stdout)).toMatchObject({ dataset: 'synthetic/train/validation', examples: 8 });
    const { code, stderr } = await inkling(['evaluate', one, two, ...set, '--held-out']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('none were unseen by all')]);
  });

  test('corruptions are scored one by one, and so is their mean', { timeout: LONG }, async () => {
    const [table, json] = await Promise.all([
      inkling(['evaluate', one, ...set, '--held-out', '--corruptions']),
      inkling(['evaluate', one, ...set, '--held-out', '--corruptions', '--json']),
    ]);
    expect(table.stdout).toMatch(
      /corruption +accuracy +wrong\nnone(.|\n)*impulse noise(.|\n)*mean of the 16/,
    );
    const { corruptions, corruptedAccuracy } = lastJsonLine(json.stdout) as {
      corruptions: { corruption: string; accuracy: number }[];
      corruptedAccuracy: number;
    };
    expect(corruptions).toHaveLength(16);
    const sum = corruptions.reduce((total, { accuracy }) => total + accuracy, 0);
    expect(corruptedAccuracy).toBeCloseTo(sum / 16, 12);
  });
});

describe('data preview', () => {
  test('draws a row for each class', async () => {
    const out = join(folder, 'sheet.png');
    const set = ['--dataset', 'synthetic', '--examples', '200', '--columns', '3'];
    const args = ['data', 'preview', ...set, '--preset', preset, '--out', out];
    const { code, stdout } = await inkling([...args, '--json']);
    expect(code).toBe(0);
    expect(lastJsonLine(stdout)).toEqual({
      ...{ file: out, width: 4 + 3 * 60, height: 4 + 10 * 60, pictures: 30 },
      ...{ preset: 'mine', seed: 1, dataset: 'synthetic' },
    });
    const sheet = await readFile(out);
    expect(decode(sheet)).toMatchObject({ width: 184, height: 604, channels: 1, depth: 8 });
    await inkling([...args, '--seed', '1']);
    expect((await readFile(out)).equals(sheet)).toBe(true);
    await inkling([...args, '--seed', '2']);
    expect((await readFile(out)).equals(sheet)).toBe(false);
  });

  test('says what cannot be written', async () => {
    const args = [
      'data',
      'preview',
      '--dataset',
      'synthetic',
      '--examples',
      '20',
      '--out',
      '/dev/null/a.png',
    ];
    const { code, stderr } = await inkling(args);
    expect(stderr).toMatch(/^inkling: Cannot write \/dev\/null\/a\.png.*\n$/);
    expect(code).toBe(1);
  });
});
