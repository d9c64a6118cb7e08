/** Waiting for jobs that others do, through whatever becomes of the database meanwhile. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Job, Queue } from '../../../server/jobs/queue.ts';
import { StoreUnavailableError } from '../../../server/store/store.ts';
import { InklingError, UsageError } from '../../index.ts';
import { DATASET_NAMES } from '../datasets.ts';

const LOOK_EVERY = 300;
const MOST_LINES = 1000;

/** Tries until the database can be reached. Rejects with the signal's reason once that is aborted. */
export async function patiently<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
    }
    await waitAWhile(signal);
  }
}

export async function waitAWhile(signal: AbortSignal): Promise<void> {
  await pause(LOOK_EVERY, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}

export interface FollowOptions {
  signal: AbortSignal;
  onProgress?(progress: unknown): void;
  onLine?(line: string): void;
}

/** @throws InklingError where the job came to nothing. */
export async function followJob(queue: Queue, id: string, options: FollowOptions): Promise<Job> {
  const { signal, onProgress, onLine } = options;
  let told = 'null';
  let after = 0;
  for (;;) {
    const job = await patiently(signal, () => queue.get(id));
    if (!job) throw new InklingError(`The job ${id} is gone; the same command adds it anew.`);
    if (onLine) {
      for (const { number, line } of await patiently(signal, () =>
        queue.lines(id, { after, limit: MOST_LINES }),
      )) {
        after = number;
        onLine(line);
      }
    }
    const progress = JSON.stringify(job.progress);
    if (progress !== told) onProgress?.(job.progress);
    told = progress;
    if (job.state === 'done') return job;
    if (job.state === 'failed') throw new InklingError(`The job ${id} (${job.label}) failed: ${job.error}`);
    if (job.state === 'cancelled') {
      throw new InklingError(`The job ${id} (${job.label}) was cancelled; the same command adds it anew.`);
    }
    await waitAWhile(signal);
  }
}

/** Makes sure that workers elsewhere have a data set of that name. */
export function requireShared(dataset = 'mnist'): void {
  if (dataset.split('+').every((part) => DATASET_NAMES.includes(part))) return;
  throw new UsageError(
    `Workers elsewhere do not have ${dataset}; with --queue, --dataset takes one of ${DATASET_NAMES.join(', ')}, or several joined by +.`,
  );
}
