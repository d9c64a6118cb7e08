/** The contract of stores, held by each database. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, test } from 'vitest';
import { TestPostgres, withPostgres } from '../../test/postgres.ts';
import { describeStore } from './contract/index.ts';
import { openStore } from './open.ts';

describeStore('SQLite', test, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-store-'));
  return {
    open: () => openStore({ file: join(folder, 'data', 'inkling.db') }),
    remove: () => rm(folder, { recursive: true }),
  };
});

let postgres: Promise<TestPostgres> | undefined;

describeStore('PostgreSQL', withPostgres, async () => {
  postgres ??= TestPostgres.create();
  const databaseUrl = await (await postgres).createDatabase();
  return { open: () => openStore({ databaseUrl }), remove: async () => {} };
});

afterAll(async () => (await postgres)?.remove());
