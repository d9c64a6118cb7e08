/** New databases for tests of queues: files in a folder of their own, and on one PostgreSQL that is started when it is first asked for. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestPostgres } from '../../../test/postgres.ts';
import type { StoreOptions } from '../../store/open.ts';

export class Places {
  readonly #folder = mkdtemp(join(tmpdir(), 'inkling-workers-'));
  /** Undefined before a database on it was asked for. */
  postgres?: TestPostgres;

  async onSqlite(): Promise<StoreOptions> {
    return { file: join(await this.#folder, `${randomUUID()}.db`) };
  }

  async onPostgres(): Promise<StoreOptions> {
    this.postgres ??= await TestPostgres.create();
    return { databaseUrl: await this.postgres.createDatabase() };
  }

  async remove(): Promise<void> {
    await this.postgres?.remove();
    await rm(await this.#folder, { recursive: true });
  }
}
