/**
 * PostgreSQL as the store's database, through a pool of connections.
 *
 * Every query is a transaction by itself. There is no grouping of commits here: the server does that, for all its
 * connections.
 */
import { createHash } from 'node:crypto';
import {
  type CompiledQuery,
  Kysely,
  PostgresAdapter,
  PostgresDialect,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import { Pool, type PoolConfig, types } from 'pg';
import { type PostgresDatabase, queriesThrough } from '../database.ts';
import { migrate } from '../migrate.ts';
import { postgresTypes } from '../migrations/columns.ts';
import { StoreUnavailableError } from '../store.ts';
import { checkUrl, explainOpening, explainRunning } from './errors.ts';

/** All in milliseconds. */
const CONNECT_TIMEOUT = 5000;
/** How much longer than the server we wait: it gives up first, so that the connection stays good. */
const GRACE = 1000;
/** Changes to large tables take their time, and other servers wait for the one that makes them. */
const MIGRATION_TIMEOUT = 600_000;

const INT8 = types.builtins.INT8;

export interface PostgresOptions {
  /** Most connections at a time. */
  connections: number;
  /** How long a query may take, in milliseconds. */
  timeout: number;
}

/**
 * @param url as `libpq` reads it, `sslmode` and `sslrootcert` included.
 * @throws InklingError where the URL, the user or the database is wrong; StoreUnavailableError where the server cannot
 *   be reached now.
 */
export async function openPostgres(
  url: string,
  { connections, timeout }: PostgresOptions,
): Promise<PostgresDatabase> {
  checkUrl(url);
  const settings: PoolConfig = {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    keepAlive: true,
    application_name: 'inkling',
    types: { getTypeParser },
  };
  await bringUpToDate(url, settings);
  const pool = new Pool({
    ...settings,
    max: connections,
    statement_timeout: timeout,
    query_timeout: timeout + GRACE,
  });
  // An idle connection that breaks is taken out of the pool; without a listener it would end the process.
  pool.on('error', () => {});
  let closed = false;

  async function run({ sql, parameters }: CompiledQuery): Promise<QueryResult<unknown>> {
    if (closed) throw new StoreUnavailableError('The store is closed.');
    try {
      // After an error, the pool gives the connection up: whatever state it was in.
      const { rows, rowCount } = await pool.query({ name: nameOf(sql), text: sql, values: [...parameters] });
      return { rows, numAffectedRows: BigInt(rowCount ?? 0) };
    } catch (error) {
      throw explainRunning(url, error);
    }
  }

  return {
    kind: 'postgres',
    queries: queriesThrough(run, {
      createAdapter: () => new PostgresAdapter(),
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createIntrospector: (database) => new PostgresIntrospector(database),
    }),
    async close() {
      if (closed) return;
      closed = true;
      await pool.end();
    },
  };
}

async function bringUpToDate(url: string, settings: PoolConfig): Promise<void> {
  const pool = new Pool({
    ...settings,
    max: 1,
    statement_timeout: MIGRATION_TIMEOUT,
    query_timeout: MIGRATION_TIMEOUT,
  });
  pool.on('error', () => {});
  try {
    // First by itself, since the migrator would ask in vain for every step.
    await pool.query('select 1');
    await migrate(new Kysely({ dialect: new PostgresDialect({ pool }) }), postgresTypes);
  } catch (error) {
    throw explainOpening(url, error);
  } finally {
    await pool.end();
  }
}

/** Counts and times in 64 bits are exact as numbers; the driver gives them as text otherwise. */
function getTypeParser(type: number, format?: 'text' | 'binary') {
  return type === INT8 ? Number : types.getTypeParser(type, format as 'text');
}

const names = new Map<string, string>();

/** The store has few texts of queries; a named one is parsed and planned once for each connection. */
function nameOf(sql: string): string {
  let name = names.get(sql);
  if (!name) {
    name = createHash('sha256').update(sql).digest('hex').slice(0, 32);
    names.set(sql, name);
  }
  return name;
}
