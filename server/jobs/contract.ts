/** What every queue keeps to: one suite, run over each. */
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect } from 'vitest';
import type { needs } from '../../test/requirements.ts';
import { type Claim, MOST_FAILURES, type NewJob, type Queue } from './queue.ts';

type Register = ReturnType<typeof needs>;

/** A database for one test. */
export interface TestDatabase {
  /** Opens a queue on it; several are several processes. */
  open(): Promise<Queue>;
  remove(): Promise<void>;
}

const LONG = 120_000;
const JOB: NewJob = { kind: 'test', label: 'a job', payload: { number: 1 } };
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** @param silence seconds after which a worker counts as dead, and until the next has its job. */
export function describeQueue(
  name: string,
  test: Register,
  silence: number,
  create: () => Promise<TestDatabase>,
): void {
  const open: (() => Promise<void>)[] = [];

  async function queues(count: number): Promise<Queue[]> {
    const database = await create();
    open.push(() => database.remove());
    const opened = await Promise.all(Array.from({ length: count }, () => database.open()));
    for (const queue of opened) open.push(() => queue.close());
    return opened;
  }

  const one = async () => (await queues(1))[0];

  async function taken(queue: Queue, worker = 'one', seconds = 10): Promise<Claim> {
    for (const end = Date.now() + 1000 * seconds; Date.now() < end; ) {
      const claim = await queue.take(worker);
      if (claim) return claim;
      await pause(50);
    }
    throw new Error('There was no job to take.');
  }

  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  describe(name, { timeout: LONG }, () => {
    test('hands a job out once, and keeps what came of it', async () => {
      const [queue, other] = await queues(2);
      const { id } = await queue.add({ ...JOB, priority: 3 });
      expect(await other.get(id)).toMatchObject({
        ...{ ...JOB, id, priority: 3, state: 'waiting', attempts: 0, worker: null, result: null },
      });
      const claim = await taken(other);
      expect(claim.job).toMatchObject({ id, payload: { number: 1 }, state: 'running', attempts: 1 });
      expect(await queue.take('two')).toBeUndefined();
      expect(await claim.beat({ epoch: 2 })).toBe('go on');
      expect(await queue.get(id)).toMatchObject({ progress: { epoch: 2 }, worker: 'one', state: 'running' });
      expect(await claim.complete({ accuracy: 0.99 })).toBe(true);
      const ended = await queue.get(id);
      expect(ended).toMatchObject({ state: 'done', result: { accuracy: 0.99 }, error: null });
      expect(ended!.endedAt).toBeGreaterThanOrEqual(ended!.startedAt!);
      expect(await queue.take('two')).toBeUndefined();
      expect(await claim.complete({}), 'again').toBe(false);
      expect(await claim.beat()).toBe('lost');
    });

    test('hands out the more important first, then the older', async () => {
      const queue = await one();
      for (const [label, priority] of [
        ['a', 0],
        ['b', 5],
        ['c', -1],
        ['d', 5],
        ['e', 0],
      ] as const) {
        await queue.add({ ...JOB, label, priority });
        await pause(3);
      }
      const labels = [];
      for (let i = 0; i < 5; i++) {
        const claim = await taken(queue);
        labels.push(claim.job.label);
        await claim.complete(null);
      }
      expect(labels.join('')).toBe('bdaec');
      expect((await queue.list({ limit: 2 })).map(({ label }) => label)).toEqual(['e', 'd']);
      expect(await queue.counts()).toEqual({ waiting: 0, running: 0, done: 5, failed: 0, cancelled: 0 });
    });

    test('gives every job to one of many who ask at once', async () => {
      const all = await queues(4);
      const added = await Promise.all(Array.from({ length: 40 }, (_, i) => all[i % 4].add(JOB)));
      const done: string[] = [];
      await Promise.all(
        all.map(async (queue, i) => {
          for (let claim = await queue.take(`${i}`); claim; claim = await queue.take(`${i}`)) {
            done.push(claim.job.id);
            expect(await claim.complete(i)).toBe(true);
          }
        }),
      );
      expect(done.sort()).toEqual(added.map(({ id }) => id).sort());
    });

    test('tries again what failed, later each time, and gives up', async () => {
      const queue = await one();
      const { id } = await queue.add({ ...JOB, key: 'a key' });
      let before = 0;
      for (let failures = 1; failures < MOST_FAILURES; failures++) {
        expect(await (await taken(queue, 'one', 20)).fail(`For the ${failures}th time.`)).toBe(true);
        const failed = Date.now();
        expect(await queue.get(id)).toMatchObject({ state: 'waiting', error: `For the ${failures}th time.` });
        expect(await queue.take('one'), 'at once').toBeUndefined();
        const again = await taken(queue, 'two', 20);
        const waited = Date.now() - failed;
        expect(waited).toBeGreaterThan(before);
        before = waited;
        await again.release();
      }
      await (await taken(queue)).fail('For the last time.');
      expect(await queue.get(id)).toMatchObject({ state: 'failed', error: 'For the last time.' });
      expect(await queue.take('one')).toBeUndefined();
      // What failed is no reason not to try the same anew.
      expect((await queue.add({ ...JOB, key: 'a key' })).id).not.toBe(id);
      await (await taken(queue)).fail('This cannot be done.', { inVain: true });
      expect((await queue.counts()).failed).toBe(2);
    });

    test('gives the job of a worker that is silent to another, with its files, and no other job', async () => {
      const [queue, other] = await queues(2);
      const slow = await queue.add(JOB);
      const alive = await taken(queue, 'alive');
      const beating = setInterval(() => words.push(alive.beat()), 200 * silence);
      const words: Promise<unknown>[] = [];
      open.push(async () => clearInterval(beating));
      const { id } = await queue.add(JOB);
      const dead = await taken(queue, 'dead');
      await queue.artefacts.put(id, 'checkpoint', new Uint8Array([1, 2, 3]));
      expect(await other.take('heir')).toBeUndefined();
      const heir = await taken(other, 'heir', 4 * silence);
      expect(heir.job).toMatchObject({ id, attempts: 2, worker: 'heir' });
      expect(await other.artefacts.get(id, 'checkpoint')).toEqual(new Uint8Array([1, 2, 3]));
      // It was not dead, only slow.
      expect(await dead.beat({ epoch: 9 })).toBe('lost');
      expect(await dead.complete('wrong')).toBe(false);
      expect(await dead.fail('wrong')).toBe(false);
      expect(await dead.release()).toBe(false);
      expect(await heir.complete('right')).toBe(true);
      expect(await queue.get(id)).toMatchObject({ state: 'done', result: 'right', progress: null });
      expect(await queue.take('third')).toBeUndefined();
      expect(await queue.get(slow.id)).toMatchObject({ state: 'running', attempts: 1, worker: 'alive' });
      expect(new Set(await Promise.all(words))).toEqual(new Set(['go on']));
    });

    test('cancels what waits, and tells who works', async () => {
      const queue = await one();
      const [waiting, running] = [await queue.add({ ...JOB, priority: -1 }), await queue.add(JOB)];
      const claim = await taken(queue);
      expect(claim.job.id).toBe(running.id);
      expect(await queue.cancel(waiting.id)).toBe(true);
      expect(await queue.get(waiting.id)).toMatchObject({ state: 'cancelled' });
      expect(await queue.cancel(running.id)).toBe(true);
      expect(await queue.get(running.id)).toMatchObject({ state: 'running', isCancelling: true });
      expect(await claim.beat()).toBe('cancel');
      expect(await claim.cancelled()).toBe(true);
      expect(await queue.get(running.id)).toMatchObject({ state: 'cancelled' });
      expect(await queue.take('other')).toBeUndefined();
      for (const id of [waiting.id, running.id, randomUUID(), 'none', 'no\0ne']) {
        expect(await queue.cancel(id), id).toBe(false);
      }
    });

    test('hands out at once what is given back, and does not count that as a failure', async () => {
      const queue = await one();
      const { id } = await queue.add(JOB);
      for (let i = 1; i <= MOST_FAILURES + 1; i++) {
        const claim = await taken(queue, 'one', 2);
        expect(claim.job.attempts).toBeGreaterThanOrEqual(i);
        expect(await claim.release()).toBe(true);
      }
      expect(await queue.get(id)).toMatchObject({ state: 'waiting', error: null });
    });

    test('adds a job with a key once, and lets nobody have it before its files are there', async () => {
      const [queue, other] = await queues(2);
      const files = { 'one.bin': new Uint8Array(2_500_000).fill(7), 'empty.bin': new Uint8Array(0) };
      const added = await Promise.all(
        [queue, other, queue, other].map((each) => each.add({ ...JOB, key: 'the same', files })),
      );
      expect(new Set(added.map(({ id }) => id)).size).toBe(1);
      const claim = await taken(other);
      const { id } = claim.job;
      expect(await queue.take('two')).toBeUndefined();
      expect((await queue.artefacts.list(id)).map(({ name: file, size }) => [file, size])).toEqual([
        ['empty.bin', 0],
        ['one.bin', 2_500_000],
      ]);
      expect(await queue.artefacts.get(id, 'one.bin')).toEqual(files['one.bin']);
      expect(await queue.artefacts.get(id, 'empty.bin')).toEqual(files['empty.bin']);
      await claim.complete('done');
      expect(await queue.add({ ...JOB, key: 'the same', files })).toMatchObject({ id, result: 'done' });
    });

    test('replaces files as a whole, and forgets them with their job', async () => {
      const queue = await one();
      const { id } = await queue.add(JOB);
      const { artefacts } = queue;
      const versions = [1, 2].map((value) => new Uint8Array(2_200_000).fill(value));
      await artefacts.put(id, 'a', versions[0]);
      const seen = new Set<number>();
      const putting = artefacts.put(id, 'a', versions[1]);
      let isOver = false;
      putting.finally(() => {
        isOver = true;
      });
      while (!isOver) {
        const bytes = await artefacts.get(id, 'a');
        expect(new Set(bytes).size).toBe(1);
        seen.add(bytes![0]);
      }
      expect(await artefacts.get(id, 'a')).toEqual(versions[1]);
      await artefacts.put(id, 'b', versions[0]);
      await artefacts.remove(id, 'b');
      expect(await artefacts.get(id, 'b')).toBeUndefined();
      await queue.remove(id);
      expect(await queue.get(id), 'not before it is over').toBeDefined();
      await queue.cancel(id);
      await queue.remove(id);
      expect(await queue.get(id)).toBeUndefined();
      expect(await artefacts.get(id, 'a')).toBeUndefined();
      expect(await artefacts.list(id)).toEqual([]);
    });

    test('keeps what happened, line by line, and prunes what is long over', async () => {
      const queue = await one();
      const { id } = await queue.add(JOB);
      await queue.log(id, ['one', 'two']);
      await queue.log(id, ['three', 'x'.repeat(10_000)]);
      const lines = await queue.lines(id, { limit: 3 });
      expect(lines.map(({ line }) => line.slice(0, 5))).toEqual(['two', 'three', 'xxxxx']);
      expect(await queue.lines(id, { after: lines[0].number, limit: 1 })).toMatchObject([{ line: 'three' }]);
      expect(await queue.prune(Date.now() + 1000)).toBe(0);
      await (await taken(queue)).complete(null);
      expect(await queue.prune(Date.now() - 60_000)).toBe(0);
      expect(await queue.prune(Date.now() + 1000)).toBe(1);
      expect(await queue.lines(id, { limit: 9 })).toEqual([]);
    });
  });
}
