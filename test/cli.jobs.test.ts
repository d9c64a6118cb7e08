/** `inkling worker`, `jobs`, and the commands that hand their work to a queue. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { inkling, jsonLines, lastJsonLine, startInkling, temporaryFolder } from './commandLine.ts';

const folder = await temporaryFolder();
const LONG = 300_000;
const env = { INKLING_JOB_HEARTBEAT: '2' };
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Without its epochs. */
const LESS = [
  ...['--preset', 'sprint', '--dataset', 'synthetic', '--examples', '240', '--validation', '40'],
  ...['--batch', '16'],
];
/** Enough epochs to be interrupted in, of seconds altogether. */
const RUN = [...LESS, '--epochs', '12'];
const worker = (database: string, ...flags: string[]) =>
  startInkling(['worker', '--database', database, '--jobs', '1', '--json', ...flags], { env });

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await what())) await pause(30);
}

/** The newest job, as the table has it. */
function jobIn(file: string): Record<string, unknown> | undefined {
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      return database.prepare('select * from jobs order by number desc limit 1').get();
    } finally {
      database.close();
    }
  } catch {
    // It is not there yet.
    return undefined;
  }
}

const epochOf = (file: string) => JSON.parse(`${jobIn(file)?.progress ?? 'null'}`)?.epoch ?? 0;
const hasState = (file: string) => {
  const database = new DatabaseSync(file, { readOnly: true });
  const found =
    database.prepare("select 1 from artefacts where name = 'temporary/state.zip'").get() !== undefined;
  database.close();
  return found;
};

describe('train --queue', () => {
  const database = join(folder, 'train.db');

  test(
    'gives the same file when a second worker goes on from the checkpoint of one that was killed',
    async () => {
      const unbroken = join(folder, 'unbroken');
      const local = await inkling([
        'train',
        ...RUN,
        '--threads',
        '1',
        '--backend',
        'wasm',
        '--out',
        unbroken,
      ]);
      expect(local.stderr).not.toContain('inkling:');

      const out = join(folder, 'elsewhere');
      const train = startInkling(['train', ...RUN, '--queue', database, '--out', out, '--json'], { env });
      const first = worker(database);
      await until(() => epochOf(database) >= 2 && hasState(database));
      first.process.kill('SIGKILL');
      await first.outcome;
      expect(jobIn(database)).toMatchObject({ state: 'running', attempt: 1 });
      const second = worker(database, '--until-idle');
      const trained = await train.outcome;
      expect(trained.stderr).toMatch(/Going on after \d+ epochs?/);
      expect(trained.code).toBe(0);
      expect(lastJsonLine(trained.stdout)).toMatchObject({
        ...{ event: 'end', model: join(out, 'model.safetensors'), epochs: 12 },
        testAccuracy: expect.any(Number),
      });
      expect((await second.outcome).code).toBe(0);
      expect(jobIn(database)).toMatchObject({ state: 'done', attempt: 2, deaths: 1 });
      const [one, other] = await Promise.all(
        [unbroken, out].map((path) => readFile(join(path, 'model.safetensors'))),
      );
      expect(one.equals(other)).toBe(true);
    },
    LONG,
  );

  test(
    'shows in jobs list, show, log and fetch, and is not done twice',
    async () => {
      const jobs = (...words: string[]) =>
        inkling(['jobs', ...words, '--database', database, '--json'], { env });
      const listed = jsonLines((await jobs('list')).stdout);
      expect(listed).toMatchObject([
        { event: 'job', kind: 'train', state: 'done', label: 'sprint', attempts: 2 },
        { event: 'end', counts: { done: 1, waiting: 0 } },
      ]);
      const id = listed[0].id as string;
      const shown = lastJsonLine((await jobs('show', id.slice(0, 8))).stdout);
      const names = (shown.files as { name: string }[]).map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['model.safetensors', 'results.json', 'run.json']));
      expect(names.filter((name) => name.startsWith('temporary/'))).toEqual([]);
      expect(jsonLines((await jobs('log', id)).stdout).map(({ line }) => line)).toEqual(
        expect.arrayContaining([expect.stringContaining('Epoch 12/12')]),
      );
      const out = join(folder, 'fetched');
      expect((await jobs('fetch', id, '--out', out)).code).toBe(0);
      expect(await readFile(join(out, 'model.safetensors'))).toEqual(
        await readFile(join(folder, 'unbroken', 'model.safetensors')),
      );
      const again = join(folder, 'again');
      const { stdout } = await inkling(['train', ...RUN, '--queue', database, '--out', again, '--json'], {
        env,
      });
      expect(jsonLines(stdout)[0]).toEqual({ event: 'job', id });
      const text = await inkling(['jobs', 'list', '--database', database], { env });
      expect(text.stdout).toMatch(/^id .*\n\w{8} {2}train +done/);
      const over = await jobs('cancel', id);
      expect(over.stderr).toMatch(/^inkling: The job .* is over already \(done\).*\.\n$/);
      expect(over.code).toBe(1);
    },
    LONG,
  );

  test(
    'ends when its job is cancelled, and so does what the worker was doing',
    async () => {
      const file = join(folder, 'cancelled.db');
      const train = startInkling(
        ['train', ...LESS, '--epochs', '5000', '--queue', file, '--out', join(folder, 'none')],
        { env },
      );
      await until(() => jobIn(file) !== undefined);
      const working = worker(file, '--until-idle');
      await until(() => epochOf(file) >= 1);
      const { id } = jobIn(file) as { id: string };
      expect((await inkling(['jobs', 'cancel', id, '--database', file], { env })).code).toBe(0);
      const { code, stderr } = await train.outcome;
      expect(stderr).toMatch(/\ninkling: The job .* was cancelled; .*\n$/);
      expect(code).toBe(1);
      expect((await working.outcome).code).toBe(0);
      expect(jobIn(file)).toMatchObject({ state: 'cancelled' });
    },
    LONG,
  );

  test(
    'refuses at once what no worker could do, and gives up what a worker finds impossible',
    async () => {
      const file = join(folder, 'refused.db');
      const refused = async (...words: string[]) => {
        const { code, stderr, stdout } = await inkling(['train', '--queue', file, ...words], {
          env,
          cwd: folder,
        });
        expect(stderr).toMatch(/^inkling: [^\n]+\.\n$/);
        expect(stdout).toBe('');
        expect(code).toBe(2);
        return stderr;
      };
      expect(await refused('--dataset', 'mine.csv')).toContain('do not have mine.csv');
      expect(await refused('--preset', 'nonesuch')).toContain('nonesuch');
      expect(await refused('--resume')).toMatch(/--queue and --resume|--resume and --queue/);
      const words = [
        'train',
        '--preset',
        'sprint',
        '--dataset',
        'synthetic',
        '--examples',
        '9',
        '--batch',
        '16',
      ];
      const train = startInkling([...words, '--queue', file, '--out', join(folder, 'tiny')], { env });
      await until(() => jobIn(file) !== undefined);
      const working = worker(file, '--until-idle');
      const { code, stderr } = await train.outcome;
      expect(stderr).toMatch(/\ninkling: The job .* failed: .*batch.*\n$/);
      expect(code).toBe(1);
      expect((await working.outcome).code).toBe(0);
      expect(jobIn(file)).toMatchObject({ state: 'failed', attempt: 3, failures: 3 });
    },
    LONG,
  );
});

test(
  'sweep --queue comes to what a study at home comes to',
  async () => {
    const file = join(folder, 'tiny.yaml');
    await writeFile(
      file,
      `
name: tiny
preset: sprint
dataset: synthetic
examples: 120
validation: 40
repeats: 1
parallel: 2
set: { model: { template: convolutions, depth: 1, filters: 2 }, batch: 16, epochs: 4 }
space:
  learningRate: { type: log, from: 0.0005, to: 0.2 }
search: { type: tpe, trials: 5, startupTrials: 3 }
pruner: { type: median, startupTrials: 1, warmupEpochs: 1 }
reportTest: true
`,
    );
    const database = join(folder, 'sweep.db');
    const [home, away] = [join(folder, 'home'), join(folder, 'away')];
    expect((await inkling(['sweep', file, '--out', home, '--jobs', '2'])).code).toBe(0);
    const killed = worker(database);
    const sweep = startInkling(['sweep', file, '--out', away, '--queue', database, '--json'], { env });
    await until(() => epochOf(database) >= 1);
    killed.process.kill('SIGKILL');
    await killed.outcome;
    const working = worker(database);
    const { code, stdout, stderr } = await sweep.outcome;
    expect(stderr).not.toContain('inkling:');
    expect(code).toBe(0);
    working.process.kill('SIGTERM');
    expect((await working.outcome).code).toBe(130);
    expect(jsonLines(stdout).at(-1)).toMatchObject({ event: 'end', runs: 5 });
    const table = (out: string) => readFile(join(out, 'runs.csv'), 'utf8');
    expect(await table(away)).toBe(await table(home));
    expect(await table(home)).toContain('pruned');
    const model = (out: string) => readFile(join(out, 'runs', 'trial-0001-seed-1', 'model.safetensors'));
    expect((await model(away)).equals(await model(home))).toBe(true);
  },
  LONG,
);

test('what is asked of queues and jobs wrongly is said in a sentence', { timeout: LONG }, async () => {
  const database = join(folder, 'empty.db');
  for (const [words, code, sentence] of [
    [['jobs', 'show'], 2, 'Name a job'],
    [['jobs', 'show', 'nonesuch', '--database', database], 2, 'There is no job "nonesuch" here'],
    [['jobs', 'list', 'x'], 2, 'takes no id'],
    [['jobs', 'fetch', 'x'], 2, '--out'],
    [['jobs', 'burn', 'x'], 2, 'is not expected for what'],
    [['jobs', 'list', '--state', 'asleep'], 2, '--state takes one of waiting, running'],
    [['worker', '--threads', '0'], 2, '--threads takes a whole number'],
    [['worker', '--database', folder], 1, 'cannot be opened for writing'],
    [['worker', '--database', 'postgres://nobody@127.0.0.1:1/none'], 1, 'cannot be reached'],
    [['worker', '--database', 'postgresql://:::'], 1, 'is not the address of a PostgreSQL database'],
    [['sweep', 'nine-models', '--dataset', 'x.csv', '--queue', database], 2, 'x.csv'],
  ] as const) {
    const outcome = await inkling(words, { env: { ...env, INKLING_DB: database } });
    expect(outcome.stderr, words.join(' ')).toMatch(/^inkling: [^\n]+\.\n$/);
    expect(outcome.stderr).toContain(sentence);
    expect(outcome.code, words.join(' ')).toBe(code);
  }
});
