/**
 * A worker: takes jobs from a queue and does them, so many at a time, until it is told to stop.
 *
 * While a job is done, the worker says every so often that it lives and how far it is, and hears in return whether it
 * shall go on. Where the database cannot be reached, what is being done is done to its end, and the worker waits until
 * it can say so. Told to stop, it gives its jobs back, which have saved where they are.
 */
import { setMaxListeners } from 'node:events';
import { InklingError, UsageError } from '../../src/index.ts';
import { StoreUnavailableError } from '../store/store.ts';
import type { Claim, Job, Queue, Word } from './queue.ts';

/** Files whose names begin so are forgotten once the job is done, and not before: until then another may need them. */
export const TEMPORARY = 'temporary/';

/** What a job is done with. */
export interface JobContext {
  readonly job: Job;
  /** Aborted when it shall stop, with a `Halt` as the reason; the job then saves where it is, and throws anything. */
  readonly signal: AbortSignal;
  progress(value: unknown): void;
  log(line: string): void;
  put(name: string, bytes: Uint8Array): Promise<void>;
  get(name: string): Promise<Uint8Array | undefined>;
}

/** Does the jobs of a kind; what it gives is the job's result. */
export type Runner = (context: JobContext) => Promise<unknown>;

/** Why a job shall stop: the worker is told to, the job is cancelled, or another worker has it. */
export type Halt = 'stop' | Exclude<Word, 'go on'>;

/** A job that failed, with a reason for people. */
export class JobError extends InklingError {
  override name = 'JobError';
  /** Whether there is no use in trying again. */
  readonly inVain: boolean;

  constructor(message: string, { inVain = false } = {}) {
    super(message);
    this.inVain = inVain;
  }
}

/** How a job went here. */
export type Ending = 'done' | 'failed' | 'stopped' | 'lost';

export interface WorkerOptions {
  /** What the queue knows it by. */
  name: string;
  /** Jobs at a time. */
  jobs: number;
  runners: Record<string, Runner>;
  /** Milliseconds between two words about a job; several fit into a heartbeat. */
  beatEvery: number;
  /** Milliseconds until it asks again where there was nothing to do. */
  pollEvery: number;
  onJob?(job: Job, what: 'begin' | Ending, why?: string): void;
  /** The database cannot be reached, and why; or it can be reached again. */
  onTrouble?(message: string | undefined): void;
}

/** How long the database is asked again and again for leave to stop, in milliseconds. */
const PATIENCE_IN_STOPPING = 5000;
const AGAIN_AFTER = 500;
/** Files of jobs that ended are kept for so long, in milliseconds. */
const KEPT_FOR = 30 * 86_400_000;

export class JobWorker {
  readonly #queue: Queue;
  readonly #options: WorkerOptions;
  #isTroubled = false;

  constructor(queue: Queue, options: WorkerOptions) {
    this.#queue = queue;
    this.#options = options;
  }

  /** Works until the signal is aborted or, if so asked, until there is nothing left to do for anyone. */
  async run(signal: AbortSignal, { untilIdle = false } = {}): Promise<void> {
    setMaxListeners(0, signal);
    await this.#patiently(() => this.#queue.prune(Date.now() - KEPT_FOR), signal);
    await Promise.all(Array.from({ length: this.#options.jobs }, () => this.#work(signal, untilIdle)));
  }

  async #work(signal: AbortSignal, untilIdle: boolean): Promise<void> {
    const { name, pollEvery } = this.#options;
    while (!signal.aborted) {
      const claim = await this.#patiently(() => this.#queue.take(name), signal);
      if (claim) await this.#do(claim, signal);
      else if (signal.aborted || (untilIdle && (await this.#isIdle(signal)))) return;
      else await pause(pollEvery, signal);
    }
  }

  async #isIdle(signal: AbortSignal): Promise<boolean> {
    const counts = await this.#patiently(() => this.#queue.counts(), signal);
    return counts === undefined || counts.waiting + counts.running === 0;
  }

  async #do(claim: Claim, stopping: AbortSignal): Promise<void> {
    const { job } = claim;
    const { runners, onJob } = this.#options;
    onJob?.(job, 'begin');
    const halt = new AbortController();
    const stop = () => halt.abort('stop' satisfies Halt);
    if (stopping.aborted) stop();
    stopping.addEventListener('abort', stop);
    const voice = new Voice(this.#queue, claim, this.#options.beatEvery, (word) => halt.abort(word));
    let outcome: { result: unknown } | { error: unknown };
    try {
      const run = runners[job.kind];
      if (!run) throw new JobError(`No worker of this version knows jobs of the kind "${job.kind}".`);
      outcome = { result: await run(this.#contextOf(job, halt.signal, voice)) };
    } catch (error) {
      outcome = { error };
    }
    stopping.removeEventListener('abort', stop);
    await voice.end();
    await this.#settle(claim, outcome, halt.signal, stopping);
  }

  /** What was done counts, even where it was to be stopped. */
  async #settle(
    claim: Claim,
    outcome: { result: unknown } | { error: unknown },
    { aborted, reason }: AbortSignal,
    stopping: AbortSignal,
  ): Promise<void> {
    const tell = (what: Ending, why?: string) => this.#options.onJob?.(claim.job, what, why);
    const settle = async (how: () => Promise<boolean>, what: Ending, why?: string) => {
      const isHeld = await this.#patiently(how, stopping, PATIENCE_IN_STOPPING);
      if (isHeld === false) tell('lost');
      else tell(what, why);
    };
    if ('result' in outcome) {
      await settle(() => claim.complete(outcome.result), 'done');
      return this.#forgetTemporary(claim.job);
    }
    if (aborted && reason === 'lost') return tell('lost');
    if (aborted && reason === 'cancel') {
      await settle(() => claim.cancelled(), 'stopped');
      return this.#forgetTemporary(claim.job);
    }
    if (aborted) return settle(() => claim.release(), 'stopped');
    const { error } = outcome;
    const message = error instanceof Error ? error.message : `${error}`;
    const inVain = error instanceof UsageError || (error instanceof JobError && error.inVain);
    await settle(() => claim.fail(message, { inVain }), 'failed', message);
  }

  /** Where the job is over. What is left where this fails goes with the job. */
  async #forgetTemporary({ id }: Job): Promise<void> {
    const { artefacts } = this.#queue;
    try {
      if ((await this.#queue.get(id))?.endedAt === null) return;
      for (const { name } of await artefacts.list(id)) {
        if (name.startsWith(TEMPORARY)) await artefacts.remove(id, name);
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
    }
  }

  #contextOf(job: Job, signal: AbortSignal, voice: Voice): JobContext {
    const { artefacts } = this.#queue;
    const patiently = async <Result>(work: () => Promise<Result>): Promise<Result> => {
      const result = await this.#patiently(
        async () => ({ value: await work() }),
        signal,
        PATIENCE_IN_STOPPING,
      );
      if (result) return result.value;
      throw new StoreUnavailableError('The database cannot be reached, and the work was to stop.');
    };
    return {
      job,
      signal,
      progress: (value) => voice.progress(value),
      log: (line) => voice.log(line),
      put: (name, bytes) => patiently(() => artefacts.put(job.id, name, bytes)),
      get: (name) => patiently(() => artefacts.get(job.id, name)),
    };
  }

  /** Tries until the database can be reached; undefined where it could not before the time to stop had come. */
  async #patiently<Result>(
    work: () => Promise<Result>,
    signal: AbortSignal,
    patience = 0,
  ): Promise<Result | undefined> {
    let deadline: number | undefined;
    for (;;) {
      try {
        const result = await work();
        if (this.#isTroubled) this.#options.onTrouble?.(undefined);
        this.#isTroubled = false;
        return result;
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        if (!this.#isTroubled) this.#options.onTrouble?.(error.message);
        this.#isTroubled = true;
      }
      if (signal.aborted) deadline ??= Date.now() + patience;
      if (deadline !== undefined && Date.now() >= deadline) return undefined;
      await (signal.aborted ? pause(AGAIN_AFTER) : pause(AGAIN_AFTER, signal));
    }
  }
}

/** Speaks for a job that is being done: its life, its progress and its log, all at the same beat. */
class Voice {
  readonly #queue: Queue;
  readonly #claim: Claim;
  readonly #onHalt: (word: Exclude<Word, 'go on'>) => void;
  readonly #timer: NodeJS.Timeout;
  #progress: unknown;
  #lines: string[] = [];
  #speaking: Promise<void> = Promise.resolve();
  #isSpeaking = false;

  constructor(queue: Queue, claim: Claim, every: number, onHalt: (word: Exclude<Word, 'go on'>) => void) {
    this.#queue = queue;
    this.#claim = claim;
    this.#onHalt = onHalt;
    this.#timer = setInterval(() => {
      // Where the database is slow, beats do not queue up behind each other.
      if (!this.#isSpeaking) this.#speaking = this.#speak();
    }, every);
  }

  progress(value: unknown): void {
    this.#progress = value;
  }

  log(line: string): void {
    this.#lines.push(line);
  }

  /** Says what is left to say. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#speaking;
    if (this.#lines.length > 0 || this.#progress !== undefined) await this.#speak();
  }

  async #speak(): Promise<void> {
    this.#isSpeaking = true;
    const lines = this.#lines.splice(0);
    const progress = this.#progress;
    try {
      const word = await this.#claim.beat(progress);
      if (this.#progress === progress) this.#progress = undefined;
      if (word !== 'go on') this.#onHalt(word);
      if (word !== 'lost') await this.#queue.log(this.#claim.job.id, lines);
    } catch {
      // It is said at the next beat.
      this.#lines.unshift(...lines);
    } finally {
      this.#isSpeaking = false;
    }
  }
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done);
  });
}
