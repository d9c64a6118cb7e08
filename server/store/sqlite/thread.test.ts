/** The thread that keeps an SQLite database dies: what it was asked fails, and the next question starts another. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { expect, test, vi } from 'vitest';
import { openStore } from '../open.ts';
import { StoreUnavailableError } from '../store.ts';
import { samplePrediction } from '../testing/samples.ts';

const threads: Worker[] = vi.hoisted(() => []);

vi.mock('node:worker_threads', async (original) => {
  const module = await original<typeof import('node:worker_threads')>();
  class Seen extends module.Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      threads.push(this);
    }
  }
  return { ...module, Worker: Seen };
});

test('a thread that dies is replaced', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-thread-'));
  const store = await openStore({ file: join(folder, 'inkling.db') });
  const kept = samplePrediction();
  await store.add(kept);
  const asked = Array.from({ length: 2000 }, () => store.add(samplePrediction()).catch((error) => error));
  await threads[0].terminate();
  const answers = await Promise.all(asked);
  for (const answer of answers) if (answer !== true) expect(answer).toBeInstanceOf(StoreUnavailableError);
  const added = answers.filter((answer) => answer === true).length;
  expect(added).toBeLessThan(2000);
  expect(await store.get('me', kept.id)).toEqual(kept);
  const { predictions } = await store.counts();
  expect(predictions).toBeGreaterThan(added);
  expect(threads).toHaveLength(2);
  await store.close();
  await rm(folder, { recursive: true });
});
