/**
 * Files that belong to jobs: checkpoints, models, pictures to read, results. They are kept where all workers can get at
 * them, so that workers need share no disk: in the database, or in whatever else keeps to this interface.
 */
import { createHash, randomUUID } from 'node:crypto';
import { InklingError } from '../../src/index.ts';
import type { Database } from '../store/database.ts';

export interface Artefact {
  name: string;
  size: number;
  sha256: string;
  /** Milliseconds since 1970. */
  createdAt: number;
}

export interface Artefacts {
  /** Keeps a file, in place of one of that name; as a whole, or not at all. */
  put(job: string, name: string, bytes: Uint8Array): Promise<void>;
  /** @throws InklingError where it is damaged. */
  get(job: string, name: string): Promise<Uint8Array | undefined>;
  list(job: string): Promise<Artefact[]>;
  remove(job: string, name: string): Promise<void>;
}

/** Rows of a megabyte: neither database has to hold more of a file in memory. */
const PART_BYTES = 1 << 20;

export class DatabaseArtefacts implements Artefacts {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async put(job: string, name: string, bytes: Uint8Array): Promise<void> {
    const { queries } = this.#database;
    const content = randomUUID();
    const before = await this.#find(job, name);
    for (let part = 0; part * PART_BYTES < bytes.length; part++) {
      const slice = Uint8Array.from(bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES));
      await queries.insertInto('artefact_parts').values({ content, part, job, bytes: slice }).execute();
    }
    // Until here nobody sees them; where it ends here, they go with the job.
    const row = { content, size: bytes.length, sha256: digestOf(bytes), created_at: Date.now() };
    await queries
      .insertInto('artefacts')
      .values({ job, name, ...row })
      .onConflict((conflict) => conflict.columns(['job', 'name']).doUpdateSet(row))
      .execute();
    if (before) await this.#forget(before.content);
  }

  async get(job: string, name: string): Promise<Uint8Array | undefined> {
    for (;;) {
      const found = await this.#find(job, name);
      if (!found) return undefined;
      const bytes = new Uint8Array(found.size);
      let at = 0;
      for (let part = 0; at < found.size; part++) {
        const row = await this.#database.queries
          .selectFrom('artefact_parts')
          .select('bytes')
          .where('content', '=', found.content)
          .where('part', '=', part)
          .executeTakeFirst();
        if (!row) break;
        bytes.set(row.bytes, at);
        at += row.bytes.length;
      }
      if (at === found.size && digestOf(bytes) === found.sha256) return bytes;
      // It may have been replaced while it was read.
      if ((await this.#find(job, name))?.content !== found.content) continue;
      throw new InklingError(`The file ${name} of the job ${job} is damaged in the database.`);
    }
  }

  async list(job: string): Promise<Artefact[]> {
    const rows = await this.#database.queries
      .selectFrom('artefacts')
      .select(['name', 'size', 'sha256', 'created_at'])
      .where('job', '=', job)
      .orderBy('name')
      .execute();
    return rows.map(({ created_at, ...row }) => ({ ...row, createdAt: created_at }));
  }

  async remove(job: string, name: string): Promise<void> {
    const found = await this.#find(job, name);
    if (!found) return;
    await this.#database.queries
      .deleteFrom('artefacts')
      .where('job', '=', job)
      .where('name', '=', name)
      .where('content', '=', found.content)
      .execute();
    await this.#forget(found.content);
  }

  #find(job: string, name: string) {
    return this.#database.queries
      .selectFrom('artefacts')
      .select(['content', 'size', 'sha256'])
      .where('job', '=', job)
      .where('name', '=', name)
      .executeTakeFirst();
  }

  async #forget(content: string): Promise<void> {
    await this.#database.queries.deleteFrom('artefact_parts').where('content', '=', content).execute();
  }
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
