/**
 * The threads that read: each is replaced where it dies or hangs, and all change their model together.
 *
 * Every thread gets a new model ready and examines it while the old one answers, and only when all have, new questions
 * name the new model. A second model may be held ready beside the one that answers, for who asks for it.
 */
import { InklingError } from '../../src/index.ts';
import type { Job } from './job.ts';
import type { FromWorker, ModelFile, WorkerSettings } from './messages.ts';
import { startThread, type Thread } from './thread.ts';

export interface CrewOptions extends Omit<WorkerSettings, 'model'> {
  workers: number;
  /** Milliseconds that a thread may take for a question after its deadline, before it counts as stuck. */
  patience: number;
  /** What the threads run, in place of `worker.ts`. */
  script?: URL;
  onBatch?: (size: number) => void;
  /** Told why a thread ended, or why it could not be replaced yet. */
  onRestart?: (reason: string) => void;
}

export interface CrewEvents {
  /** There is room for more questions. */
  onRoom(): void;
  /** These jobs were in the hands of a thread that ended. */
  onLost(jobs: Job[]): void;
}

/** Where a thread is, or will be again. */
export interface Place {
  thread?: Thread;
  /** What it has in hand, by number. */
  jobs: Map<number, Job>;
  /** The cost of all that it has in hand. */
  load: number;
}

const RESTART_DELAY = 100;
const LOOK_EVERY = 20;

export class Crew {
  readonly #options: CrewOptions;
  readonly #events: CrewEvents;
  readonly #places: Place[];
  #model: ModelFile;
  /** One that is held ready beside it, for who asks for it. */
  #second: ModelFile | undefined;
  #swapping: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: CrewOptions, model: ModelFile, events: CrewEvents) {
    this.#options = options;
    this.#events = events;
    this.#model = model;
    this.#places = Array.from({ length: options.workers }, () => ({ jobs: new Map(), load: 0 }));
  }

  /** Throws an `InklingError` where the model cannot be used. */
  async start(): Promise<void> {
    await Promise.all(this.#places.map((place) => this.#fill(place)));
  }

  /** The version that new questions shall name, unless they ask for another. */
  get model(): string {
    return this.#model.version;
  }

  /** The version that was asked for, if it is held; else that of the model that answers. */
  heldOr(version: string | undefined): string {
    return version !== undefined && version === this.#second?.version ? version : this.#model.version;
  }

  get figures(): { reading: number; workers: number } {
    return {
      reading: this.#places.reduce((sum, { jobs }) => sum + jobs.size, 0),
      workers: this.#places.filter(({ thread }) => thread).length,
    };
  }

  /** Where the least is to be done; undefined where no thread is running. */
  leastBusy(): Place | undefined {
    let least: Place | undefined;
    for (const place of this.#places) {
      if (place.thread && (!least || place.load < least.load)) least = place;
    }
    return least;
  }

  /** Gives a place some jobs, in one message. */
  give(place: Place, jobs: readonly Job[]): void {
    place.thread!.ask(jobs.map(({ question }) => question));
  }

  /** Counts a job as in the hands of a place, to which it is given soon. */
  reserve(place: Place, job: Job): void {
    place.jobs.set(job.question.number, job);
    place.load += job.cost;
  }

  /** Ends the threads at once, and gives the jobs that they had in hand. */
  async close(): Promise<Job[]> {
    this.#isClosed = true;
    for (const { thread } of this.#places) await thread?.stop();
    return this.#places.flatMap(({ jobs }) => [...jobs.values()]);
  }

  /**
   * Changes the model once changes before this one are done. `onChange` is called when the new one is ready everywhere
   * and before anything is asked of it.
   *
   * @throws InklingError, and changes nothing, where a thread finds fault with the model.
   */
  swap(model: ModelFile, onChange: () => void): Promise<void> {
    return this.#inTurn(async () => {
      const before = this.#model;
      if (model.version === before.version) return;
      await this.#loadEverywhere(model, () => {
        this.#model = model;
        onChange();
      });
      await this.#forget(before.version);
    });
  }

  /**
   * Holds a model ready beside the one that answers, or none. `onChange` is called when it may be asked, or the one
   * before no more.
   *
   * @throws InklingError, and changes nothing, where a thread finds fault with the model.
   */
  holdSecond(model: ModelFile | undefined, onChange: () => void): Promise<void> {
    return this.#inTurn(async () => {
      const before = this.#second;
      if (model?.version === before?.version) return;
      const adopt = () => {
        this.#second = model;
        onChange();
      };
      if (model) await this.#loadEverywhere(model, adopt);
      else adopt();
      if (before) await this.#forget(before.version);
    });
  }

  /** Changes of models come one after the other. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    const changed = this.#swapping.then(change);
    this.#swapping = changed.catch(() => undefined);
    return changed;
  }

  /** Adopts a model when all threads have it. Threads that were started meanwhile, without it, are replaced. */
  async #loadEverywhere(model: ModelFile, adopt: () => void): Promise<void> {
    const threads = this.#places.flatMap(({ thread }) => thread ?? []);
    if (threads.length === 0) throw new InklingError('No thread is running at the moment; try again.');
    try {
      await Promise.all(threads.map((thread) => thread.load(model)));
    } catch (error) {
      if (!this.#isHeld(model.version)) for (const thread of threads) thread.forget(model.version);
      throw error;
    }
    adopt();
    for (const { thread } of this.#places) {
      if (thread && !threads.includes(thread)) thread.stop();
    }
  }

  #isHeld(version: string): boolean {
    return version === this.#model.version || version === this.#second?.version;
  }

  /** Lets the threads forget a model that is held no longer, once none is at work with it. */
  async #forget(version: string): Promise<void> {
    if (this.#isHeld(version)) return;
    await this.#answered(version);
    if (this.#isHeld(version)) return;
    for (const { thread } of this.#places) thread?.forget(version);
  }

  /** Resolves when no thread is at work with a version. */
  async #answered(version: string): Promise<void> {
    const isUsed = () =>
      this.#places.some(({ jobs }) => [...jobs.values()].some(({ question }) => question.model === version));
    while (isUsed() && !this.#isClosed) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
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
    this.#events.onRoom();
  }

  #hear(place: Place, message: FromWorker): void {
    if (message.kind === 'batches') for (const size of message.sizes) this.#options.onBatch?.(size);
    if (message.kind !== 'answers') return;
    for (const result of message.answers) {
      const job = place.jobs.get(result.number);
      if (!job) continue;
      place.jobs.delete(result.number);
      place.load = place.jobs.size > 0 ? place.load - job.cost : 0;
      if ('answer' in result) job.resolve(result.answer);
      else job.refuse(result.refusal);
    }
    this.#events.onRoom();
  }

  /** Ends the thread that a late job is in, unless it answers yet; it is then replaced like one that died. */
  endIfStuck(job: Job): void {
    const { number } = job.question;
    const place = this.#places.find(({ jobs }) => jobs.has(number));
    const thread = place?.thread;
    if (!place || !thread) return;
    setTimeout(() => {
      if (place.thread === thread && place.jobs.has(number)) void thread.stop();
    }, this.#options.patience).unref();
  }

  #lose(place: Place, reason: string): void {
    place.thread = undefined;
    const jobs = [...place.jobs.values()];
    place.jobs.clear();
    place.load = 0;
    if (this.#isClosed) return;
    this.#options.onRestart?.(reason);
    this.#refill(place);
    this.#events.onLost(jobs);
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
