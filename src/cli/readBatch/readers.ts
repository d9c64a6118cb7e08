/** Where chunks are read: by threads here, or by whoever works on a queue. */
import type { Queue } from '../../../server/jobs/queue.ts';
import { InklingError } from '../../index.ts';
import { patiently, waitAWhile } from '../jobs/follow.ts';
import { chunkJob, linesOf, READINGS } from '../jobs/readJob.ts';
import {
  type BatchPool,
  type Chunk,
  type ChunkReading,
  loadPicture,
  pictureSize,
  readChunk,
} from './chunk.ts';

export interface ChunkReader {
  /** Chunks that may be under way at once. */
  readonly ahead: number;
  /** Begins with a chunk; `collect` waits for what comes of it. */
  begin(chunk: Chunk): Promise<{ collect(): Promise<ChunkReading>; forget(): Promise<void> }>;
}

/** Twice what the threads can be busy with, and two to load meanwhile. */
const SPARE_CHUNKS = 2;
/** Chunks that wait in a queue: enough for many workers, and not too much for its disk. */
const QUEUED_CHUNKS = 32;

export class LocalReader implements ChunkReader {
  readonly ahead: number;
  readonly #pool: BatchPool;

  constructor(pool: BatchPool, threads: number) {
    this.#pool = pool;
    this.ahead = threads + SPARE_CHUNKS;
  }

  async begin({ files }: Chunk) {
    const reading = readChunk(this.#pool, {
      files,
      sizeOf: (place) => pictureSize(files[place]),
      load: (place) => loadPicture(files[place]),
    });
    reading.catch(() => undefined);
    return { collect: () => reading, forget: async () => undefined };
  }
}

export class QueueReader implements ChunkReader {
  readonly ahead = QUEUED_CHUNKS;
  readonly #queue: Queue;
  readonly #model: string;
  readonly #signal: AbortSignal;
  /** The addition before: the pictures of one chunk are in memory at a time. */
  #adding: Promise<unknown> = Promise.resolve();

  /** @param model a version that is in the queue's database. */
  constructor(queue: Queue, model: string, signal: AbortSignal) {
    this.#queue = queue;
    this.#model = model;
    this.#signal = signal;
  }

  async begin(chunk: Chunk) {
    const add = async () => {
      await this.#adding.catch(() => undefined);
      const job = chunkJob(this.#model, chunk, await Promise.all(chunk.files.map(loadPicture)));
      return this.#patiently(() => this.#queue.add(job));
    };
    const adding = add();
    this.#adding = adding;
    let { id } = await adding;
    return {
      collect: async (): Promise<ChunkReading> => {
        for (;;) {
          const job = await this.#patiently(() => this.#queue.get(id));
          // Someone who read the same pictures has put it away.
          if (!job) ({ id } = await add());
          else if (job.state === 'done') {
            const readings = await this.#patiently(() => this.#queue.artefacts.get(id, READINGS));
            if (readings) return { lines: linesOf(readings), failed: (job.result as ChunkReading).failed };
          } else if (job.state === 'failed' || job.state === 'cancelled') {
            throw new InklingError(
              `The job ${id} (${job.label}) ${job.state === 'failed' ? `failed: ${job.error}` : 'was cancelled.'} The same command goes on from there.`,
            );
          }
          await waitAWhile(this.#signal);
        }
      },
      forget: () => this.#patiently(() => this.#queue.remove(id)),
    };
  }

  #patiently<Result>(work: () => Promise<Result>): Promise<Result> {
    return patiently(this.#signal, work);
  }
}
