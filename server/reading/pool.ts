/**
 * Threads that read pictures, so that the event loop is free for connections.
 *
 * A question waits in a bounded queue until a thread has room for it, and is given up when its deadline passes or when
 * nobody waits for the answer any more. A thread has room for many digits but for one photo, since what it has taken on
 * cannot be given up, and others would wait behind it. What it was reading when it died is tried once more elsewhere.
 */
import { busy } from '../problem.ts';
import { Crew, type CrewOptions, type Place } from './crew.ts';
import { Job } from './job.ts';
import type { Answer, ModelFile } from './messages.ts';

export interface PoolOptions extends Omit<CrewOptions, 'patience'> {
  /** How many questions may wait. */
  queueLimit: number;
  /** Milliseconds from question to answer. */
  deadline: number;
}

/** Twice what a batch takes, so that the next is being decoded while one is computed. */
const BATCHES_IN_FLIGHT = 2;
const MOST_ATTEMPTS = 2;
/** A thread that has not answered so long after the deadline either, or as long again, is stuck. */
const LEAST_STUCK = 1000;

export class ReadingPool {
  readonly #options: PoolOptions;
  readonly #crew: Crew;
  /** Jobs in the order they came. */
  #queue = new Map<number, Job>();
  #number = 0;
  #isClosed = false;
  #dispatching = false;

  private constructor(options: PoolOptions, model: ModelFile) {
    this.#options = options;
    const patience = Math.max(LEAST_STUCK, options.deadline);
    this.#crew = new Crew({ ...options, patience }, model, {
      onRoom: () => this.#dispatch(),
      onLost: (jobs) => this.#tryAgain(jobs),
    });
  }

  /** Starts the threads. Throws an `InklingError` where the model cannot be used. */
  static async start(options: PoolOptions, model: ModelFile): Promise<ReadingPool> {
    const pool = new ReadingPool(options, model);
    try {
      await pool.#crew.start();
    } catch (error) {
      await pool.close();
      throw error;
    }
    return pool;
  }

  /** The version that answers. */
  get model(): string {
    return this.#crew.model;
  }

  get figures(): { waiting: number; reading: number; workers: number } {
    return { waiting: this.#queue.size, ...this.#crew.figures };
  }

  /** Throws an `HttpProblem` 503 where one picture more could not even wait. */
  requireRoom(): void {
    if (this.#isClosed) throw stopping();
    if (this.#queue.size < this.#options.queueLimit) return;
    throw busy('Too many pictures are waiting to be read; try again in a moment.');
  }

  /**
   * Reads a picture.
   *
   * @param keep whether the answer shall hold the picture, coded anew.
   * @param version of the model that shall answer; where it is not held, the usual one does.
   * @throws HttpProblem 415 and 422 where the picture cannot be read, 503 where there is no room or no time, 499 when `signal`
   *   says that nobody waits any more.
   */
  async read(bytes: Uint8Array, keep: boolean, signal?: AbortSignal, version?: string): Promise<Answer> {
    this.requireRoom();
    const model = this.#crew.heldOr(version);
    const question = { number: this.#number++, model, bytes: alone(bytes), keep };
    const job = new Job(question, {
      deadline: this.#options.deadline,
      signal,
      onGivenUp: () => this.#queue.delete(question.number),
      onLate: () => this.#crew.endIfStuck(job),
    });
    if (!job.isSettled) {
      this.#queue.set(question.number, job);
      this.#dispatchSoon();
    }
    return job.answer;
  }

  /**
   * Lets another model answer from now on. Questions under way are answered by the one before.
   *
   * @throws InklingError, and changes nothing, where a thread finds fault with the model.
   */
  swap(model: ModelFile): Promise<void> {
    return this.#crew.swap(model, () => this.#renameModels());
  }

  /**
   * Holds a model ready beside the one that answers, or none.
   *
   * @throws InklingError, and changes nothing, where a thread finds fault with the model.
   */
  holdSecond(model: ModelFile | undefined): Promise<void> {
    return this.#crew.holdSecond(model, () => this.#renameModels());
  }

  /** What waits is answered by a model that is held. */
  #renameModels(): void {
    for (const { question } of this.#queue.values()) question.model = this.#crew.heldOr(question.model);
  }

  /** Turns away what has been asked, and ends the threads. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const inHand = await this.#crew.close();
    for (const job of [...this.#queue.values(), ...inHand]) job.reject(stopping());
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
    const parcels = new Map<Place, Job[]>();
    for (const [number, job] of this.#queue) {
      const place = this.#crew.leastBusy();
      if (!place || place.load >= room) break;
      this.#queue.delete(number);
      job.attempts++;
      this.#crew.reserve(place, job);
      const parcel = parcels.get(place);
      if (parcel) parcel.push(job);
      else parcels.set(place, [job]);
    }
    for (const [place, jobs] of parcels) this.#crew.give(place, jobs);
  }

  #tryAgain(jobs: Job[]): void {
    const again = new Map<number, Job>();
    for (const job of jobs.filter(({ isSettled }) => !isSettled)) {
      if (job.attempts < MOST_ATTEMPTS) {
        job.question.model = this.#crew.heldOr(job.question.model);
        again.set(job.question.number, job);
      } else job.reject(busy('Reading this picture failed twice; try again or send another.'));
    }
    this.#queue = new Map([...again, ...this.#queue]);
    this.#dispatchSoon();
  }
}

const stopping = () => busy('The server is stopping; try again in a moment.', 5);

/** Bytes that share no memory with others: a message to a thread takes all of the memory that an array looks into. */
function alone(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}
