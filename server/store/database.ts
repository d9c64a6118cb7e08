/**
 * What the store needs of a database: a query builder whose queries can be executed one by one, each durable by
 * itself.
 *
 * There are no transactions that stay open while the program thinks: whoever holds one holds up others, and on SQLite
 * everyone.
 */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
} from 'kysely';
import type { Tables } from './tables.ts';

/** Every promise rejects with a `StoreUnavailableError` where the database cannot be reached or has no room. */
export type Database = SqliteDatabase | PostgresDatabase;

interface AnyDatabase {
  /** Each query that is executed is a transaction by itself. */
  readonly queries: Kysely<Tables>;
  close(): Promise<void>;
}

export interface SqliteDatabase extends AnyDatabase {
  readonly kind: 'sqlite';
  /** Runs queries in one transaction, in order; gives the result of each. On PostgreSQL, one query can do as much. */
  together(queries: readonly CompiledQuery[]): Promise<QueryResult<unknown>[]>;
}

export interface PostgresDatabase extends AnyDatabase {
  readonly kind: 'postgres';
}

export type RunQuery = (query: CompiledQuery) => Promise<QueryResult<unknown>>;

/** A query builder whose queries go to `run`. */
export function queriesThrough(
  run: RunQuery,
  dialect: Pick<Dialect, 'createAdapter' | 'createQueryCompiler' | 'createIntrospector'>,
): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => dialect.createAdapter(),
      createQueryCompiler: () => dialect.createQueryCompiler(),
      createIntrospector: (database) => dialect.createIntrospector(database),
      createDriver: () => new OneByOneDriver(run),
    },
  });
}

class OneByOneDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(run: RunQuery) {
    this.#connection = {
      executeQuery: <R>(query: CompiledQuery) => run(query) as Promise<QueryResult<R>>,
      streamQuery: () => {
        throw new Error('Rows are not streamed: ask for them in pages.');
      },
    };
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async beginTransaction(): Promise<void> {
    throw new Error('Transactions are not opened by hand: run the queries together.');
  }

  async init(): Promise<void> {}
  async commitTransaction(): Promise<void> {}
  async rollbackTransaction(): Promise<void> {}
  async releaseConnection(): Promise<void> {}
  async destroy(): Promise<void> {}
}
