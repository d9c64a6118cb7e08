/** Opens the store that the settings ask for. */
import type { Database } from './database.ts';
import { DatabaseStore } from './databaseStore.ts';
import { openPostgres } from './postgres/database.ts';
import { openSqlite } from './sqlite/database.ts';
import type { Store } from './store.ts';

export interface StoreOptions {
  /** PostgreSQL; without it, SQLite. */
  databaseUrl?: string;
  /** Most connections to PostgreSQL at a time. */
  connections?: number;
  /** How long a query to PostgreSQL may take, in milliseconds. */
  timeout?: number;
  /** The SQLite file; `data/inkling.db` where none is named. */
  file?: string;
  /** How large the SQLite file may grow, in bytes; 0 for no limit. */
  maximumBytes?: number;
}

/**
 * Opens the database, makes it where there is none, and brings its tables up to date.
 *
 * @throws InklingError where the file or the database is not one to work with; StoreUnavailableError where it cannot
 *   be reached now.
 */
export async function openDatabase({
  databaseUrl,
  connections = 10,
  timeout = 10_000,
  file = 'data/inkling.db',
  maximumBytes = 0,
}: StoreOptions = {}): Promise<Database> {
  return databaseUrl
    ? openPostgres(databaseUrl, { connections, timeout })
    : openSqlite(file, { maximumBytes });
}

/** Opens the store, which closes its database when it is closed. */
export async function openStore(options: StoreOptions = {}): Promise<Store> {
  return new DatabaseStore(await openDatabase(options));
}
