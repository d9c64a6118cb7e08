/** `inkling train`: what it writes, that it is repeatable, and what it refuses to do. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { inkling, jsonLines, lastJsonLine, type Outcome, SMALL_RUN, temporaryFolder } from './commandLine.ts';

const folder = await temporaryFolder();
const out = join(folder, 'run');
const LONG = 60_000;
let first: Outcome;

beforeAll(async () => {
  first = await inkling(['train', ...SMALL_RUN, '--out', out, '--json']);
});

describe('a run', () => {
  test('tells its start, epochs and end in JSON Lines', () => {
    expect(first.code).toBe(0);
    const events = jsonLines(first.stdout);
    expect(events.map(({ event }) => event)).toEqual(['start', 'epoch', 'epoch', 'end']);
    expect(events[0]).toMatchObject({ dataset: 'synthetic', examples: 40, validation: 8, epochs: 2 });
    expect(events[1]).toMatchObject({
      epoch: 1,
      trainLoss: expect.any(Number),
      validationAccuracy: expect.any(Number),
    });
    const end = events.at(-1)!;
    expect(end).toMatchObject({
      model: join(out, 'model.safetensors'),
      epochs: 2,
      seconds: expect.any(Number),
    });
    expect(end.testAccuracy).toBeGreaterThanOrEqual(0);
    expect(end.testAccuracy).toBeLessThanOrEqual(1);
  });

  test('logs plain lines to standard error where that is no terminal', () => {
    expect(first.stderr).toMatch(/^Training 162,562 parameters on 40 pictures of synthetic, 8 held out.*\n/);
    expect(first.stderr).toMatch(/\nEpoch 2\/2 {2}accuracy .*images\/s.*\n$/);
    expect(first.stderr).not.toContain('\r');
    expect(first.stderr).not.toContain('\x1b');
  });

  test('leaves a model, a checkpoint, its history, results and page, and nothing else', async () => {
    expect((await readdir(out)).sort()).toEqual([
      'checkpoint.safetensors',
      'history.csv',
      'metrics.jsonl',
      'model.safetensors',
      'report.html',
      'results.json',
      'run.json',
    ]);
    const history = (await readFile(join(out, 'history.csv'), 'utf8')).trimEnd().split('\n');
    expect(history[0]).toMatch(/^epoch,trainLoss,/);
    expect(history).toHaveLength(3);
  });

  test('leaves a model that says what it is, and that evaluate scores the same', async () => {
    const model = join(out, 'model.safetensors');
    const { provenance } = lastJsonLine((await inkling(['summary', model, '--json'])).stdout);
    const { testAccuracy } = lastJsonLine(first.stdout);
    expect(provenance).toMatchObject({ dataset: 'synthetic', examples: '48', validation: '8', testAccuracy });
    expect(JSON.stringify(provenance)).not.toContain(folder);
    const scores = lastJsonLine(
      (await inkling(['evaluate', model, '--dataset', 'synthetic', '--threads', '1', '--json'])).stdout,
    );
    expect(scores.accuracy).toBe(testAccuracy);
  });

  test('repeated with the same seed gives the same file, with another seed another', async () => {
    const train = (name: string, seed: string) =>
      inkling(['train', ...SMALL_RUN, '--seed', seed, '--out', join(folder, name)]);
    await Promise.all([train('same', '1'), train('other', '2')]);
    const [one, same, other] = await Promise.all(
      ['run', 'same', 'other'].map((name) => readFile(join(folder, name, 'model.safetensors'))),
    );
    expect(same.equals(one)).toBe(true);
    expect(other.equals(one)).toBe(false);
  }, 60_000);

  test('begins with the weights of a model, and says so in its own', async () => {
    const initial = join(out, 'model.safetensors');
    const path = join(folder, 'further');
    const { code, stdout, stderr } = await inkling([
      'train',
      ...SMALL_RUN,
      '--initial',
      initial,
      '--learning-rate',
      '1e-9',
      '--out',
      path,
      '--json',
    ]);
    expect(stderr).not.toContain('inkling:');
    expect(code).toBe(0);
    const [start] = jsonLines(stdout);
    expect(start).toMatchObject({ event: 'start', initial });
    // So small a step leaves what was learned before.
    const [before, after] = await Promise.all(
      [initial, join(path, 'model.safetensors')].map(async (model) => {
        const scored = await inkling([
          'evaluate',
          model,
          '--dataset',
          'synthetic',
          '--examples',
          '200',
          '--json',
        ]);
        return lastJsonLine(scored.stdout);
      }),
    );
    expect(after.accuracy).toBe(before.accuracy);
    const digest = createHash('sha256')
      .update(await readFile(initial))
      .digest('hex');
    expect((await readFile(join(path, 'model.safetensors'))).includes(digest)).toBe(true);
  }, 60_000);

  test('that is finished can be resumed without harm', async () => {
    const before = await readFile(join(out, 'model.safetensors'));
    const { code, stdout } = await inkling(['train', '--resume', '--out', out, '--threads', '1', '--json']);
    expect(code).toBe(0);
    expect(lastJsonLine(stdout)).toMatchObject({ event: 'end', epochs: 2 });
    expect((await readFile(join(out, 'model.safetensors'))).equals(before)).toBe(true);
  });
});

describe('train refuses, before it works', () => {
  test.each(['/dev/null/run', '/dev/null'])('the output folder %s', async (path) => {
    const { code, stdout, stderr } = await inkling(['train', ...SMALL_RUN, '--out', path, '--json']);
    expect(stderr).toMatch(/^inkling: Cannot write to the output folder \/dev\/null.*\n$/);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });

  test('a damaged checkpoint, and touches nothing', async () => {
    const path = join(folder, 'damaged');
    await mkdir(path);
    await writeFile(join(path, 'checkpoint.safetensors'), 'scribbles');
    const fresh = await inkling(['train', ...SMALL_RUN, '--out', path]);
    expect(fresh.stderr).toMatch(/^inkling: .*cannot be read: add --force.*--out.*\n$/);
    expect(fresh.code).toBe(1);
    const resumed = await inkling(['train', '--resume', '--out', path]);
    expect(resumed.stderr).toMatch(/^inkling: .*checkpoint.safetensors.*\n$/);
    expect(resumed.code).toBe(1);
    expect(await readdir(path)).toEqual(['checkpoint.safetensors']);
  });

  test.each([
    [
      'a model that is not there',
      ['--initial', 'none.safetensors', '--dry-run'],
      /^inkling: .*none\.safetensors.*\n$/,
    ],
    ['a model that is none', ['--initial', import.meta.filename], /^inkling: .*cli\.train\.test\.ts.*\n$/],
    ['a model of other layers', ['--initial', 'weights/digits.safetensors'], /^inkling: .*other layers.*\n$/],
    [
      'a model to resume with',
      ['--initial', 'weights/digits.safetensors', '--resume'],
      /^inkling: Only one of --initial and --resume.*\n$/,
    ],
  ])('%s, and leaves nothing behind', async (_what, words, expected) => {
    const path = join(folder, 'not-begun');
    const { code, stderr } = await inkling(['train', ...SMALL_RUN, '--out', path, ...words]);
    expect(stderr).toMatch(expected);
    expect(code).toBeGreaterThan(0);
    expect(existsSync(path) ? await readdir(path) : []).toEqual([]);
  });

  test('to resume where there is nothing', async () => {
    const { code, stderr } = await inkling(['train', '--resume', '--out', join(folder, 'nothing')]);
    expect(stderr).toMatch(/^inkling: There is no run to resume in .*\n$/);
    expect(code).toBe(2);
    expect(existsSync(join(folder, 'nothing'))).toBe(false);
  });

  test.each([
    [['--epochs', '3'], /--epochs 2, not 3/],
    [['--batch', '16'], /--batch 8, not 16/],
    [['--learning-rate', '0.5'], /--learning-rate 0.006, not 0.5/],
    [['--seed', '2'], /--seed 1, not 2/],
    [['--examples', '64'], /--examples 48, not 64/],
    [['--validation', '0'], /--validation 8, not 0/],
    [['--dataset', 'mnist'], /--dataset synthetic, not mnist/],
  ])('to resume with %j, which contradicts the run', async (contradiction, expected) => {
    const { code, stderr } = await inkling(['train', '--resume', '--out', out, ...contradiction]);
    expect(stderr).toMatch(expected);
    expect(code).toBe(2);
  });
});

describe(
  'when it goes wrong',
  () => {
    test('a loss that is no number is told, with the learning rate', async () => {
      const args = ['train', ...SMALL_RUN, '--learning-rate', '900000', '--out', join(folder, 'nan')];
      const { code, stderr } = await inkling(args);
      expect(stderr).toMatch(/inkling: The loss became .* a lower learning rate than 900000.*\n$/);
      expect(code).toBe(1);
    });

    test('a disk that takes no more is told, and no half file is left', async () => {
      const path = join(folder, 'full');
      const { code, stderr } = await inkling(['train', ...SMALL_RUN, '--out', path], {
        before: 'ulimit -f 200',
        env: { NODE_DISABLE_COMPILE_CACHE: '1' },
      });
      expect(stderr).toMatch(/inkling: Cannot write .*checkpoint.safetensors: .*\n$/);
      expect(code).toBe(1);
      expect(await readdir(path)).toEqual(['metrics.jsonl', 'run.json']);
    });

    test('--validation that leaves nothing to train on', async () => {
      const { code, stderr } = await inkling([
        ...['train', '--dataset', 'synthetic', '--examples', '20', '--validation', '20'],
        ...['--out', join(folder, 'none')],
      ]);
      expect(stderr).toMatch(/Cannot set aside 20 of the 20/);
      expect(code).toBe(2);
    });
  },
  LONG,
);
