/** Opens the store that the settings ask for. */
import { DatabaseStore } from './databaseStore.ts';
import { openSqlite } from './sqlite/database.ts';
import type { Store } from './store.ts';

export interface StoreOptions {
  /** PostgreSQL; without it, SQLite. */
  databaseUrl?: string;
  /** The SQLite file; `data/inkling.db` where none is named. */
  file?: string;
}

/**
 * Opens the database, makes it where there is none, and brings its tables up to date.
 *
 * @throws InklingError where the file or the database is not one to work with; StoreUnavailableError where it cannot
 *   be reached now.
 */
export async function openStore({ file = 'data/inkling.db' }: StoreOptions = {}): Promise<Store> {
  return new DatabaseStore(await openSqlite(file));
}
