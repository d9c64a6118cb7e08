/** The contract of queues, held by pg-boss's. */
import { afterAll } from 'vitest';
import { TestPostgres, withPostgres } from '../../test/postgres.ts';
import { describeQueue } from './contract.ts';
import { openTestQueue } from './testing/open.ts';

/** pg-boss takes no shorter heartbeat. */
const SHORTEST = 10;
let postgres: Promise<TestPostgres> | undefined;

describeQueue('pg-boss on PostgreSQL', withPostgres, SHORTEST, async () => {
  postgres ??= TestPostgres.create();
  const databaseUrl = await (await postgres).createDatabase();
  return { open: () => openTestQueue({ databaseUrl }), remove: async () => {} };
});

afterAll(async () => (await postgres)?.remove());
