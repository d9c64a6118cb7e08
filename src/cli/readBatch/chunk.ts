/**
 * Some pictures, read together: the same here and in a job. Each comes to one line of JSON, in the order of the
 * pictures, whether it can be read or not.
 */
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { ReadingPool } from '../../../server/reading/pool.ts';
import { InklingError, MOST_PICTURE_BYTES, readPictureFile } from '../../index.ts';

/** Pictures in a chunk; chunks begin at multiples of this. */
export const CHUNK = 32;
/** A picture that takes so long, in milliseconds, counts as one that cannot be read. */
const DEADLINE = 120_000;
const MOST_WAITING = 1_000_000;
const BATCH = 16;
const BATCH_DELAY = 2;
const MOST_PIXELS = 24_000_000;

export interface Chunk {
  /** Place of its first picture among all, from 0. */
  from: number;
  files: string[];
}

/** Bytes of pictures that are read at a time; decoded, they take some ten times as much. */
const MOST_BYTES = 24_000_000;

/** Lets so much through at a time, in order; what is more than all of it by itself. */
class Gate {
  readonly #waiting: { size: number; pass(): void }[] = [];
  #inside = 0;

  async during<Result>(size: number, work: () => Promise<Result>): Promise<Result> {
    await new Promise<void>((pass) => {
      this.#waiting.push({ size, pass });
      this.#open();
    });
    try {
      return await work();
    } finally {
      this.#inside -= size;
      this.#open();
    }
  }

  #open(): void {
    while (this.#waiting.length > 0) {
      const [{ size, pass }] = this.#waiting;
      if (this.#inside > 0 && this.#inside + size > MOST_BYTES) return;
      this.#waiting.shift();
      this.#inside += size;
      pass();
    }
  }
}

/** Threads that read, and what keeps them from being given too much. */
export interface BatchPool {
  pool: ReadingPool;
  gate: Gate;
}

/** A picture's bytes, or why there are none. */
export type Loaded = Uint8Array | { error: string };

export interface ChunkReading {
  lines: string[];
  /** How many could not be read. */
  failed: number;
}

export type Model = { version: string; bytes: Uint8Array };

/** Threads that read pictures with a model. */
export async function startPool(model: Model, threads = availableParallelism()): Promise<BatchPool> {
  const { ReadingPool } = await import('../../../server/reading/pool.ts');
  const pool = await ReadingPool.start(
    {
      ...{ workers: threads, maximumBatch: BATCH, batchDelay: BATCH_DELAY },
      ...{ maximumPixels: MOST_PIXELS, maximumUpload: MOST_PICTURE_BYTES },
      ...{ queueLimit: MOST_WAITING, deadline: DEADLINE },
    },
    model,
  );
  return { pool, gate: new Gate() };
}

/** In bytes; 0 where it cannot be read, which reading it will tell. */
export async function pictureSize(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Reads a file; what is wrong with it is told, not thrown. */
export async function loadPicture(file: string): Promise<Loaded> {
  try {
    return await readPictureFile(file, { bytes: MOST_PICTURE_BYTES });
  } catch (error) {
    if (!(error instanceof InklingError)) throw error;
    return { error: error.message };
  }
}

export interface ChunkSource {
  files: readonly string[];
  /** Bytes of the picture with that place in the chunk, before it is loaded. */
  sizeOf(place: number): number | Promise<number>;
  load(place: number): Promise<Loaded>;
}

export async function readChunk(
  { pool, gate }: BatchPool,
  { files, sizeOf, load }: ChunkSource,
): Promise<ChunkReading> {
  let failed = 0;
  const lines = await Promise.all(
    files.map(async (file, place) => {
      const size = Math.min(MOST_BYTES, await sizeOf(place));
      const reading = await gate.during(size, async () => readOne(pool, await load(place)));
      if ('error' in reading) failed++;
      return JSON.stringify({ file, ...reading });
    }),
  );
  return { lines, failed };
}

async function readOne(pool: ReadingPool, loaded: Loaded) {
  if ('error' in loaded) return loaded;
  const { HttpProblem } = await import('../../../server/problem.ts');
  try {
    const { text, digits, rejected, milliseconds, width, height } = await pool.read(loaded, false);
    return {
      text,
      digits: digits.map(({ digit, confidence, probabilities, notDigit, box }) => {
        return { digit, confidence, probabilities, notDigit, box };
      }),
      ...{ rejected, milliseconds: Math.round(milliseconds * 10) / 10, width, height },
    };
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    return { error: error.message };
  }
}
