/**
 * Fine-tuning for the app: a job of the queue, one at a time. Whoever works on it runs the same command as people do,
 * which keeps its result in the database; where that was promoted, this server changes to it before it says so, and the
 * others when they next look.
 */
import type { Job, Queue } from '../jobs/queue.ts';

export const FINETUNE = 'finetune';
/** Somebody waits for it. */
const PRIORITY = 10;

export interface JobOptions {
  replay?: string;
  examples?: number;
  epochs?: number;
  learningRate?: number;
}

export interface JobStatus {
  state: 'idle' | 'running' | 'promoted' | 'candidate' | 'rejected' | 'failed';
  startedAt: number | null;
  endedAt: number | null;
  progress: { epoch: number; epochs: number; step: number; steps: number } | null;
  /** Version that came of it. */
  version: string | null;
  /** Why it was promoted or rejected, or what went wrong: a sentence. */
  reason: string | null;
}

/** What the command says came of it. */
interface Result {
  outcome: 'promoted' | 'candidate' | 'rejected';
  version: string;
  reason: string;
}

const NOTHING = { startedAt: null, endedAt: null, progress: null, version: null, reason: null } as const;

export interface FinetuneHooks {
  /** The version that answers. */
  current(): string;
  /** A job was added. */
  onAdded(): void;
  onPromoted(): Promise<void>;
}

export class FinetuneJob {
  readonly #queue: Queue;
  readonly #hooks: FinetuneHooks;
  /** The job whose promotion this server has followed. */
  #followed: string | undefined;

  constructor(queue: Queue, hooks: FinetuneHooks) {
    this.#queue = queue;
    this.#hooks = hooks;
  }

  /** How the latest goes, or went. */
  async status(): Promise<JobStatus> {
    const job = await this.#latest();
    if (!job) return { state: 'idle', ...NOTHING };
    const status = statusOf(job);
    // Only then told, so that who hears that it was promoted is answered by it.
    if (status.state === 'promoted' && this.#followed !== job.id) {
      await this.#hooks.onPromoted();
      this.#followed = job.id;
    }
    return status;
  }

  /** False where one is under way already. */
  async start(options: JobOptions): Promise<boolean> {
    const latest = await this.#latest();
    if (latest && !isOver(latest)) return false;
    await this.#queue.add({
      ...{ kind: FINETUNE, label: 'corrections', priority: PRIORITY },
      // The model is named, so that a second worker goes on from the same one as the first.
      payload: { model: this.#hooks.current(), ...options },
      // Of two that ask at once, both get the same job.
      key: `finetune after ${latest?.id ?? 'none'}`,
    });
    this.#hooks.onAdded();
    return true;
  }

  async #latest(): Promise<Job | undefined> {
    const [latest] = await this.#queue.list({ kind: FINETUNE, limit: 1 });
    return latest;
  }
}

function isOver({ state }: Job): boolean {
  return state !== 'waiting' && state !== 'running';
}

function statusOf(job: Job): JobStatus {
  const times = { startedAt: job.startedAt ?? job.createdAt, endedAt: job.endedAt };
  if (!isOver(job)) {
    return { state: 'running', ...NOTHING, ...times, progress: progressOf(job) };
  }
  if (job.state !== 'done') {
    return { ...NOTHING, ...times, state: 'failed', reason: job.error ?? 'Fine-tuning was cancelled.' };
  }
  const { outcome, version, reason } = job.result as Result;
  return { ...times, progress: progressOf(job), state: outcome, version, reason };
}

function progressOf({ progress }: Job): JobStatus['progress'] {
  if (progress === null) return null;
  const { epoch, epochs, step, steps } = progress as NonNullable<JobStatus['progress']>;
  return { epoch, epochs, step, steps };
}
