/** `inkling sweep`: from a study's file to its report, whatever comes in between. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  inkling,
  jsonLines,
  lastJsonLine,
  type Outcome,
  startInkling,
  temporaryFolder,
} from './commandLine.ts';

const folder = await temporaryFolder();
const LONG = 240_000;

/** Small enough for a second a run, and with all that could make results depend on when things happen. */
const STUDY = `
name: tiny
preset: sprint
dataset: synthetic
examples: 120
validation: 40
repeats: 2
parallel: 2
set:
  model: { template: convolutions, depth: 1, filters: 2 }
  batch: 16
  epochs: 4
space:
  learningRate: { type: log, from: 0.0005, to: 0.2 }
  optimizer: { type: choice, values: [{ type: sgd }, { type: adam }] }
search: { type: tpe, trials: 6, startupTrials: 3 }
pruner: { type: median, startupTrials: 1, warmupEpochs: 1 }
reportTest: true
`;
const file = join(folder, 'tiny.yaml');
const whole = join(folder, 'whole');
let first: Outcome;

beforeAll(async () => {
  await writeFile(file, STUDY);
  first = await inkling(['sweep', file, '--out', whole, '--jobs', '2', '--json']);
}, LONG);

const table = (out: string) => readFile(join(out, 'runs.csv'), 'utf8');

/** What a summary says, but for how long it took. */
async function summaryOf(out: string): Promise<string> {
  return (await readFile(join(out, 'summary.md'), 'utf8')).replace(/Computed in .*/, '');
}

/** The model of each run that was trained to its end. */
async function modelsIn(out: string): Promise<Map<string, Buffer>> {
  const models = new Map<string, Buffer>();
  for (const run of await readdir(join(out, 'runs'))) {
    const { status } = JSON.parse(await readFile(join(out, 'runs', run, 'outcome.json'), 'utf8'));
    if (status === 'complete') models.set(run, await readFile(join(out, 'runs', run, 'model.safetensors')));
  }
  return models;
}

describe('a study', () => {
  test('tells its start, each run and its end in JSON Lines', () => {
    expect(first.stderr).not.toContain('inkling:');
    expect(first.code).toBe(0);
    const lines = jsonLines(first.stdout);
    expect(lines[0]).toMatchObject({ event: 'start', study: 'tiny', trials: 6, done: 0, jobs: 2 });
    const runs = lines.slice(1, -1);
    expect(runs.every(({ event }) => event === 'run')).toBe(true);
    expect(lines.at(-1)).toMatchObject({
      ...{ event: 'end', runs: runs.length, out: whole },
      best: { name: expect.any(String), validation: { mean: expect.any(Number) } },
      report: join(whole, 'report.html'),
    });
    // Pruning is what makes this study one to break; without it the tests below would show less.
    expect(runs.map(({ status }) => status)).toContain('pruned');
  });

  test('leaves its report, summary and table, and of each run the model', async () => {
    expect((await readdir(whole)).sort()).toEqual([
      'report.html',
      'runs',
      'runs.csv',
      'study.json',
      'summary.md',
    ]);
    const page = await readFile(join(whole, 'report.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    for (const title of ['Validation accuracy over epochs', 'Parallel coordinates'])
      expect(page).toContain(title);
    const [head, ...rows] = (await table(whole)).trimEnd().split('\n');
    expect(head).toBe('trial,name,seed,learningRate,optimizer,status,epochs,validationAccuracy,testAccuracy');
    expect(rows.length).toBe(jsonLines(first.stdout).length - 2);
    expect(await summaryOf(whole)).toMatch(/^# tiny\n[\s\S]*Best: \*\*\d: learningRate/);
    const run = await readdir(join(whole, 'runs', 'trial-0001-seed-1'));
    expect(run).toContain('model.safetensors');
    expect(run).not.toContain('checkpoint.safetensors');
  });

  test(
    'that is done only tells its results again',
    async () => {
      const before = await table(whole);
      const { code, stdout } = await inkling(['sweep', file, '--out', whole]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^trial +runs +validation/);
      expect(await table(whole)).toBe(before);
    },
    LONG,
  );

  test('refuses a folder of another study, and --force gives that up', { timeout: LONG }, async () => {
    const out = join(folder, 'other');
    await mkdir(join(out, 'runs', 'trial-0001-seed-1'), { recursive: true });
    expect((await inkling(['sweep', file, '--out', out])).stderr).toMatch(/belongs to no study/);
    await writeFile(join(out, 'study.json'), '{"study":{}}');
    const refused = await inkling(['sweep', file, '--out', out]);
    expect(refused.stderr).toMatch(/\ninkling: .*holds runs of another study.*--out.*--force.*\n$/);
    expect(refused.code).toBe(2);
    const running = startInkling(['sweep', file, '--out', out, '--force', '--json']);
    await untilRuns(running.process.stdout!, 1);
    running.process.kill('SIGINT');
    expect((await running.outcome).code).toBe(130);
  });
});

test(
  'a run that diverges is told, and one that is killed from outside goes on, without ending the study',
  async () => {
    const text = `
preset: sprint
dataset: synthetic
examples: 120
validation: 40
set: { batch: 16, epochs: 40, model: { template: convolutions, depth: 1, filters: 2 } }
arms:
  - { name: good, set: { learningRate: 0.01 } }
  - { name: wild, set: { learningRate: 900000, optimizer: { type: sgd }, schedule: { type: constant } } }
`;
    await writeFile(join(folder, 'wild.yaml'), text);
    const out = join(folder, 'wild');
    const running = startInkling(['sweep', join(folder, 'wild.yaml'), '--out', out, '--jobs', '1', '--json']);
    const checkpoint = join(out, 'runs', 'trial-0001-seed-1', 'checkpoint.safetensors');
    const outcome = join(out, 'runs', 'trial-0001-seed-1', 'outcome.json');
    while (!existsSync(checkpoint) && !existsSync(outcome))
      await new Promise((resolve) => setTimeout(resolve, 5));
    const children = `/proc/${running.process.pid}/task/${running.process.pid}/children`;
    if (existsSync(children)) {
      const [child] = (await readFile(children, 'utf8')).trim().split(' ').filter(Boolean);
      if (child) process.kill(Number(child), 'SIGKILL');
    }
    const { code, stdout, stderr } = await running.outcome;
    expect(stderr).not.toContain('inkling:');
    expect(code).toBe(0);
    const [, good, wild, end] = jsonLines(stdout);
    expect(good).toMatchObject({ status: 'complete', trial: 1 });
    expect(good.curve).toHaveLength(40);
    expect(wild).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/The loss became|no numbers/),
    });
    expect(end).toMatchObject({ best: { name: 'good' } });
    expect(await readFile(join(out, 'summary.md'), 'utf8')).toContain('| wild | failed |');
  },
  LONG,
);

describe('a study that is broken off', () => {
  test(
    'by SIGKILL again and again comes to the same results',
    async () => {
      const out = join(folder, 'killed');
      for (const runs of [0, 1, 2]) {
        const running = startInkling(['sweep', file, '--out', out, '--jobs', '2', '--json']);
        await untilRuns(running.process.stdout!, runs);
        await new Promise((resolve) => setTimeout(resolve, 1400 * Math.random()));
        running.process.kill('SIGKILL');
        await running.outcome;
      }
      const { code, stdout } = await inkling(['sweep', file, '--out', out, '--jobs', '3', '--json']);
      expect(code).toBe(0);
      expect(jsonLines(stdout)[0].done).toBeGreaterThan(0);
      expect(await table(out)).toBe(await table(whole));
      expect(await summaryOf(out)).toBe(await summaryOf(whole));
      const [one, other] = await Promise.all([whole, out].map(modelsIn));
      expect(one.size).toBeGreaterThan(0);
      expect(other).toEqual(one);
    },
    LONG,
  );

  test(
    'by Ctrl-C saves where it is, exits with 130 and goes on from there',
    async () => {
      const out = join(folder, 'stopped');
      const running = startInkling(['sweep', file, '--out', out, '--jobs', '2', '--json']);
      await untilRuns(running.process.stdout!, 1);
      running.process.kill('SIGINT');
      const { code, stdout, stderr } = await running.outcome;
      expect(code).toBe(130);
      expect(stderr).toMatch(
        /inkling: Stopped after \d+ runs?, with \d+ to do; the same command goes on\.\n$/,
      );
      expect(lastJsonLine(stdout)).toMatchObject({ event: 'interrupted', out });
      expect(existsSync(join(out, 'lock'))).toBe(false);
      expect(await readFile(join(out, 'summary.md'), 'utf8')).toContain('Not finished yet.');
      expect((await inkling(['sweep', file, '--out', out, '--jobs', '1'])).code).toBe(0);
      expect(await table(out)).toBe(await table(whole));
    },
    LONG,
  );

  test('is not worked on by two', async () => {
    const out = join(folder, 'locked');
    await mkdir(out);
    await writeFile(join(out, 'lock'), String(process.pid));
    const { code, stderr } = await inkling(['sweep', file, '--out', out]);
    expect(stderr).toMatch(new RegExp(`inkling: Process ${process.pid} is at work in .*\\n$`));
    expect(code).toBe(1);
    await rm(out, { recursive: true });
  });
});

describe('--dry-run', () => {
  test('lists the 45 runs of the nine models, and writes nothing', async () => {
    const { code, stdout } = await inkling(['sweep', 'nine-models', '--dry-run', '--json'], { cwd: folder });
    expect(code).toBe(0);
    const lines = jsonLines(stdout);
    expect(lines).toHaveLength(46);
    expect(new Set(lines.slice(0, 45).map(({ name }) => name)).size).toBe(9);
    expect(lines.at(-1)).toMatchObject({ event: 'dryRun', trials: 9, runs: 45, seconds: expect.any(Number) });
    expect(existsSync(join(folder, 'sweeps'))).toBe(false);
  });

  test('says what TPE will choose later', async () => {
    const { stdout } = await inkling(['sweep', file, '--dry-run', '--jobs', '1']);
    expect(stdout).toContain('2 trials more that TPE will choose');
    expect(stdout).toMatch(/\n12 runs on 80 pictures each: about \d+:\d\d on 1 core, less what is pruned\n$/);
  });
});

test('--help has examples', async () => {
  expect((await inkling(['sweep', '--help'])).stdout).toMatch(/Examples:\n {2}inkling sweep nine-models/);
});

describe('wrong usage', () => {
  test.each([
    ['nothing', [], /Name a study/],
    ['an unknown study', ['nine'], /no study "nine"; did you mean nine-models\?/],
    ['a flag that is none', ['nine-models', '--job', '2'], /no flag --job here; did you mean --jobs\?/],
    ['no jobs', ['nine-models', '--jobs', '0'], /--jobs takes a whole number from 1/],
    ['an unknown data set', ['nine-models', '--dataset', 'minst'], /no data set.*did you mean mnist\?/],
    [
      'fewer pictures than a batch',
      ['nine-models', '--examples', '100', '--dry-run'],
      /92 pictures.*one batch of 128/,
    ],
  ] as [string, string[], RegExp][])('%s is told in one sentence', async (_, args, expected) => {
    const { code, stdout, stderr } = await inkling(['sweep', ...args], { cwd: folder });
    expect(stderr).toMatch(expected);
    expect(stderr).toMatch(/^inkling: [^\n]*[.?]\n$/);
    expect([stdout, code]).toEqual(['', 2]);
  });

  test.each([
    ['arms: [', /bad\.yaml is not valid YAML in line 2/],
    ['arms: [{ name: a, set: { optimizer.type: sdg } }]', /mine, arm a: There is no optimiser "sdg"/],
    [
      'space: { learningRat: { type: choice, values: [1] } }',
      /no preset has a setting "learningRat"; did you mean/,
    ],
    ['preset: defalt\narms: [{ name: a }]', /no preset "defalt"; did you mean default\?/],
    ['dataset: nowhere\narms: [{ name: a }]', /no data set, file or folder "nowhere"/],
  ] as [string, RegExp][])('a study such as %j is told before anything is done', async (text, expected) => {
    await writeFile(join(folder, 'bad.yaml'), `name: mine\n${text}`);
    const { code, stderr } = await inkling(['sweep', 'bad.yaml', '--dry-run'], { cwd: folder });
    expect(stderr).toMatch(expected);
    expect(stderr).toMatch(/^inkling: [^\n]*[.?]\n$/);
    expect(code).toBe(2);
  });
});

/** Waits until a study has told of so many runs. */
function untilRuns(stdout: NodeJS.ReadableStream, runs: number): Promise<void> {
  return new Promise((resolve) => {
    let text = '';
    const look = () => {
      if (text.includes('"event":"start"') && text.split('"event":"run"').length > runs) resolve();
    };
    stdout.on('data', (chunk) => {
      text += chunk;
      look();
    });
    // A study that has ended will tell of no more.
    stdout.on('end', resolve);
  });
}
