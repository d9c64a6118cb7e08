/** Queues for tests: fast ones, which close their databases, too. */
import { openDatabase, type StoreOptions } from '../../store/open.ts';
import { openQueue } from '../open.ts';
import type { Queue } from '../queue.ts';

/** Seconds until a silent worker counts as dead, and until what failed is tried again. */
export const FAST = { heartbeat: 1, retryDelay: 1 };

export async function openTestQueue(where: StoreOptions): Promise<Queue> {
  const database = await openDatabase(where);
  const queue = await openQueue(database, where.databaseUrl, FAST);
  const close = queue.close.bind(queue);
  queue.close = async () => {
    await close();
    await database.close();
  };
  return queue;
}
