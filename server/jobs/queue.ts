/**
 * What a queue of jobs is, whatever keeps it.
 *
 * A job is a unit of work: a training, a fine-tuning, a run of a study, a batch of pictures to read. Workers take jobs,
 * the more important ones first, and say every so often that they are alive; a job whose worker falls silent is taken
 * by another, which goes on from the files that the first has kept with the job. So a job may be begun by several
 * workers, and is ended by one: what a worker says of a job that it has lost changes nothing.
 */
import type { Artefacts } from './artefacts.ts';

export const JOB_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface NewJob {
  /** What there is to do: `train`, `finetune`, `sweep-run` or `read`. */
  kind: string;
  /** What it is about, for people. */
  label: string;
  /** What the worker needs to know; JSON. */
  payload: unknown;
  /** Higher ones come first; of the same, the older ones. */
  priority?: number;
  /** Where a job with this key is waiting, running or done, it is that one, and none is added. */
  key?: string;
  /** Files that it begins with. */
  files?: Record<string, Uint8Array>;
}

/** Times are milliseconds since 1970. */
export interface Job {
  id: string;
  kind: string;
  label: string;
  state: JobState;
  priority: number;
  payload: unknown;
  /** What the worker last said of how far it is; null before it did. */
  progress: unknown;
  /** What came of it; null before it is done. */
  result: unknown;
  /** Why it failed, or failed the last time: a sentence. */
  error: string | null;
  /** Who works on it, or did last. */
  worker: string | null;
  /** How often it was begun. */
  attempts: number;
  /** Whether it is to stop. */
  isCancelling: boolean;
  createdAt: number;
  startedAt: number | null;
  /** When its worker was last heard of. */
  heardAt: number | null;
  endedAt: number | null;
}

export interface JobLine {
  /** Counts up. */
  number: number;
  at: number;
  line: string;
}

/** What whoever works on a job is told. */
export type Word = 'go on' | 'cancel' | 'lost';

/** A job in the hands of a worker. What ends it gives false where the job was lost to another meanwhile. */
export interface Claim {
  readonly job: Job;
  /** Says that the worker is alive, and how far it is. */
  beat(progress?: unknown): Promise<Word>;
  complete(result: unknown): Promise<boolean>;
  /** It is tried again after a while, unless that is in vain or was done often enough. */
  fail(reason: string, options?: { inVain?: boolean }): Promise<boolean>;
  /** It was told to stop, and has. */
  cancelled(): Promise<boolean>;
  /** Gives it back, for another to go on at once. */
  release(): Promise<boolean>;
}

export interface ListJobsOptions {
  state?: JobState;
  kind?: string;
  limit: number;
  /** Only those added before this one. */
  before?: string;
}

/** Every promise rejects with a `StoreUnavailableError` where the database cannot be reached now. */
export interface Queue {
  readonly artefacts: Artefacts;
  add(job: NewJob): Promise<Job>;
  get(id: string): Promise<Job | undefined>;
  /** The latest first. */
  list(options: ListJobsOptions): Promise<Job[]>;
  counts(): Promise<Record<JobState, number>>;
  /** One that waits is cancelled at once; whoever works on one is told. False where it is over or there is none. */
  cancel(id: string): Promise<boolean>;
  /** Forgets a job that is over, with its files. */
  remove(id: string): Promise<void>;
  /** Keeps lines of what happened. */
  log(id: string, lines: readonly string[]): Promise<void>;
  /** At most so many lines after the one with that number, or the last ones. */
  lines(id: string, options: { after?: number; limit: number }): Promise<JobLine[]>;
  /** The next job there is to do, now the worker's. */
  take(worker: string): Promise<Claim | undefined>;
  /** Forgets jobs that ended before that time, and what was left of additions that never came to an end. */
  prune(before: number): Promise<number>;
  close(): Promise<void>;
}

export interface QueueOptions {
  /** After so many seconds of silence a worker counts as dead. PostgreSQL's queue takes 10 at least. */
  heartbeat: number;
  /** Seconds until a job that failed is tried again; twice as long each time. */
  retryDelay: number;
}

export const QUEUE_DEFAULTS: QueueOptions = { heartbeat: 30, retryDelay: 5 };

/** Jobs fail by themselves so often at most, and so many workers may die of one. */
export const MOST_FAILURES = 3;
export const MOST_DEATHS = 25;
export const LONGEST_RETRY_DELAY = 600;
