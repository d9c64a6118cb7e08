/** Brings a database's tables up to date, or says that it is ahead of this version. */
import type { Kysely } from 'kysely';
import { DEFAULT_MIGRATION_TABLE, Migrator } from 'kysely/migration';
import type { ColumnTypes } from './migrations/columns.ts';
import { migrations } from './migrations/index.ts';

/** The database has had changes that this version does not know. */
export class NewerDatabaseError extends Error {
  override name = 'NewerDatabaseError';
}

/**
 * @param disableTransactions where the caller has opened a transaction around it.
 * @throws NewerDatabaseError and leaves the database as it is; or the database's own error.
 */
export async function migrate(
  // biome-ignore lint/suspicious/noExplicitAny: before it is brought up to date, what tables it has is not known.
  database: Kysely<any>,
  types: ColumnTypes,
  { disableTransactions = false } = {},
): Promise<void> {
  const known = migrations(types);
  const tables = await database.introspection.getTables({ withInternalKyselyTables: true });
  if (tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) {
    const done: { name: string }[] = await database
      .selectFrom(DEFAULT_MIGRATION_TABLE)
      .select('name')
      .orderBy('name')
      .execute();
    const unknown = done.find(({ name }) => !(name in known));
    if (unknown) throw new NewerDatabaseError(unknown.name);
  }
  const provider = { getMigrations: async () => known };
  const migrator = new Migrator({ db: database, provider, disableTransactions });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}
