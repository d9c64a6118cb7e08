/** Queues for commands: of a PostgreSQL database or an SQLite file, the app's own unless another is named. */
import type { Queue } from '../../server/jobs/queue.ts';
import type { Store } from '../../server/store/store.ts';

/** What names a database: a URL of PostgreSQL or an SQLite file; the app's where neither is given. */
export interface Place {
  databaseUrl?: string;
  file: string;
}

export interface AppQueue {
  queue: Queue;
  /** The app's store, in the same database. */
  store: Store;
  place: Place;
  /** Seconds of silence after which a worker counts as dead. */
  heartbeat: number;
}

export const PLACE_DESCRIPTION =
  'postgres://… or an SQLite file [default: $DATABASE_URL, else $INKLING_DB, else data/inkling.db]';

export async function placeOf(named?: string): Promise<Place> {
  const { readConfiguration } = await import('../../server/configuration.ts');
  const { database, databaseUrl } = readConfiguration();
  if (named === undefined) return { databaseUrl, file: database };
  return /^postgres(ql)?:/.test(named) ? { databaseUrl: named, file: database } : { file: named };
}

/** The place as processes that this one starts find it in their environment. */
export function environmentOf({ databaseUrl, file }: Place): Record<string, string> {
  return { DATABASE_URL: databaseUrl ?? '', INKLING_DB: file };
}

/** Opens a queue with the store beside it, does something, and closes both. */
export async function withQueue<Result>(
  named: string | undefined,
  work: (app: AppQueue) => Promise<Result>,
): Promise<Result> {
  const { readConfiguration } = await import('../../server/configuration.ts');
  const { openDatabase } = await import('../../server/store/open.ts');
  const { DatabaseStore } = await import('../../server/store/databaseStore.ts');
  const { openQueue } = await import('../../server/jobs/open.ts');
  const place = await placeOf(named);
  const { jobHeartbeat: heartbeat, maximumDatabase: maximumBytes } = readConfiguration();
  const database = await openDatabase({ ...place, maximumBytes });
  const store = new DatabaseStore(database);
  try {
    const queue = await openQueue(database, place.databaseUrl, { heartbeat });
    try {
      return await work({ queue, store, place, heartbeat });
    } finally {
      await queue.close();
    }
  } finally {
    await store.close();
  }
}
