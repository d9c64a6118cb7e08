/** The page's side of the worker that reads. Questions get a promise; of live ones only the latest waits its turn. */
import type { Answers, Ask, LocalReading, Question, Reply } from './protocol.ts';

interface Waiting {
  resolve(answer: never): void;
  reject(error: Error): void;
}

type ReadQuestion = Extract<Question, { type: 'read' }>;

export interface ModelPlace {
  version: string;
  /** Address of the model file. */
  weights: string;
}

export class Engine {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #ticket = 0;
  #loading?: Promise<Answers['load']>;
  #isReading = false;
  #next?: { question: () => ReadQuestion; use: (reading: LocalReading) => void };
  /** What answers, once it is there. */
  model?: Answers['load'];

  constructor(find: () => Promise<ModelPlace>) {
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    this.#worker.onmessage = ({ data }: MessageEvent<Reply>) => this.#hear(data);
    this.#worker.onerror = (event) => this.#fail(event.message);
    this.#find = find;
  }

  readonly #find: () => Promise<ModelPlace>;

  /** Resolves when the network is ready; tries again where it failed before. */
  ready(): Promise<Answers['load']> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /** Takes another network if the server answers with one that is not this; whether it was another. */
  async follow(version: string): Promise<boolean> {
    if (!this.model || this.model.version === version) return false;
    this.#loading = undefined;
    return (await this.ready()).version === version;
  }

  async ask<Type extends keyof Answers>(question: Extract<Question, { type: Type }>): Promise<Answers[Type]> {
    if (question.type !== 'load') await this.ready();
    const ticket = ++this.#ticket;
    return new Promise<Answers[Type]>((resolve, reject) => {
      this.#waiting.set(ticket, { resolve, reject });
      const ask: Ask = { ticket, ...question };
      // Pixels go to the worker for good: nobody here needs them any more.
      this.#worker.postMessage(ask, ask.type === 'read' ? [ask.data.buffer] : []);
    });
  }

  /** Reads; a question that is overtaken by a newer one before its turn is neither put nor answered. */
  readLive(question: () => ReadQuestion, use: (reading: LocalReading) => void): void {
    this.#next = { question, use };
    if (!this.#isReading) void this.#readNext();
  }

  async #readNext(): Promise<void> {
    this.#isReading = true;
    try {
      for (let next = this.#next; next; next = this.#next) {
        this.#next = undefined;
        await this.ready();
        next.use(await this.ask<'read'>(next.question()));
      }
    } catch {
      // Whoever waits for `ready` hears of it; a drawing is read again with its next stroke.
    } finally {
      this.#isReading = false;
    }
  }

  async #load(): Promise<Answers['load']> {
    try {
      this.model = await this.ask<'load'>({ type: 'load', ...(await this.#find()) });
      return this.model;
    } catch (error) {
      this.#loading = undefined;
      throw error;
    }
  }

  #hear(reply: Reply): void {
    const waiting = this.#waiting.get(reply.ticket);
    this.#waiting.delete(reply.ticket);
    if ('failure' in reply) waiting?.reject(new Error(reply.failure));
    else waiting?.resolve(reply.answer as never);
  }

  #fail(sentence: string): void {
    for (const { reject } of this.#waiting.values())
      reject(new Error(sentence || 'The worker did not start.'));
    this.#waiting.clear();
  }
}
