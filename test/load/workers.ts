/**
 * How much faster two workers are than one: `node test/load/workers.ts [--kind train|read] [--jobs 8] [--most 2] [--turns 2] [--pin]`.
 *
 * Each worker is `inkling worker --jobs 1 --threads 1`, on SQLite or, with DATABASE_URL, on PostgreSQL. The jobs are
 * there before the workers are, and the time is that from the first beginning to the last end, so that it is what a long
 * queue would see. One, two and up to `--most` workers take turns, since machines have moods; the best time of each
 * counts. Trainings are on MNIST where INKLING_DATA names it, and else on synthetic digits. Ends with 1 where two are less than 1.8 times as fast as one.
 *
 * With `--pin` each worker has a core to itself and no more (taskset): one with a single thread that reads still unpacks
 * pictures and keeps readings beside it, and alone would do so on the other core.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { openQueue } from '../../server/jobs/open.ts';
import { QUEUE_DEFAULTS } from '../../server/jobs/queue.ts';
import { readModelFile } from '../../server/models.ts';
import { DatabaseStore } from '../../server/store/databaseStore.ts';
import { openDatabase } from '../../server/store/open.ts';
import { chunkJob } from '../../src/cli/jobs/readJob.ts';
import { TRAIN, type TrainPayload } from '../../src/cli/jobs/trainJob.ts';
import { startInkling } from '../startInkling.ts';
import { digitPngs } from './pictures.ts';

const { values } = parseArgs({
  options: {
    kind: { type: 'string', default: 'train' },
    jobs: { type: 'string', default: '8' },
    most: { type: 'string', default: '2' },
    turns: { type: 'string', default: '2' },
    pin: { type: 'boolean', default: false },
  },
});
const JOBS = Number(values.jobs);
const MOST = Number(values.most);
const TURNS = Number(values.turns);
const WANTED = 1.8;
const PICTURES_OF_A_JOB = 32;

const folder = await mkdtemp(join(tmpdir(), 'inkling-workers-'));
const { DATABASE_URL: databaseUrl, INKLING_DATA } = process.env;
const place = { file: join(folder, 'jobs.db'), databaseUrl };
const database = await openDatabase(place);
const store = new DatabaseStore(database);
const queue = await openQueue(database, databaseUrl, QUEUE_DEFAULTS);
const model = await readModelFile(undefined);
await store.addModel({ version: model.version, name: model.name, bytes: model.bytes, createdAt: Date.now() });
const best: number[] = [];
let number = 0;

for (let turn = 0; turn < TURNS; turn++) {
  for (let workers = 1; workers <= MOST; workers++) {
    const seconds = await timeOf(workers);
    best[workers] = Math.min(best[workers] ?? Number.POSITIVE_INFINITY, seconds);
    console.log(`${workers} of 1 thread: ${JOBS} jobs in ${seconds.toFixed(2)} s`);
  }
}
await queue.close();
await store.close();
await rm(folder, { recursive: true });
console.log('| workers | jobs a minute | times one |\n|---|---|---|');
for (let workers = 1; workers <= MOST; workers++) {
  const speed = (60 * JOBS) / best[workers];
  console.log(`| ${workers} | ${speed.toFixed(1)} | ${(best[1] / best[workers]).toFixed(2)} |`);
}
process.exit(MOST < 2 || best[1] / best[2] >= WANTED ? 0 : 1);

/** Another training each time, or 32 pictures that nobody has read under these names. */
async function add(): Promise<void> {
  number++;
  if (values.kind === 'read') {
    const pictures = digitPngs();
    const loaded = Array.from({ length: PICTURES_OF_A_JOB }, (_, i) => pictures[i % pictures.length]);
    const files = loaded.map((_, i) => `${number}/${i}.png`);
    await queue.add(chunkJob(model.version, { from: number * PICTURES_OF_A_JOB, files }, loaded));
    return;
  }
  const payload: TrainPayload = {
    words: ['--preset=sprint', '--backend=wasm', '--examples=12000', '--epochs=4', `--seed=${number}`],
    dataset: INKLING_DATA === undefined ? 'synthetic' : 'mnist',
  };
  await queue.add({ kind: TRAIN, label: `${number}`, payload });
}

async function timeOf(workers: number): Promise<number> {
  const env = {
    INKLING_DB: place.file,
    ...(databaseUrl && { DATABASE_URL: databaseUrl }),
    ...(INKLING_DATA && { INKLING_DATA }),
  };
  for (let i = 0; i < JOBS; i++) await add();
  const running = Array.from({ length: workers }, (_, core) =>
    startInkling(['worker', '--jobs', '1', '--threads', '1', '--json'], {
      env,
      ...(values.pin && { before: `taskset -pc ${core} $$ > /dev/null` }),
    }),
  );
  let done = 0;
  let [begun, ended] = [Number.POSITIVE_INFINITY, 0];
  await new Promise<void>((resolve, reject) => {
    for (const { process, outcome } of running) {
      void outcome.then(({ stderr }) => reject(new Error(`A worker ended: ${stderr}`)));
      createInterface({ input: process.stdout! }).on('line', (line) => {
        const { event, reason } = JSON.parse(line);
        if (event === 'failed') reject(new Error(reason));
        if (event === 'begin') begun = Math.min(begun, performance.now());
        if (event !== 'done') return;
        ended = performance.now();
        if (++done === JOBS) resolve();
      });
    }
  });
  for (const { process } of running) process.kill('SIGTERM');
  await Promise.all(running.map(({ outcome }) => outcome));
  return (ended - begun) / 1000;
}
