/** Opens the queue of a database: SQLite's own, or pg-boss on PostgreSQL. */
import type { Database } from '../store/database.ts';
import { EmbeddedQueue } from './embedded.ts';
import { QUEUE_DEFAULTS, type Queue, type QueueOptions } from './queue.ts';

/** @param databaseUrl of PostgreSQL, which pg-boss connects to by itself. */
export async function openQueue(
  database: Database,
  databaseUrl: string | undefined,
  options: Partial<QueueOptions> = {},
): Promise<Queue> {
  const all = { ...QUEUE_DEFAULTS, ...options };
  if (database.kind === 'sqlite') return new EmbeddedQueue(database, all);
  const { PgBossQueue } = await import('./pgBoss.ts');
  return PgBossQueue.open(database, databaseUrl!, all);
}
