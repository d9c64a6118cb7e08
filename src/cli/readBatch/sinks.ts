/**
 * Where the lines of a batch go: into a file, into the database, or to standard output. The first two know what they
 * hold, so that a batch that was broken off goes on behind it.
 */
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, stat, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Database } from '../../../server/store/database.ts';
import { describeFileError, InklingError } from '../../index.ts';

export interface Sink {
  /** The names of the pictures whose lines are there, in order. */
  done(): AsyncIterable<string>;
  /** Adds lines, all of them or none. */
  append(from: number, files: readonly string[], lines: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Lines of a file, a JSON object each. */
export class FileSink implements Sink {
  readonly #path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /** @param fromAnew gives up what is there. */
  static async open(path: string, fromAnew: boolean): Promise<FileSink> {
    try {
      await mkdir(dirname(path), { recursive: true });
      const handle = await open(path, fromAnew ? 'w' : 'a');
      await dropHalfLine(path);
      return new FileSink(path, handle);
    } catch (error) {
      throw describeFileError(error, 'write', path);
    }
  }

  async *done(): AsyncGenerator<string> {
    let number = 0;
    for await (const line of createInterface({ input: createReadStream(this.#path) })) {
      number++;
      yield fileIn(line, `${this.#path}, line ${number},`);
    }
  }

  async append(_: number, __: readonly string[], lines: readonly string[]): Promise<void> {
    try {
      await this.#handle.appendFile(lines.map((line) => `${line}\n`).join(''));
    } catch (error) {
      throw describeFileError(error, 'write', this.#path);
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

function fileIn(line: string, where: string): string {
  try {
    const { file } = JSON.parse(line);
    if (typeof file === 'string') return file;
  } catch {
    // It is told below.
  }
  throw new InklingError(
    `${where} is none that read-batch wrote; name another file with --out, or add --force to write it anew.`,
  );
}

const TAIL = 1 << 16;

/** A kill in the middle of a write leaves part of a line. */
async function dropHalfLine(path: string): Promise<void> {
  const { size } = await stat(path);
  const handle = await open(path, 'r');
  try {
    for (let end = size; end > 0; end -= TAIL) {
      const start = Math.max(0, end - TAIL);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
      const at = buffer.subarray(0, bytesRead).lastIndexOf(10);
      if (at >= 0) return void (start + at + 1 < size && (await truncate(path, start + at + 1)));
    }
    if (size > 0) await truncate(path, 0);
  } finally {
    await handle.close();
  }
}

const PAGE = 1000;

/** Rows of the table `readings`, under the name of the batch. */
export class DatabaseSink implements Sink {
  readonly #database: Database;
  readonly #batch: string;

  constructor(database: Database, batch: string) {
    this.#database = database;
    this.#batch = batch;
  }

  async *done(): AsyncGenerator<string> {
    for (let after = -1; ; ) {
      const rows = await this.#database.queries
        .selectFrom('readings')
        .select(['number', 'file'])
        .where('batch', '=', this.#batch)
        .where('number', '>', after)
        .orderBy('number')
        .limit(PAGE)
        .execute();
      for (const { file } of rows) yield file;
      if (rows.length < PAGE) return;
      after = rows.at(-1)!.number;
    }
  }

  async append(from: number, files: readonly string[], lines: readonly string[]): Promise<void> {
    const values = lines.map((reading, place) => {
      return { batch: this.#batch, number: from + place, file: files[place], reading };
    });
    await this.#database.queries.insertInto('readings').values(values).execute();
  }

  /** Gives up what is there. */
  async clear(): Promise<void> {
    await this.#database.queries.deleteFrom('readings').where('batch', '=', this.#batch).execute();
  }

  async close(): Promise<void> {
    // The database is closed by whoever opened it.
  }
}

/** Standard output remembers nothing. */
export class OutputSink implements Sink {
  readonly #write: (line: string) => void;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  async *done(): AsyncGenerator<string> {}

  async append(_: number, __: readonly string[], lines: readonly string[]): Promise<void> {
    for (const line of lines) this.#write(line);
  }

  async close(): Promise<void> {}
}
