/**
 * Candidates that are tried beside the champion, and how models fare with people.
 *
 * A trial belongs to a pair. It runs while the aliases name that pair and its share is not null; promoting any model
 * sets all shares to null, so that a model that was taken back does not go on answering by a share of old.
 */
import { UsageError } from '../../src/index.ts';
import type { Database } from './database.ts';
import type { Store, Trial, Usage } from './store.ts';
import { isText } from './text.ts';

const ALIAS = 'candidate';
const PART = 'set_trial';

type Setting = Parameters<Store['setTrial']>[0];

export class Trials {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async set(setting: Setting): Promise<void> {
    const { champion, candidate } = setting;
    if (isText(champion) && isText(candidate) && (await this.#set(setting))) return;
    throw new UsageError(
      `There is no model ${candidate} to try beside ${champion}; 'inkling models list' shows those there are.`,
    );
  }

  async get(champion: string): Promise<Trial | undefined> {
    if (!isText(champion)) return undefined;
    const row = await this.#database.queries
      .selectFrom('aliases')
      .innerJoin('trials', 'trials.candidate', 'aliases.version')
      .select(['champion', 'candidate', 'share', 'started_at', 'digits', 'agreed'])
      .where('aliases.name', '=', ALIAS)
      .where('champion', '=', champion)
      .where('candidate', '!=', champion)
      .executeTakeFirst();
    if (!row || row.share === null) return undefined;
    const { share, started_at: startedAt, digits, agreed } = row;
    return { champion, candidate: row.candidate, share, startedAt, digits, agreed };
  }

  async addReadings({
    champion,
    candidate,
    digits,
    agreed,
  }: Parameters<Store['addReadings']>[0]): Promise<void> {
    await this.#database.queries
      .updateTable('trials')
      .set((row) => ({ digits: row('digits', '+', digits), agreed: row('agreed', '+', agreed) }))
      .where('champion', '=', champion)
      .where('candidate', '=', candidate)
      .execute();
  }

  /** Each query reads an index: all rows of the one that counts, and of the other the few that were corrected. */
  async usage(): Promise<Usage[]> {
    const { queries } = this.#database;
    const byModel = queries
      .selectFrom('predictions')
      .select(({ fn }) => ['model', fn.countAll<number>().as('rows')])
      .groupBy('model');
    const [all, corrected] = await Promise.all([
      byModel.execute(),
      byModel.where('correction', 'is not', null).whereRef('correction', '!=', 'text').execute(),
    ]);
    const corrections = new Map(corrected.map(({ model, rows }) => [model, rows]));
    return all.map(({ model, rows }) => ({
      version: model,
      predictions: rows,
      corrections: corrections.get(model) ?? 0,
    }));
  }

  async #set(setting: Setting): Promise<boolean> {
    const database = this.#database;
    if (database.kind === 'sqlite') {
      const [{ numAffectedRows }] = await database.together([
        this.#trial(setting).compile(),
        this.#alias(setting).compile(),
      ]);
      return numAffectedRows === 1n;
    }
    const { numInsertedOrUpdatedRows } = await database.queries
      .with(PART, () => this.#trial(setting).returning(['champion', 'candidate']))
      .insertInto('aliases')
      .columns(['name', 'version'])
      .expression(({ selectFrom, val, cast }) =>
        selectFrom(PART).select([cast<string>(val(ALIAS), 'text').as('name'), 'candidate']),
      )
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ version: setting.candidate }))
      .executeTakeFirstOrThrow();
    return numInsertedOrUpdatedRows === 1n;
  }

  /** Counts of a pair that was tried before go on. */
  #trial({ champion, candidate, share, at }: Setting) {
    return this.#database.queries
      .insertInto('trials')
      .columns(['champion', 'candidate', 'share', 'started_at', 'digits', 'agreed'])
      .expression(({ selectFrom, val, cast, lit }) =>
        selectFrom(['models as first', 'models as second'])
          .select([
            'first.version as champion',
            'second.version as candidate',
            cast<number | null>(val(share), 'double precision').as('share'),
            cast<number>(val(at), 'bigint').as('started_at'),
            lit(0).as('digits'),
            lit(0).as('agreed'),
          ])
          .where('first.version', '=', champion)
          .where('second.version', '=', candidate),
      )
      .onConflict((conflict) =>
        conflict.columns(['champion', 'candidate']).doUpdateSet(({ ref, case: choose }) => ({
          share: ref('excluded.share'),
          started_at: choose()
            .when('trials.share', 'is', null)
            .then(ref('excluded.started_at'))
            .else(ref('trials.started_at'))
            .end(),
        })),
      );
  }

  #alias({ champion, candidate }: Setting) {
    return this.#database.queries
      .insertInto('aliases')
      .columns(['name', 'version'])
      .expression(({ selectFrom, val }) =>
        selectFrom('trials')
          .select([val(ALIAS).as('name'), 'candidate'])
          .where('champion', '=', champion)
          .where('candidate', '=', candidate),
      )
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ version: candidate }));
  }
}
