/** The job `read`: a chunk of pictures, which come with the job, so that workers need not see the disk they are on. */
import { createHash } from 'node:crypto';
import { unzipSync, zipSync } from 'fflate';
import type { NewJob } from '../../../server/jobs/queue.ts';
import { type JobContext, JobError, TEMPORARY } from '../../../server/jobs/worker.ts';
import type { Store } from '../../../server/store/store.ts';
import {
  type BatchPool,
  type Chunk,
  type ChunkReading,
  type Loaded,
  readChunk,
  startPool,
} from '../readBatch/chunk.ts';

export const READ = 'read';
/** Files of the job: what is to be read, and what was. */
const PICTURES = `${TEMPORARY}pictures.zip`;
export const READINGS = 'readings.jsonl';

interface ReadPayload {
  /** Version of the model, which is in the database. */
  model: string;
  files: string[];
  /** Why a picture is not among those that are sent, by its place. */
  errors: Record<string, string>;
}

/** A job to read a chunk. The same pictures and names with the same model are the same job. */
export function chunkJob(model: string, { from, files }: Chunk, loaded: readonly Loaded[]): NewJob {
  const errors: Record<string, string> = {};
  const pictures: Record<string, Uint8Array> = {};
  const hash = createHash('sha256').update(JSON.stringify([model, from, files]));
  for (const [place, one] of loaded.entries()) {
    if ('error' in one) errors[place] = one.error;
    else pictures[place] = one;
    hash.update('error' in one ? one.error : createHash('sha256').update(one).digest());
  }
  return {
    kind: READ,
    label: `pictures ${from + 1} to ${from + files.length}`,
    payload: { model, files, errors } satisfies ReadPayload,
    key: `read:${hash.digest('hex')}`,
    files: { [PICTURES]: zipSync(pictures, { level: 0 }) },
  };
}

export async function readJob(
  { job, get, put }: JobContext,
  pools: ModelPools,
): Promise<Omit<ChunkReading, 'lines'>> {
  const { model, files, errors } = job.payload as ReadPayload;
  // Another worker has read them, and died before it could say so.
  const before = await get(READINGS);
  if (before) return { failed: linesOf(before).filter((line) => 'error' in JSON.parse(line)).length };
  const packed = await get(PICTURES);
  if (!packed) throw new JobError('The pictures of this job are gone.', { inVain: true });
  const pictures = unzipSync(packed);
  const load = async (place: number): Promise<Loaded> =>
    place in errors ? { error: errors[place] } : pictures[place];
  const sizeOf = (place: number) => pictures[place]?.length ?? 0;
  const { lines, failed } = await pools.use(model, (pool) => readChunk(pool, { files, sizeOf, load }));
  await put(READINGS, new TextEncoder().encode(lines.join('\n')));
  return { failed };
}

export function linesOf(readings: Uint8Array): string[] {
  return new TextDecoder().decode(readings).split('\n');
}

interface Shared {
  pool: Promise<BatchPool>;
  users: number;
}

/** Threads that read, for each model that someone reads with; those of the latest stay until another is asked for. */
export class ModelPools {
  readonly #store: Store;
  readonly #threads: number;
  readonly #pools = new Map<string, Shared>();

  constructor(store: Store, threads: number) {
    this.#store = store;
    this.#threads = threads;
  }

  async use<Result>(version: string, work: (pool: BatchPool) => Promise<Result>): Promise<Result> {
    const shared = this.#pools.get(version) ?? { pool: this.#start(version), users: 0 };
    this.#pools.set(version, shared);
    shared.users++;
    await this.#closeIdle();
    try {
      return await work(await shared.pool);
    } catch (error) {
      // A pool that could not start is no use to the next.
      await shared.pool.catch(() => this.#pools.delete(version));
      throw error;
    } finally {
      shared.users--;
    }
  }

  close(): Promise<void> {
    return this.#closeIdle();
  }

  async #closeIdle(): Promise<void> {
    for (const [version, { pool, users }] of this.#pools) {
      if (users > 0) continue;
      this.#pools.delete(version);
      // Where it never started, whoever waited for it has heard.
      await pool.then((started) => started.pool.close()).catch(() => undefined);
    }
  }

  async #start(version: string): Promise<BatchPool> {
    const model = await this.#store.model(version);
    if (!model) throw new JobError(`The database does not hold the model ${version}.`, { inVain: true });
    return startPool(model, this.#threads);
  }
}
