/**
 * Threads that read pictures, so that the event loop is free for connections.
 *
 * A question waits in a bounded queue until a thread has room for it, and is given up when its deadline passes or when
 * nobody waits for the answer any more. A thread that dies is replaced; what it was reading is tried once more
 * elsewhere. Models change without a pause: every thread gets the new one ready and examines it while the old one
 * answers, and only when all have, new questions name the new model.
 */
import { InklingError } from '../../src/index.ts';
import { busy, HttpProblem } from '../problem.ts';
import type { Answer, FromWorker, ModelFile, Question, Refusal, WorkerSettings } from './messages.ts';
import { startThread, type Thread } from './thread.ts';

export interface PoolOptions extends Omit<WorkerSettings, 'model'> {
  workers: number;
  /** How many questions may wait. */
  queueLimit: number;
  /** Milliseconds from question to answer. */
  deadline: number;
  /** What the threads run, in place of `worker.ts`. */
  script?: URL;
  /** Told of what happens, for logs and metrics. */
  onRestart?: (reason: string) => void;
  onBatch?: (size: number) => void;
}

interface Job {
  question: Question;
  attempts: number;
  isSettled: boolean;
  timer: NodeJS.Timeout;
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

interface Place {
  thread?: Thread;
  jobs: Map<number, Job>;
}

/** Twice what a batch takes, so that the next is being decoded while one is computed. */
const BATCHES_IN_FLIGHT = 2;
const RESTART_DELAY = 100;
const MOST_ATTEMPTS = 2;
/** A thread that has not answered so long after the deadline either, or as long again, is stuck. */
const LEAST_STUCK = 1000;

export class ReadingPool {
  readonly #options: PoolOptions;
  readonly #places: Place[];
  /** Jobs in the order they came; those that were given up are skipped. */
  #queue = new Map<number, Job>();
  #model: ModelFile;
  /** One that is held ready beside it, for who asks for it. */
  #second: ModelFile | undefined;
  #swapping: Promise<void> = Promise.resolve();
  #number = 0;
  #isClosed = false;
  #dispatching = false;

  private constructor(options: PoolOptions, model: ModelFile) {
    this.#options = options;
    this.#model = model;
    this.#places = Array.from({ length: options.workers }, () => ({ jobs: new Map() }));
  }

  /** Starts the threads. Throws an `InklingError` where the model cannot be used. */
  static async start(options: PoolOptions, model: ModelFile): Promise<ReadingPool> {
    const pool = new ReadingPool(options, model);
    try {
      await Promise.all(pool.#places.map((place) => pool.#fill(place)));
    } catch (error) {
      await pool.close();
      throw error;
    }
    return pool;
  }

  /** The version that answers. */
  get model(): string {
    return this.#model.version;
  }

  get figures(): { waiting: number; reading: number; workers: number } {
    return {
      waiting: this.#queue.size,
      reading: this.#places.reduce((sum, { jobs }) => sum + jobs.size, 0),
      workers: this.#places.filter(({ thread }) => thread).length,
    };
  }

  /**
   * Reads a picture.
   *
   * @param keep whether the answer shall hold the picture, coded anew.
   * @param version of the model that shall answer; where it is not held, the usual one does.
   * @throws HttpProblem 415 and 422 where the picture cannot be read, 503 where there is no room or no time, 499 when `signal`
   *   says that nobody waits any more.
   */
  read(bytes: Uint8Array, keep: boolean, signal?: AbortSignal, version?: string): Promise<Answer> {
    const { queueLimit, deadline } = this.#options;
    if (this.#isClosed) return Promise.reject(busy('The server is stopping; try again in a moment.', 5));
    if (this.#queue.size >= queueLimit) {
      return Promise.reject(busy('Too many pictures are waiting to be read; try again in a moment.'));
    }
    const number = this.#number++;
    return new Promise((resolve, reject) => {
      const giveUp = (problem: HttpProblem) => {
        this.#queue.delete(number);
        job.reject(problem);
      };
      const onAbort = () => giveUp(new HttpProblem(499, 'Whoever sent the picture has gone.'));
      const settle = () => {
        job.isSettled = true;
        clearTimeout(job.timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const job: Job = {
        question: { number, model: this.#heldOr(version), bytes: alone(bytes), keep },
        attempts: 0,
        isSettled: false,
        timer: setTimeout(() => {
          giveUp(busy('The picture could not be read in time; try again in a moment.'));
          this.#endStuckThread(number);
        }, deadline),
        resolve: (answer) => {
          settle();
          resolve(answer);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      if (signal?.aborted) return onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#queue.set(number, job);
      this.#dispatchSoon();
    });
  }

  /**
   * Lets another model answer from now on. Questions under way are answered by the one before.
   *
   * @throws InklingError, and changes nothing, where a thread finds fault with the model.
   */
  swap(model: ModelFile): Promise<void> {
    const swapped = this.#swapping.then(() => this.#swap(model));
    this.#swapping = swapped.catch(() => undefined);
    return swapped;
  }

  /**
   * Holds a model ready beside the one that answers, or none.
   *
   * @throws InklingError, and changes nothing, where a thread finds fault with the model.
   */
  holdSecond(model: ModelFile | undefined): Promise<void> {
    const held = this.#swapping.then(() => this.#holdSecond(model));
    this.#swapping = held.catch(() => undefined);
    return held;
  }

  async #holdSecond(model: ModelFile | undefined): Promise<void> {
    const before = this.#second;
    if (model?.version === before?.version) return;
    const adopt = () => {
      this.#second = model;
    };
    if (model) await this.#loadEverywhere(model, adopt);
    else adopt();
    if (before) await this.#forget(before.version);
  }

  /** The version that was asked for, if it is held; else that of the model that answers. */
  #heldOr(version: string | undefined): string {
    return version !== undefined && version === this.#second?.version ? version : this.#model.version;
  }

  async #swap(model: ModelFile): Promise<void> {
    const before = this.#model;
    if (model.version === before.version) return;
    await this.#loadEverywhere(model, () => {
      this.#model = model;
    });
    await this.#forget(before.version);
  }

  /** Adopts a model when all threads have it. Threads that were started meanwhile, without it, are replaced. */
  async #loadEverywhere(model: ModelFile, adopt: () => void): Promise<void> {
    const threads = this.#places.flatMap(({ thread }) => thread ?? []);
    if (threads.length === 0) throw new InklingError('No thread is running at the moment; try again.');
    try {
      await Promise.all(threads.map((thread) => thread.load(model)));
    } catch (error) {
      if (model.version !== this.#second?.version) for (const thread of threads) thread.forget(model.version);
      throw error;
    }
    adopt();
    for (const { thread } of this.#places) {
      if (thread && !threads.includes(thread)) thread.stop();
    }
  }

  /** Lets the threads forget a model that is held no longer, once none is at work with it. */
  async #forget(version: string): Promise<void> {
    const isHeld = () => version === this.#model.version || version === this.#second?.version;
    if (isHeld()) return;
    for (const { question } of this.#queue.values()) question.model = this.#heldOr(question.model);
    await this.#answered(version);
    if (isHeld()) return;
    for (const { thread } of this.#places) thread?.forget(version);
  }

  /** Resolves when no thread is at work with a version. */
  async #answered(version: string): Promise<void> {
    const isUsed = () =>
      this.#places.some(({ jobs }) => [...jobs.values()].some(({ question }) => question.model === version));
    while (isUsed() && !this.#isClosed) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** Answers what has been asked, then ends the threads. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { thread } of this.#places) await thread?.stop();
    for (const job of [...this.#queue.values(), ...this.#places.flatMap(({ jobs }) => [...jobs.values()])]) {
      job.reject(busy('The server is stopping; try again in a moment.', 5));
    }
  }

  #dispatchSoon(): void {
    if (this.#dispatching) return;
    this.#dispatching = true;
    // What came in during one turn of the event loop goes out together.
    setImmediate(() => {
      this.#dispatching = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    const room = this.#options.maximumBatch * BATCHES_IN_FLIGHT;
    const parcels = new Map<Place, Question[]>();
    for (const [number, job] of this.#queue) {
      const place = this.#leastBusy();
      if (!place || place.jobs.size >= room) break;
      this.#queue.delete(number);
      job.attempts++;
      place.jobs.set(number, job);
      const parcel = parcels.get(place);
      if (parcel) parcel.push(job.question);
      else parcels.set(place, [job.question]);
    }
    for (const [{ thread }, questions] of parcels) thread!.ask(questions);
  }

  #leastBusy(): Place | undefined {
    let least: Place | undefined;
    for (const place of this.#places) {
      if (place.thread && (!least || place.jobs.size < least.jobs.size)) least = place;
    }
    return least;
  }

  async #fill(place: Place): Promise<void> {
    const { maximumBatch, batchDelay, maximumPixels, maximumUpload } = this.#options;
    const model = this.#model;
    const thread = await startThread(
      { maximumBatch, batchDelay, maximumPixels, maximumUpload, model },
      {
        onMessage: (message) => this.#hear(place, message),
        onEnd: (reason) => this.#lose(place, reason),
      },
      this.#options.script,
    );
    if (this.#isClosed) return void thread.stop();
    if (model.version !== this.#model.version) await thread.load(this.#model);
    if (this.#second) await thread.load(this.#second);
    place.thread = thread;
    this.#dispatchSoon();
  }

  #hear(place: Place, message: FromWorker): void {
    if (message.kind === 'batches') for (const size of message.sizes) this.#options.onBatch?.(size);
    if (message.kind !== 'answers') return;
    for (const result of message.answers) {
      const job = place.jobs.get(result.number);
      place.jobs.delete(result.number);
      if (!job) continue;
      if ('answer' in result) job.resolve(result.answer);
      else job.reject(problemOf(result.refusal));
    }
    if (this.#queue.size > 0) this.#dispatch();
  }

  /** Ends the thread that a question is in, unless it answers yet; it is then replaced like one that died. */
  #endStuckThread(number: number): void {
    const place = this.#places.find(({ jobs }) => jobs.has(number));
    const thread = place?.thread;
    if (!place || !thread) return;
    setTimeout(
      () => {
        if (place.thread === thread && place.jobs.has(number)) void thread.stop();
      },
      Math.max(LEAST_STUCK, this.#options.deadline),
    ).unref();
  }

  /** A thread has died. */
  #lose(place: Place, reason: string): void {
    place.thread = undefined;
    const jobs = [...place.jobs.values()];
    place.jobs.clear();
    if (this.#isClosed) return;
    this.#options.onRestart?.(reason);
    const again = new Map<number, Job>();
    for (const job of jobs.filter(({ isSettled }) => !isSettled)) {
      if (job.attempts < MOST_ATTEMPTS) {
        job.question.model = this.#heldOr(job.question.model);
        again.set(job.question.number, job);
      } else job.reject(busy('Reading this picture failed twice; try again or send another.'));
    }
    this.#queue = new Map([...again, ...this.#queue]);
    this.#refill(place);
    this.#dispatchSoon();
  }

  #refill(place: Place): void {
    setTimeout(() => {
      if (this.#isClosed) return;
      this.#fill(place).catch((error: Error) => {
        this.#options.onRestart?.(error.message);
        this.#refill(place);
      });
    }, RESTART_DELAY);
  }
}

/** Bytes that share no memory with others: a message to a thread takes all of the memory that an array looks into. */
function alone(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}

function problemOf({ reason, message }: Refusal): HttpProblem {
  if (reason === 'unknown') return new HttpProblem(415, message);
  if (reason === 'unreadable') return new HttpProblem(422, message);
  return new HttpProblem(500, 'Reading the picture failed; the server has logged why.', {
    cause: new Error(message),
  });
}
