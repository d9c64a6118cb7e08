/** Workers on one queue: what becomes of jobs when they are killed, told to stop, or left without a database. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { TestPostgres, withPostgres } from '../../test/postgres.ts';
import { openDatabase, type StoreOptions } from '../store/open.ts';
import { openQueue } from './open.ts';
import type { Queue } from './queue.ts';
import type { Steps } from './testing/worker.ts';
import { WorkerProcess } from './testing/workers.ts';

const LONG = 300_000;
const KILLS = 20;
const folder = await mkdtemp(join(tmpdir(), 'inkling-workers-'));
let postgres: TestPostgres | undefined;
const cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean();
});
afterAll(async () => {
  await postgres?.remove();
  await rm(folder, { recursive: true });
});

async function openOn(where: StoreOptions): Promise<Queue> {
  const database = await openDatabase(where);
  const queue = await openQueue(database, where.databaseUrl, { heartbeat: 1, retryDelay: 1 });
  cleanUp.push(
    () => database.close(),
    () => queue.close(),
  );
  return queue;
}

function start(where: StoreOptions, jobs = 1): WorkerProcess {
  const worker = new WorkerProcess(where, jobs);
  cleanUp.push(() => worker.kill());
  return worker;
}

const add = (queue: Queue, payload: Steps) => queue.add({ kind: 'steps', label: 'steps', payload });
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function untilDone(queue: Queue, count: number): Promise<void> {
  while ((await queue.counts()).done < count) await pause(100);
}

const onSqlite = async (): Promise<StoreOptions> => ({
  file: join(folder, `${cleanUp.length}-${Date.now()}.db`),
});
async function onPostgres(): Promise<StoreOptions> {
  postgres ??= await TestPostgres.create();
  return { databaseUrl: await postgres.createDatabase() };
}

for (const [name, register, where] of [
  ['SQLite', test, onSqlite],
  ['PostgreSQL', withPostgres, onPostgres],
] as const) {
  describe(name, () => {
    register(
      `four workers, killed ${KILLS} times, do every job, each once in effect`,
      async () => {
        const place = await where();
        const queue = await openOn(place);
        const all: WorkerProcess[] = [];
        const launch = () => {
          all.push(start(place));
          return all.at(-1)!;
        };
        const workers = Array.from({ length: 4 }, launch);
        await Promise.all(workers.map((worker) => worker.until(/^ready/)));
        const ids: string[] = [];
        const addSome = async () => {
          for (let i = 0; i < 2; i++) ids.push((await add(queue, { steps: 4, milliseconds: 60 })).id);
        };
        await addSome();
        let inTheMiddle = 0;
        for (let kill = 0; kill < KILLS; kill++) {
          await addSome();
          // Now and then anyone, as they start or rest.
          const anyone = kill % 4 === 0;
          while (!anyone && workers.every(({ busy }) => busy === 0)) await pause(10);
          await pause(200 * Math.random());
          const busy = workers.findIndex((worker) => worker.busy > 0);
          const victim = anyone || busy < 0 ? Math.floor(4 * Math.random()) : busy;
          inTheMiddle += workers[victim].busy;
          await workers[victim].kill();
          workers[victim] = launch();
        }
        // Otherwise this would show less than it says.
        expect(inTheMiddle).toBeGreaterThan(KILLS / 4);
        await untilDone(queue, ids.length);
        expect(await queue.counts()).toEqual({
          waiting: 0,
          running: 0,
          done: ids.length,
          failed: 0,
          cancelled: 0,
        });
        for (const id of ids) expect((await queue.get(id))!.result).toEqual([1, 2, 3, 4]);
        const done = all.flatMap(({ said }) => said.filter((line) => line.startsWith('done ')));
        expect(new Set(done).size, 'nothing was ended twice').toBe(done.length);
        expect(all.some(({ said }) => said.some((line) => line.startsWith('lost')))).toBe(false);
      },
      LONG,
    );
  });
}

describe('a worker', () => {
  test(
    'goes on where a dead one was, and gives back what it has when it is told to stop',
    async () => {
      const place = await onSqlite();
      const queue = await openOn(place);
      const { id } = await add(queue, { steps: 8, milliseconds: 100 });
      const first = start(place);
      await first.until(new RegExp(`step ${id} 2`));
      await first.kill();
      const second = start(place);
      await second.until(new RegExp(`step ${id} 4`));
      const told = Date.now();
      expect(await second.stop()).toBe(0);
      expect(second.said.slice(-2)).toEqual([`stopped ${id}`, 'ended']);
      expect(await queue.get(id)).toMatchObject({ state: 'waiting', attempts: 2, error: null });
      const third = start(place);
      await third.until(new RegExp(`done ${id}`));
      expect(Date.now() - told).toBeLessThan(LONG);
      const steps = [first, second, third].map(({ said }) =>
        said.filter((line) => line.startsWith('step')).map((line) => Number(line.split(' ')[2])),
      );
      expect(steps.every(({ length }) => length > 0)).toBe(true);
      // A step may be done and not kept when its worker dies.
      expect([...new Set(steps.flat())]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      expect(steps[2][0]).toBe(steps[1].at(-1)! + 1);
    },
    LONG,
  );

  test(
    'stops a job that is cancelled, and goes on with the next',
    async () => {
      const place = await onSqlite();
      const queue = await openOn(place);
      const endless = await add(queue, { steps: 10_000, milliseconds: 50 });
      const worker = start(place);
      await worker.until(new RegExp(`step ${endless.id} 1`));
      const next = await add(queue, { steps: 1, milliseconds: 1 });
      expect(await queue.cancel(endless.id)).toBe(true);
      await worker.until(new RegExp(`done ${next.id}`));
      expect(worker.said).toContain(`stopped ${endless.id}`);
      expect(await queue.get(endless.id)).toMatchObject({ state: 'cancelled', result: null });
      expect(await queue.get(next.id)).toMatchObject({ state: 'done', result: [1] });
    },
    LONG,
  );

  test(
    'tells the reason of a job that cannot be done',
    async () => {
      const place = await onSqlite();
      const queue = await openOn(place);
      const { id } = await queue.add({ kind: 'unheard-of', label: '', payload: null });
      start(place);
      while ((await queue.get(id))!.state !== 'failed') await pause(50);
      expect(await queue.get(id)).toMatchObject({
        error: 'No worker of this version knows jobs of the kind "unheard-of".',
        attempts: 3,
      });
    },
    LONG,
  );

  withPostgres(
    'waits for a database that was stopped, and goes on when it is back',
    async () => {
      const place = await onPostgres();
      const queue = await openOn(place);
      const workers = [start(place, 2), start(place, 2)];
      const ids: string[] = [];
      for (let i = 0; i < 12; i++) ids.push((await add(queue, { steps: 5, milliseconds: 100 })).id);
      await workers[0].until(/^step/);
      await postgres!.stop();
      await Promise.all(workers.map((worker) => worker.until(/^paused/)));
      await pause(1000);
      const before = workers.map(({ said }) => said.filter((line) => line.startsWith('done')).length);
      await postgres!.start();
      await Promise.all(workers.map((worker) => worker.until(/^resumed/)));
      await untilDone(queue, ids.length);
      for (const id of ids) expect((await queue.get(id))!.result).toEqual([1, 2, 3, 4, 5]);
      expect(before.reduce((sum, one) => sum + one)).toBeLessThan(ids.length);
      expect(await Promise.all(workers.map((worker) => worker.stop()))).toEqual([0, 0]);
    },
    LONG,
  );
});
