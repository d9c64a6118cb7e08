/** Threads that read pictures die, hang and change their models, and nobody who asks suffers more than they must. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { HttpProblem } from '../problem.ts';
import { type PoolOptions, ReadingPool } from './pool.ts';
import { digitFiles, forgetfulModel, otherModel, shippedModel, truncatedModel } from './testing/pictures.ts';

const OPTIONS: PoolOptions = {
  workers: 1,
  maximumBatch: 4,
  batchDelay: 2,
  queueLimit: 64,
  deadline: 15_000,
  maximumPixels: 24e6,
  maximumUpload: 1e7,
};
const script = new URL('./testing/frailWorker.ts', import.meta.url);
const bytes = (text: string) => new Uint8Array(Buffer.from(text));

// Threads take their time to start where others are at work too.
vi.setConfig({ testTimeout: 60_000 });

let pool: ReadingPool | undefined;
afterEach(async () => {
  await pool?.close();
  pool = undefined;
});

async function start(options: Partial<PoolOptions> = {}, model = shippedModel()): Promise<ReadingPool> {
  pool = await ReadingPool.start({ ...OPTIONS, ...options }, model);
  return pool;
}

async function statusOf(answer: Promise<unknown>): Promise<number> {
  const problem = await answer.then(
    () => {
      throw new Error('It was answered.');
    },
    (error) => error,
  );
  expect(problem).toBeInstanceOf(HttpProblem);
  return problem.status;
}

describe('reading', () => {
  it('reads digits, many at a time, and codes the picture anew', async () => {
    const batches: number[] = [];
    const reading = await start({ onBatch: (size) => batches.push(size) });
    const answers = await Promise.all(digitFiles.map((file) => reading.read(file, true)));
    expect(answers.map(({ text }) => text).join('')).toBe('0123456789');
    expect(Math.max(...batches)).toBeGreaterThan(1);
    const [{ picture, width, height, model, digits }] = answers;
    expect({ width, height, model }).toEqual({ width: 28, height: 28, model: shippedModel().version });
    expect(digits[0].image).toHaveLength(784);
    expect(picture?.type).toBe('image/png');
    expect((await reading.read(digitFiles[0], false)).picture).toBeUndefined();
    expect(reading.figures).toEqual({ waiting: 0, reading: 0, workers: 1 });
  });

  it('tells apart what is no picture and what is a damaged one', async () => {
    const reading = await start();
    expect(await statusOf(reading.read(bytes('hello'), true))).toBe(415);
    expect(await statusOf(reading.read(bytes('<svg xmlns="http://www.w3.org/2000/svg"/>'), true))).toBe(415);
    expect(await statusOf(reading.read(digitFiles[0].slice(0, 100), true))).toBe(422);
  });

  it('does not care whose memory the bytes are in', async () => {
    const reading = await start();
    const room = new Uint8Array(100_000);
    room.set(digitFiles[5], 50_000);
    const part = room.subarray(50_000, 50_000 + digitFiles[5].length);
    expect((await reading.read(part, true)).text).toBe('5');
  });
});

describe('a queue', () => {
  it('is bounded, and full again only when it is', async () => {
    const reading = await start({ script, queueLimit: 8 });
    const slow = statusOf(reading.read(bytes('WAIT 300'), false));
    // One batch is in the thread and one on its way there; the others wait, and some find no room.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const asked = Array.from({ length: 40 }, () =>
      reading.read(digitFiles[3], false).then(
        () => 200,
        ({ status }) => status as number,
      ),
    );
    const statuses = await Promise.all(asked);
    expect(statuses.filter((status) => status === 503).length).toBe(40 - 8);
    expect(statuses.filter((status) => status === 200).length).toBe(8);
    expect(await slow).toBe(415);
    expect((await reading.read(digitFiles[3], false)).text).toBe('3');
  });

  it('keeps large pictures until a thread has nothing else to do, so that it is not taken for stuck', async () => {
    const restarts: string[] = [];
    const onRestart = (reason: string) => restarts.push(reason);
    const reading = await start({ script, deadline: 1000, onRestart });
    const large = bytes('WAIT 400 '.padEnd(100_000));
    const asked = Array.from({ length: 12 }, () => statusOf(reading.read(large, false)));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(reading.figures).toMatchObject({ reading: 1, waiting: 11 });
    const statuses = await Promise.all(asked);
    // Each that is read is found to be no picture; the others are given up at the deadline.
    expect(new Set(statuses)).toEqual(new Set([415, 503]));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(restarts).toEqual([]);
    expect(reading.figures).toEqual({ waiting: 0, reading: 0, workers: 1 });
  });

  it('lets go of who has gone', async () => {
    const reading = await start({ script });
    const slow = statusOf(reading.read(bytes('WAIT 200'), false));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const controllers = Array.from({ length: 20 }, () => new AbortController());
    const asked = controllers.map(({ signal }) => statusOf(reading.read(digitFiles[3], false, signal)));
    for (const controller of controllers) controller.abort();
    expect(await Promise.all(asked)).toEqual(new Array(20).fill(499));
    expect(reading.figures.waiting).toBe(0);
    expect(await statusOf(reading.read(digitFiles[3], false, AbortSignal.abort()))).toBe(499);
    expect(await slow).toBe(415);
  });

  it('gives up at the deadline', async () => {
    const reading = await start({ script, deadline: 150 });
    const slow = statusOf(reading.read(bytes('WAIT 600'), false));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const waiting = Array.from({ length: 12 }, () => statusOf(reading.read(digitFiles[3], false)));
    expect(await Promise.all([slow, ...waiting])).toEqual(new Array(13).fill(503));
  });
});

describe('a thread that dies', () => {
  it('is replaced, and what it was reading is read by the next', async () => {
    const restarts: string[] = [];
    const reading = await start({ script, onRestart: (reason) => restarts.push(reason) });
    const folder = await mkdtemp(join(tmpdir(), 'inkling-pool-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const marker = join(folder, 'died');
    const fatal = statusOf(reading.read(bytes(`ONCE ${marker}`), false));
    const others = await Promise.all(digitFiles.map((file) => reading.read(file, false)));
    expect(others.map(({ text }) => text).join('')).toBe('0123456789');
    expect(await fatal, 'read at the second attempt, and found to be no picture').toBe(415);
    expect(restarts).toHaveLength(1);
  });

  it('twice by the same picture gives that up', async () => {
    const reading = await start({ script });
    expect(await statusOf(reading.read(bytes('DIE'), false))).toBe(503);
    expect((await reading.read(digitFiles[8], false)).text).toBe('8');
  });

  it('or hangs is replaced', async () => {
    const restarts: string[] = [];
    const reading = await start({ script, deadline: 3000, onRestart: (reason) => restarts.push(reason) });
    expect(await statusOf(reading.read(bytes('SPIN'), false))).toBe(503);
    await expect.poll(() => restarts.length, { timeout: 15_000 }).toBe(1);
    await expect.poll(() => reading.figures.workers, { timeout: 15_000 }).toBe(1);
    expect((await reading.read(digitFiles[8], false)).text).toBe('8');
  });
});

describe('a change of models', () => {
  it('fails nobody who asks meanwhile', async () => {
    const reading = await start({ workers: 2 });
    const versions = new Set<string>();
    let isOver = false;
    const asking = Array.from({ length: 6 }, async () => {
      while (!isOver) {
        const { text, model } = await reading.read(digitFiles[4], false);
        expect(text).toBe('4');
        versions.add(model);
      }
    });
    const models = [otherModel('a'), otherModel('b'), shippedModel()];
    for (const model of models) {
      await reading.swap(model);
      expect(reading.model).toBe(model.version);
      expect((await reading.read(digitFiles[4], false)).model).toBe(model.version);
    }
    isOver = true;
    await Promise.all(asking);
    expect(versions.size).toBeGreaterThan(1);
  });

  it.each([
    ['damaged', truncatedModel, /model/],
    ['untrained', forgetfulModel, /reads \d+ of 30 known digits/],
  ])('keeps the old one where the new one is %s', async (_, model, message) => {
    const reading = await start();
    await expect(reading.swap(model())).rejects.toThrow(message);
    expect(reading.model).toBe(shippedModel().version);
    expect((await reading.read(digitFiles[4], false)).text).toBe('4');
  });

  it('reaches threads that start later', async () => {
    const reading = await start({ script });
    const model = otherModel();
    await reading.swap(model);
    expect(await statusOf(reading.read(bytes('DIE'), false))).toBe(503);
    expect((await reading.read(digitFiles[2], false)).model).toBe(model.version);
  });

  it('holds a second ready for who asks for it, in threads that start later, too', async () => {
    const reading = await start({ script });
    const [champion, second, third] = [shippedModel(), otherModel('second'), otherModel('third')];
    const ask = async (version?: string) =>
      (await reading.read(digitFiles[6], false, undefined, version)).model;
    expect(await ask(second.version), 'not held yet').toBe(champion.version);
    await reading.holdSecond(second);
    expect([await ask(second.version), await ask(), await ask('unknown')]).toEqual([
      second.version,
      champion.version,
      champion.version,
    ]);
    expect(await statusOf(reading.read(bytes('DIE'), false))).toBe(503);
    expect(await ask(second.version)).toBe(second.version);

    await expect(reading.holdSecond(truncatedModel())).rejects.toThrow(/model/);
    expect(await ask(second.version), 'still held').toBe(second.version);

    await reading.swap(second);
    await reading.holdSecond(undefined);
    expect([await ask(), await ask(champion.version)]).toEqual([second.version, second.version]);
    await reading.holdSecond(third);
    await reading.swap(champion);
    expect([await ask(), await ask(third.version)]).toEqual([champion.version, third.version]);
  });

  it('of seconds fails nobody who asks meanwhile', async () => {
    const reading = await start({ workers: 2 });
    const [second, third] = [otherModel('second'), otherModel('third')];
    const versions = new Set<string>();
    let isOver = false;
    const asking = Array.from({ length: 6 }, async (_, i) => {
      while (!isOver) {
        const { version } = [second, third][i % 2];
        const { text, model } = await reading.read(digitFiles[4], false, undefined, version);
        expect(text).toBe('4');
        versions.add(model);
      }
    });
    for (const model of [second, third, undefined, second]) await reading.holdSecond(model);
    await reading.swap(third);
    isOver = true;
    await Promise.all(asking);
    expect(versions.size).toBe(3);
  });

  it('cannot begin with a damaged one', async () => {
    await expect(ReadingPool.start(OPTIONS, truncatedModel())).rejects.toThrow(/model/);
  });
});
