/** An SQLite file as the store's database, kept by a thread of its own. */
import { mkdir, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  type CompiledQuery,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { queriesThrough, type SqliteDatabase } from '../database.ts';
import { StoreUnavailableError } from '../store.ts';
import { explainOpening, explainRunning } from './errors.ts';
import {
  type Answer,
  CLOSE,
  type Opened,
  type Request,
  type Result,
  type WorkerSettings,
} from './messages.ts';

/** How long to wait for another process that holds the file, in milliseconds. */
const BUSY_TIMEOUT = 5000;

const CHANGES: ReadonlySet<string> = new Set(['InsertQueryNode', 'UpdateQueryNode', 'DeleteQueryNode']);

/** Makes the file where there is none, for this user alone. SQLite gives its log the same rights. */
async function makePrivate(file: string): Promise<void> {
  await mkdir(dirname(resolve(file)), { recursive: true });
  await (await open(file, 'a', 0o600)).close();
}

/** Kysely would let only one query at a time through to SQLite. The thread takes many, and groups them. */
class ManyAtOnce extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

interface Waiting {
  resolve(results: Result[]): void;
  reject(error: Error): void;
}

/**
 * @param maximumBytes how large the file may grow; 0 for no limit.
 * @throws InklingError where the file is not one of ours or cannot be written.
 */
export async function openSqlite(file: string, { maximumBytes = 0 } = {}): Promise<SqliteDatabase> {
  try {
    if (file !== ':memory:') await makePrivate(file);
  } catch (error) {
    throw explainOpening(file, { message: (error as Error).message, code: 0, reason: 'database' });
  }
  const thread = new DatabaseThread({ file, maximumBytes, busyTimeout: BUSY_TIMEOUT });
  await thread.open();
  const run = async (query: CompiledQuery) => (await thread.run([query]))[0];
  return {
    kind: 'sqlite',
    queries: queriesThrough(run, {
      createAdapter: () => new ManyAtOnce(),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createIntrospector: (database) => new SqliteIntrospector(database),
    }),
    together: (queries) => thread.run(queries),
    close: () => thread.close(),
  };
}

/** Asks the thread, and starts it anew where it died. */
class DatabaseThread {
  readonly #settings: WorkerSettings;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Promise<Worker> | undefined;
  #number = 0;
  #closed = false;

  constructor(settings: WorkerSettings) {
    this.#settings = settings;
  }

  async open(): Promise<void> {
    await this.#start();
  }

  async run(queries: readonly CompiledQuery[]): Promise<QueryResult<unknown>[]> {
    if (this.#closed) throw new StoreUnavailableError('The store is closed.');
    const worker = await this.#start();
    const number = this.#number++;
    const request: Request = {
      number,
      queries: queries.map(({ sql, parameters }) => ({ sql, parameters: parameters.map(alone) })),
      writes: queries.some(({ query }) => CHANGES.has(query.kind)),
      forgets: queries.some(({ sql }) => sql.startsWith('delete from "predictions"')),
    };
    const results = await new Promise<Result[]>((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      worker.postMessage(request);
    });
    return results.map(({ rows, changes }) => ({ rows, numAffectedRows: BigInt(changes) }));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const worker = await this.#worker;
    if (!worker) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage(CLOSE);
    await ended;
  }

  #start(): Promise<Worker> {
    this.#worker ??= this.#open().catch((error) => {
      this.#worker = undefined;
      throw error;
    });
    return this.#worker;
  }

  async #open(): Promise<Worker> {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: this.#settings });
    const { failure } = await new Promise<Opened>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    if (failure) throw explainOpening(this.#settings.file, failure);
    worker.on('message', (answers: Answer[]) => {
      for (const answer of answers) this.#take(answer);
    });
    // What it died of comes as an error first; without a listener that would end the process.
    worker.on('error', () => {});
    worker.once('exit', () => this.#died());
    return worker;
  }

  #take({ number, results, failure }: Answer): void {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (failure) waiting?.reject(explainRunning(this.#settings.file, failure));
    else waiting?.resolve(results!);
  }

  #died(): void {
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) {
      reject(new StoreUnavailableError(`The thread that keeps the database ${this.#settings.file} ended.`));
    }
    this.#waiting.clear();
  }
}

/** A view of part of a buffer is sent with all of that buffer: send a copy of the part instead. */
function alone(value: unknown): unknown {
  if (!(value instanceof Uint8Array)) return value;
  return value.byteLength === value.buffer.byteLength ? value : Uint8Array.from(value);
}
