/** What becomes of a worker's jobs when it dies, when it is told to stop, and when its database is away. */
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { withPostgres } from '../../test/postgres.ts';
import { Places } from './testing/places.ts';
import { addSteps, Harness, pause, untilDone } from './testing/workers.ts';

const LONG = 300_000;
const harness = new Harness();
const places = new Places();

afterEach(() => harness.end());
afterAll(() => places.remove());

describe('a worker', () => {
  test(
    'goes on where a dead one was, and gives back what it has when it is told to stop',
    async () => {
      const place = await places.onSqlite();
      const queue = await harness.queue(place);
      const { id } = await addSteps(queue, { steps: 8, milliseconds: 100 });
      const first = harness.worker(place);
      await first.until(new RegExp(`step ${id} 2`));
      await first.kill();
      const second = harness.worker(place);
      await second.until(new RegExp(`step ${id} 4`));
      const told = Date.now();
      expect(await second.stop()).toBe(0);
      expect(second.said.slice(-2)).toEqual([`stopped ${id}`, 'ended']);
      expect(await queue.get(id)).toMatchObject({ state: 'waiting', attempts: 2, error: null });
      const third = harness.worker(place);
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
      const place = await places.onSqlite();
      const queue = await harness.queue(place);
      const endless = await addSteps(queue, { steps: 10_000, milliseconds: 50 });
      const worker = harness.worker(place);
      await worker.until(new RegExp(`step ${endless.id} 1`));
      const next = await addSteps(queue, { steps: 1, milliseconds: 1 });
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
      const place = await places.onSqlite();
      const queue = await harness.queue(place);
      const { id } = await queue.add({ kind: 'unheard-of', label: '', payload: null });
      harness.worker(place);
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
      const place = await places.onPostgres();
      const queue = await harness.queue(place);
      const workers = [harness.worker(place, 2), harness.worker(place, 2)];
      const ids: string[] = [];
      for (let i = 0; i < 12; i++) ids.push((await addSteps(queue, { steps: 5, milliseconds: 100 })).id);
      await Promise.all(workers.map((worker) => worker.until(/^step/)));
      await places.postgres!.stop();
      await Promise.all(workers.map((worker) => worker.until(/^paused/)));
      await pause(1000);
      const before = workers.map(({ said }) => said.filter((line) => line.startsWith('done')).length);
      await places.postgres!.start();
      await Promise.all(workers.map((worker) => worker.until(/^resumed/)));
      await untilDone(queue, ids.length);
      for (const id of ids) expect((await queue.get(id))!.result).toEqual([1, 2, 3, 4, 5]);
      expect(before.reduce((sum, one) => sum + one)).toBeLessThan(ids.length);
      expect(await Promise.all(workers.map((worker) => worker.stop()))).toEqual([0, 0]);
    },
    LONG,
  );
});
