/** Opens an SQLite file and brings its tables up to date. Runs in the thread that keeps the database. */
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, SqliteDialect } from 'kysely';
import { migrate } from '../migrate.ts';
import { sqliteTypes } from '../migrations/columns.ts';
import type { WorkerSettings } from './messages.ts';

/** Marks a file as Inkling's, in SQLite's header: "Inkl". */
const APPLICATION = 0x496e6b6c;

/** The file is an SQLite database of another program. */
export class ForeignDatabaseError extends Error {
  override name = 'ForeignDatabaseError';
}

const SQLITE_BUSY = 5;
/** Milliseconds from one attempt to the next. */
const RETRY = 10;

/**
 * - A write-ahead log, so that readers and the writer do not wait for each other.
 * - Every commit is on the disk before it is reported: `synchronous = full`.
 * - What is deleted is overwritten with zeros: `secure_delete`.
 * - A file that is larger already than it may be grows no further. What is deleted makes room in it.
 */
export async function openFile({ file, maximumBytes, busyTimeout }: WorkerSettings): Promise<DatabaseSync> {
  const database = new DatabaseSync(file, { timeout: busyTimeout });
  try {
    refuseForeign(database);
    await useWriteAheadLog(database, busyTimeout);
    database.exec(`
      pragma synchronous = full;
      pragma foreign_keys = on;
      pragma secure_delete = on;
      pragma temp_store = memory;
      pragma cache_size = -16384;
      pragma journal_size_limit = 67108864;
    `);
    if (maximumBytes > 0) {
      const { page_size: pageBytes } = database.prepare('pragma page_size').get()!;
      database.exec(`pragma max_page_count = ${Math.max(1, Math.floor(maximumBytes / Number(pageBytes)))}`);
    }
    // One process at a time, all or nothing.
    database.exec('begin immediate');
    const kysely = new Kysely<unknown>({ dialect: new SqliteDialect({ database: asKyselyWants(database) }) });
    await migrate(kysely, sqliteTypes, { disableTransactions: true });
    database.exec(`pragma application_id = ${APPLICATION}`);
    database.exec('commit');
    return database;
  } catch (error) {
    // Closing rolls back what is open.
    database.close();
    throw error;
  }
}

/** SQLite waits for others by itself, but not for those who change a new file's journal at the same time. */
async function useWriteAheadLog(database: DatabaseSync, busyTimeout: number): Promise<void> {
  for (const start = performance.now(); ; await sleep(RETRY)) {
    try {
      database.exec('pragma journal_mode = wal');
      return;
    } catch (error) {
      const isBusy = (error as { errcode?: number }).errcode === SQLITE_BUSY;
      if (!isBusy || performance.now() - start >= busyTimeout) throw error;
    }
  }
}

/** In this order: whoever else makes the database meanwhile puts tables and name there in one commit. */
function refuseForeign(database: DatabaseSync): void {
  const { tables } = database.prepare('select count(*) as tables from sqlite_schema').get()!;
  if (tables === 0) return;
  const { application_id: application } = database.prepare('pragma application_id').get()!;
  if (application !== APPLICATION) throw new ForeignDatabaseError();
}

/** Kysely's dialect was made for another package; this is the part of it that it uses. */
function asKyselyWants(database: DatabaseSync) {
  type Values = Parameters<ReturnType<DatabaseSync['prepare']>['all']>;
  return {
    close: () => database.close(),
    prepare: (sql: string) => {
      const statement = database.prepare(sql);
      return {
        reader: statement.columns().length > 0,
        all: (parameters: readonly unknown[]) => statement.all(...(parameters as Values)),
        run: (parameters: readonly unknown[]) => statement.run(...(parameters as Values)),
        iterate: (parameters: readonly unknown[]) => statement.iterate(...(parameters as Values)),
      };
    },
  };
}
