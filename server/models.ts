/**
 * Which model answers, and which others there are.
 *
 * All models are kept in the database. The alias `champion` there names the current one once an administrator has chosen
 * one; until then it is the one that the app began with. Every server on a database looks at the alias every few
 * seconds, so that all of them change together.
 */
import { join } from 'node:path';
import type { Logger } from 'pino';
import {
  type Calibration,
  decodeNetwork,
  InklingError,
  type ModelSummary,
  readFileBounded,
  summarise,
} from '../src/index.ts';
import { addModel, nameOf, requirePredecessor, versionOf } from './learning/registry.ts';
import type { ModelFile } from './reading/messages.ts';
import type { ReadingPool } from './reading/pool.ts';
import type { Store, StoredModel } from './store/store.ts';
import { TrialKeeper } from './trials.ts';

const SHIPPED_MODEL = join(import.meta.dirname, '../weights/reader.safetensors');
export const MAXIMUM_MODEL_BYTES = 64 * 1024 * 1024;
const ALIAS = 'champion';
const LOOK_EVERY = 2000;
const MOST_DESCRIBED = 32;
/** Files that are held ready for pages, which ask for that of the current model and hardly for another. */
const MOST_FILES = 2;

/** What a model is, from its file. */
export interface ModelDescription {
  classNames: readonly string[];
  calibration: Calibration | null;
  provenance: Record<string, unknown>;
  summary: ModelSummary;
  bytes: number;
}

/** The model to begin with: a file that was named, or the one that comes with Inkling. */
export async function readModelFile(path = SHIPPED_MODEL): Promise<ModelFile & { name: string }> {
  const bytes = await readFileBounded(path, MAXIMUM_MODEL_BYTES);
  return { version: versionOf(bytes), bytes, name: nameOf(decodeNetwork(bytes, path)) };
}

/** The model that the database names, else the one to begin with, which the database then knows too. */
export async function chooseModel(
  store: Store,
  first: ModelFile & { name: string },
  logger: Logger,
): Promise<ModelFile> {
  const { version, bytes } = first;
  await addModel(store, bytes, `The model ${version}`);
  const chosen = await store.alias(ALIAS);
  if (chosen === undefined || chosen === version) return first;
  const stored = await store.model(chosen);
  if (!stored || versionOf(stored.bytes) !== chosen) {
    logger.error({ version: chosen }, 'the database names a model that it does not hold; using the first');
    return first;
  }
  return { version: chosen, bytes: stored.bytes };
}

export class ModelKeeper {
  readonly #store: Store;
  readonly #pool: ReadingPool;
  readonly #logger: Logger;
  readonly #onSwap: () => void;
  readonly #described = new Map<string, ModelDescription>();
  readonly #files = new Map<string, Promise<Uint8Array<ArrayBuffer> | undefined>>();
  readonly #timer: NodeJS.Timeout;
  /** Which candidate is tried beside the current model. */
  readonly trials: TrialKeeper;
  /** A version that was found wanting is not tried again and again. */
  #refused: string | undefined;
  /** The change under way, and whether that is only looking at the database. */
  #change: Promise<unknown> = Promise.resolve();
  #isFollowing = false;

  constructor(store: Store, pool: ReadingPool, logger: Logger, onSwap: () => void = () => undefined) {
    this.#store = store;
    this.#pool = pool;
    this.#logger = logger;
    this.#onSwap = onSwap;
    this.trials = new TrialKeeper(store, pool, logger);
    this.#timer = setInterval(() => {
      if (!this.#isFollowing) void this.follow();
    }, LOOK_EVERY);
    this.#timer.unref();
  }

  get current(): string {
    return this.#pool.model;
  }

  /** Undefined where there is no such model. */
  async describe(version: string): Promise<ModelDescription | undefined> {
    const known = this.#described.get(version);
    if (known) return known;
    const stored = await this.#store.model(version);
    if (!stored) return undefined;
    const network = decodeNetwork(stored.bytes, `The model ${version}`);
    const description = {
      classNames: network.classNames,
      calibration: network.calibration ?? null,
      provenance: network.provenance,
      summary: summarise(network.model),
      bytes: stored.bytes.length,
    };
    if (this.#described.size >= MOST_DESCRIBED) this.#described.clear();
    this.#described.set(version, description);
    return description;
  }

  /**
   * The file of a model, the same memory for all who ask, however many they are. Undefined where there is no such model.
   *
   * @throws InklingError where it is damaged.
   */
  async file(version: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    let file = this.#files.get(version);
    if (!file) {
      file = this.#store.model(version).then((stored) => stored && new Uint8Array(intact(stored)));
      for (const oldest of this.#files.keys()) {
        if (this.#files.size < MOST_FILES) break;
        this.#files.delete(oldest);
      }
      this.#files.set(version, file);
      const forget = () => this.#files.get(version) === file && this.#files.delete(version);
      file.then((found) => found ?? forget(), forget);
    }
    return file;
  }

  /** Keeps a model file, without using it yet. Throws an `InklingError` where it is none. */
  async add(bytes: Uint8Array): Promise<{ version: string; name: string; createdAt: number }> {
    return addModel(this.#store, bytes, 'The file');
  }

  /** Lets a model answer from now on, here and in all servers on the database. False where there is no such model. */
  choose(version: string, reason: string | null = null): Promise<boolean> {
    return this.#inTurn(() => this.#choose(version, reason));
  }

  async #choose(version: string, reason: string | null): Promise<boolean> {
    const before = this.current;
    if (!(await this.#use(version))) return false;
    try {
      // An administrator who chooses what answers already means that it shall stay.
      if (version === before) await this.#store.setAlias(ALIAS, version);
      else await this.#store.promote(version, { at: Date.now(), reason, previous: before });
    } catch (error) {
      await this.#use(before).catch(() => undefined);
      throw error;
    }
    await this.#followTrial();
    return true;
  }

  /** Goes back to the model that answered before, and gives its version. Throws an `InklingError` where there is none. */
  async rollBack(): Promise<string> {
    const version = await requirePredecessor(this.#store, this.current);
    if (!(await this.choose(version, `Rolled back from ${this.current}.`))) {
      throw new InklingError(`The model ${version} is not in the database any more.`);
    }
    return version;
  }

  /** Changes to the models that the database names, if they are others. */
  follow(): Promise<void> {
    this.#isFollowing = true;
    return this.#inTurn(async () => {
      if (await this.#followChampion()) await this.#followTrial();
    }).finally(() => {
      this.#isFollowing = false;
    });
  }

  /**
   * Changes come one after the other: what looks at the database between the swap of a chosen model and its promotion there
   * would find the model before, and swap back to it.
   */
  #inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const done = this.#change.then(change);
    this.#change = done.catch(() => undefined);
    return done;
  }

  async #followTrial(): Promise<void> {
    try {
      await this.trials.follow();
    } catch (error) {
      this.#logger.error({ err: error }, 'cannot try the candidate that the database names');
    }
  }

  /** False where the database cannot tell, or names a model that cannot be used. */
  async #followChampion(): Promise<boolean> {
    let version: string | undefined;
    try {
      version = await this.#store.alias(ALIAS);
      if (version === undefined || version === this.current || version === this.#refused) return true;
      if (!(await this.#use(version))) throw new InklingError(`The model ${version} is not in the database.`);
      return true;
    } catch (error) {
      if (error instanceof InklingError) this.#refused = version;
      this.#logger.error({ version, err: error }, 'cannot change to the model that the database names');
      return false;
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.trials.stop();
  }

  async #use(version: string): Promise<boolean> {
    if (version === this.current) return true;
    const stored = await this.#store.model(version);
    if (!stored) return false;
    await this.#pool.swap({ version, bytes: intact(stored) });
    this.#logger.info({ version }, 'another model answers from now on');
    this.#onSwap();
    return true;
  }
}

/** The bytes of a model whose digest is that of its name. Throws an `InklingError` where it is another. */
function intact({ version, bytes }: StoredModel): Uint8Array {
  if (versionOf(bytes) === version) return bytes;
  throw new InklingError(`The model ${version} is damaged in the database; send its file again.`);
}
