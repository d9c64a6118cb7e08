/** The contract of queues, held by each. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, test } from 'vitest';
import { TestPostgres, withPostgres } from '../../test/postgres.ts';
import { openDatabase } from '../store/open.ts';
import { describeQueue } from './contract.ts';
import { openQueue } from './open.ts';
import type { Queue } from './queue.ts';

const FAST = { heartbeat: 1, retryDelay: 1 };
/** pg-boss takes no shorter one. */
const SHORTEST = 10;

describeQueue('SQLite', test, FAST.heartbeat, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-queue-'));
  return {
    open: () => open({ file: join(folder, 'inkling.db') }),
    remove: () => rm(folder, { recursive: true }),
  };
});

let postgres: Promise<TestPostgres> | undefined;

describeQueue('pg-boss on PostgreSQL', withPostgres, SHORTEST, async () => {
  postgres ??= TestPostgres.create();
  const databaseUrl = await (await postgres).createDatabase();
  return { open: () => open({ databaseUrl }), remove: async () => {} };
});

afterAll(async () => (await postgres)?.remove());

/** A queue that closes its database, too. */
async function open(where: { file?: string; databaseUrl?: string }): Promise<Queue> {
  const database = await openDatabase(where);
  const queue = await openQueue(database, where.databaseUrl, FAST);
  const close = queue.close.bind(queue);
  queue.close = async () => {
    await close();
    await database.close();
  };
  return queue;
}
