/**
 * What the store needs of a database: a query builder whose queries can be executed one by one, each durable by
 * itself, and a way to run several in one transaction.
 *
 * There are no transactions that stay open while the program thinks: whoever holds one holds up others, and on SQLite
 * everyone.
 */
import {
  type Compilable,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
} from 'kysely';
import type { Tables } from './tables.ts';

/** Every promise rejects with a `StoreUnavailableError` where the database cannot be reached or has no room. */
export interface Database {
  readonly kind: 'sqlite' | 'postgres';
  readonly queries: Kysely<Tables>;
  /** Runs queries in one transaction, in order; gives the result of each. */
  together(queries: readonly Compilable[]): Promise<QueryResult<unknown>[]>;
  close(): Promise<void>;
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
