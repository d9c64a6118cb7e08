/** The table of models that were served, and that of their aliases. */
import { UsageError } from '../../src/index.ts';
import type { Database } from './database.ts';
import type { StoredModel } from './store.ts';
import { isText } from './text.ts';

export class Models {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** A version is a digest of the bytes, so that what is already there is the same, or was damaged and is mended. */
  async add({ version, name, bytes, createdAt }: StoredModel): Promise<void> {
    await this.#database.queries
      .insertInto('models')
      .values({ version, name, bytes, created_at: createdAt })
      .onConflict((conflict) =>
        conflict
          .column('version')
          .doUpdateSet(({ ref }) => ({ bytes: ref('excluded.bytes') }))
          .whereRef('models.bytes', '<>', 'excluded.bytes'),
      )
      .execute();
  }

  async list(): Promise<Omit<StoredModel, 'bytes'>[]> {
    const rows = await this.#database.queries
      .selectFrom('models')
      .select(['version', 'name', 'created_at'])
      .orderBy('created_at', 'desc')
      .orderBy('version')
      .execute();
    return rows.map(({ version, name, created_at }) => ({ version, name, createdAt: created_at }));
  }

  async get(version: string): Promise<StoredModel | undefined> {
    if (!isText(version)) return undefined;
    const row = await this.#database.queries
      .selectFrom('models')
      .select(['version', 'name', 'bytes', 'created_at'])
      .where('version', '=', version)
      .executeTakeFirst();
    if (!row) return undefined;
    return {
      version: row.version,
      name: row.name,
      bytes: Uint8Array.from(row.bytes),
      createdAt: row.created_at,
    };
  }

  async alias(name: string): Promise<string | undefined> {
    const row = await this.#database.queries
      .selectFrom('aliases')
      .select('version')
      .where('name', '=', name)
      .executeTakeFirst();
    return row?.version;
  }

  async setAlias(name: string, version: string): Promise<void> {
    if (isText(version) && (await this.#setAlias(name, version))) return;
    throw new UsageError(
      `There is no model "${version}" that "${name}" could stand for: add it first, or choose one that is there.`,
    );
  }

  /** Selecting the version is asking whether it is there. */
  async #setAlias(name: string, version: string): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await this.#database.queries
      .insertInto('aliases')
      .columns(['name', 'version'])
      .expression(({ selectFrom, val }) =>
        selectFrom('models')
          .select([val(name).as('name'), 'version'])
          .where('version', '=', version),
      )
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ version }))
      .executeTakeFirstOrThrow();
    return numInsertedOrUpdatedRows === 1n;
  }
}
