/**
 * What is known of models, which of them answers, and which did before.
 *
 * Who is champion only the alias says, so that no two models can be. A model that was champion once and was not
 * rejected since is archived. Promoting changes the alias and adds to the history in one transaction: SQLite runs two
 * statements together, PostgreSQL one with a part that feeds the other.
 */
import { UsageError } from '../../src/index.ts';
import type { Database, PostgresDatabase, SqliteDatabase } from './database.ts';
import type { ModelEntry, ModelFacts, ModelState, PromoteOptions, Promotion } from './store.ts';
import { isText } from './text.ts';

const CHAMPION = 'champion';
const PARTS = 'champion_alias';

export class Registry {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async register(
    version: string,
    { parents, data, scores, state, reason }: ModelFacts & { state: Exclude<ModelState, 'champion'> },
  ): Promise<void> {
    await this.#require(version);
    const values = {
      ...{ state, reason },
      parents: JSON.stringify(parents),
      data: JSON.stringify(data),
      scores: JSON.stringify(scores),
    };
    await this.#database.queries
      .insertInto('registrations')
      .values({ version, ...values })
      .onConflict((conflict) => conflict.column('version').doUpdateSet(values))
      .execute();
  }

  async list(): Promise<ModelEntry[]> {
    const { queries } = this.#database;
    const [rows, champion, promoted] = await Promise.all([
      queries
        .selectFrom('models')
        .leftJoin('registrations', 'registrations.version', 'models.version')
        .select(['models.version', 'name', 'created_at', 'parents', 'data', 'scores', 'state', 'reason'])
        .orderBy('created_at', 'desc')
        .orderBy('models.version')
        .execute(),
      queries.selectFrom('aliases').select('version').where('name', '=', CHAMPION).executeTakeFirst(),
      queries.selectFrom('promotions').select(['version', 'previous']).execute(),
    ]);
    const served = new Set(promoted.flatMap(({ version, previous }) => [version, previous]));
    return rows.map(({ version, name, created_at, parents, data, scores, state, reason }) => ({
      ...{ version, name, createdAt: created_at, reason },
      parents: JSON.parse(parents ?? '[]'),
      data: JSON.parse(data ?? '{}'),
      scores: JSON.parse(scores ?? '{}'),
      state: stateOf(version === champion?.version, served.has(version), state),
    }));
  }

  async promote(version: string, options: PromoteOptions): Promise<boolean> {
    await this.#require(version);
    const database = this.#database;
    return database.kind === 'sqlite'
      ? this.#promoteTogether(database, version, options)
      : this.#promoteAtOnce(database, version, options);
  }

  async promotions(limit: number): Promise<Promotion[]> {
    return this.#database.queries
      .selectFrom('promotions')
      .select(['version', 'previous', 'at', 'reason'])
      .orderBy('number', 'desc')
      .limit(limit)
      .execute();
  }

  /** The history comes first, since it reads from the alias what was before. */
  async #promoteTogether(
    { queries, together }: SqliteDatabase,
    version: string,
    { at, reason, previous = undefined, onlyAfter }: PromoteOptions,
  ): Promise<boolean> {
    const history = queries
      .insertInto('promotions')
      .columns(['version', 'previous', 'at', 'reason'])
      .expression(({ selectFrom, val, fn }) => {
        const before = selectFrom('aliases').select('version').where('name', '=', CHAMPION);
        const row = selectFrom('models')
          .select([
            val(version).as('version'),
            fn.coalesce(before, val(previous ?? null)).as('previous'),
            val(at).as('at'),
            val(reason).as('reason'),
          ])
          .where('version', '=', version);
        return onlyAfter === undefined ? row : row.where(before, '=', onlyAfter);
      });
    const [{ numAffectedRows }] = await together([
      history.compile(),
      this.#alias(version, onlyAfter).compile(),
      this.#endTrials()
        .where(({ exists, selectFrom }) =>
          // Where the alias was not changed, it names another.
          exists(
            selectFrom('aliases').select('name').where('name', '=', CHAMPION).where('version', '=', version),
          ),
        )
        .compile(),
    ]);
    return numAffectedRows === 1n;
  }

  async #promoteAtOnce(
    { queries }: PostgresDatabase,
    version: string,
    { at, reason, previous, onlyAfter }: PromoteOptions,
  ): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await queries
      .with(PARTS, () => this.#alias(version, onlyAfter).returning('version'))
      .with('ended_trials', (parts) =>
        this.#endTrials().where(({ exists }) => exists(parts.selectFrom(PARTS).select(`${PARTS}.version`))),
      )
      .insertInto('promotions')
      .columns(['version', 'previous', 'at', 'reason'])
      .expression(({ selectFrom, val, fn, cast }) =>
        selectFrom(PARTS).select([
          `${PARTS}.version`,
          // The part that changes the alias is not seen by this one, which so reads what was before.
          fn
            .coalesce(
              selectFrom('aliases').select('version').where('name', '=', CHAMPION),
              cast<string | null>(val(previous ?? null), 'text'),
            )
            .as('previous'),
          cast<number>(val(at), 'bigint').as('at'),
          cast<string | null>(val(reason), 'text').as('reason'),
        ]),
      )
      .executeTakeFirstOrThrow();
    return numInsertedOrUpdatedRows === 1n;
  }

  #endTrials() {
    return this.#database.queries.updateTable('trials').set({ share: null }).where('share', 'is not', null);
  }

  /** Nothing is inserted where another version had to be there before. */
  #alias(version: string, onlyAfter: string | undefined) {
    return this.#database.queries
      .insertInto('aliases')
      .columns(['name', 'version'])
      .expression(({ selectFrom, val, exists }) => {
        const row = selectFrom('models')
          .select([val(CHAMPION).as('name'), 'models.version'])
          .where('models.version', '=', version);
        if (onlyAfter === undefined) return row;
        return row.where(
          exists(
            selectFrom('aliases')
              .select('aliases.name')
              .where('aliases.name', '=', CHAMPION)
              .where('aliases.version', '=', onlyAfter),
          ),
        );
      })
      .onConflict((conflict) => {
        const change = conflict.column('name').doUpdateSet({ version });
        return onlyAfter === undefined ? change : change.where('aliases.version', '=', onlyAfter);
      });
  }

  async #require(version: string): Promise<void> {
    const isThere =
      isText(version) &&
      (await this.#database.queries
        .selectFrom('models')
        .select('version')
        .where('version', '=', version)
        .executeTakeFirst());
    if (!isThere) {
      throw new UsageError(`There is no model ${version} here; 'inkling models list' shows those there are.`);
    }
  }
}

function stateOf(isChampion: boolean, hasServed: boolean, state: string | null): ModelState {
  if (isChampion) return 'champion';
  if (state === 'rejected' || state === 'archived') return state;
  return hasServed ? 'archived' : 'candidate';
}
