/** The store on a database: its parts put together. */
import { sql } from 'kysely';
import { Buckets } from './buckets.ts';
import type { Database } from './database.ts';
import { Models } from './models.ts';
import { Predictions } from './predictions.ts';
import { Registry } from './registry.ts';
import { Reviews } from './reviews.ts';
import {
  type CorrectionPage,
  type CorrectionsOptions,
  type ListOptions,
  type ModelEntry,
  type Page,
  type Prediction,
  type PromoteOptions,
  type Promotion,
  type Review,
  type Store,
  type StoredModel,
  StoreUnavailableError,
  type Trial,
  type Usage,
} from './store.ts';
import { Trials } from './trials.ts';

export class DatabaseStore implements Store {
  readonly #database: Database;
  readonly #predictions: Predictions;
  readonly #buckets: Buckets;
  readonly #models: Models;
  readonly #registry: Registry;
  readonly #reviews: Reviews;
  readonly #trials: Trials;
  readonly #underWay = new Set<Promise<unknown>>();
  #closed = false;

  constructor(database: Database) {
    this.#database = database;
    this.#predictions = new Predictions(database);
    this.#buckets = new Buckets(database);
    this.#models = new Models(database);
    this.#registry = new Registry(database);
    this.#reviews = new Reviews(database);
    this.#trials = new Trials(database);
  }

  add(prediction: Prediction): Promise<boolean> {
    return this.#during(() => this.#predictions.add(prediction));
  }

  list(options: ListOptions): Promise<Page> {
    return this.#during(() => this.#predictions.list(options));
  }

  get(owner: string, id: string): Promise<Prediction | undefined> {
    return this.#during(() => this.#predictions.get(owner, id));
  }

  correct(owner: string, id: string, correction: string | null, at: number): Promise<boolean> {
    return this.#during(() => this.#predictions.correct(owner, id, correction, at));
  }

  remove(owner: string, id: string): Promise<boolean> {
    return this.#during(() => this.#predictions.remove(owner, id));
  }

  removeAll(owner: string): Promise<number> {
    return this.#during(() => this.#predictions.removeAll(owner));
  }

  each(owner: string): AsyncIterable<Prediction> {
    return this.#predictions.each(owner);
  }

  prune(limits: { before?: number; count?: number }): Promise<number> {
    return this.#during(() => this.#predictions.prune(limits));
  }

  counts(): Promise<{ predictions: number; corrections: number }> {
    return this.#during(() => this.#predictions.counts());
  }

  take(key: string, cost: number, capacity: number, seconds: number): Promise<number> {
    return this.#during(() => this.#buckets.take(key, cost, capacity, seconds));
  }

  addModel(model: StoredModel): Promise<void> {
    return this.#during(() => this.#models.add(model));
  }

  models(): Promise<Omit<StoredModel, 'bytes'>[]> {
    return this.#during(() => this.#models.list());
  }

  model(version: string): Promise<StoredModel | undefined> {
    return this.#during(() => this.#models.get(version));
  }

  alias(name: string): Promise<string | undefined> {
    return this.#during(() => this.#models.alias(name));
  }

  setAlias(name: string, version: string): Promise<void> {
    return this.#during(() => this.#models.setAlias(name, version));
  }

  register(...asked: Parameters<Store['register']>): Promise<void> {
    return this.#during(() => this.#registry.register(...asked));
  }

  registry(): Promise<ModelEntry[]> {
    return this.#during(() => this.#registry.list());
  }

  promote(version: string, options: PromoteOptions): Promise<boolean> {
    return this.#during(() => this.#registry.promote(version, options));
  }

  promotions(limit: number): Promise<Promotion[]> {
    return this.#during(() => this.#registry.promotions(limit));
  }

  setTrial(...asked: Parameters<Store['setTrial']>): Promise<void> {
    return this.#during(() => this.#trials.set(...asked));
  }

  trial(champion: string): Promise<Trial | undefined> {
    return this.#during(() => this.#trials.get(champion));
  }

  addReadings(...asked: Parameters<Store['addReadings']>): Promise<void> {
    return this.#during(() => this.#trials.addReadings(...asked));
  }

  usage(): Promise<Usage[]> {
    return this.#during(() => this.#trials.usage());
  }

  corrections(options: CorrectionsOptions): Promise<CorrectionPage> {
    return this.#during(() => this.#reviews.list(options));
  }

  review(id: string, review: Review): Promise<boolean> {
    return this.#during(() => this.#reviews.review(id, review));
  }

  async check(): Promise<void> {
    await this.#during(() => sql`select 1`.execute(this.#database.queries));
  }

  /** What was asked before is finished first. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#underWay);
    await this.#database.close();
  }

  async #during<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new StoreUnavailableError('The store is closed.');
    const promise = work();
    this.#underWay.add(promise);
    try {
      return await promise;
    } finally {
      this.#underWay.delete(promise);
    }
  }
}
