/** Four workers on one queue, killed again and again: every job is done, once in effect. */
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { withPostgres } from '../../test/postgres.ts';
import { Places } from './testing/places.ts';
import { addSteps, Harness, pause, untilDone, type WorkerProcess } from './testing/workers.ts';

const LONG = 300_000;
const KILLS = 20;
const harness = new Harness();
const places = new Places();

afterEach(() => harness.end());
afterAll(() => places.remove());

for (const [name, register, where] of [
  ['SQLite', test, () => places.onSqlite()],
  ['PostgreSQL', withPostgres, () => places.onPostgres()],
] as const) {
  describe(name, () => {
    register(
      `four workers, killed ${KILLS} times, do every job, each once in effect`,
      async () => {
        const place = await where();
        const queue = await harness.queue(place);
        const all: WorkerProcess[] = [];
        const launch = () => {
          all.push(harness.worker(place));
          return all.at(-1)!;
        };
        const workers = Array.from({ length: 4 }, launch);
        await Promise.all(workers.map((worker) => worker.until(/^ready/)));
        const ids: string[] = [];
        const addSome = async () => {
          for (let i = 0; i < 2; i++) ids.push((await addSteps(queue, { steps: 4, milliseconds: 60 })).id);
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
