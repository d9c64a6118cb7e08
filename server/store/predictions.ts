/** The table of predictions, and that of their pictures. */
import { type ExpressionBuilder, type ExpressionWrapper, type Selectable, type SqlBool, sql } from 'kysely';
import { type Add, addingTo } from './adding.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { Database } from './database.ts';
import { unpackDigits, unpackImages } from './digits.ts';
import type { ListOptions, Page, Prediction, PredictionSummary, Source } from './store.ts';
import { PREDICTION_COLUMNS, type PredictionRow, type Tables } from './tables.ts';
import { isText } from './text.ts';

/** What is deleted at once by `prune`, so that others get their turn in between. */
const PRUNED_AT_ONCE = 500;

type Where = ExpressionBuilder<Tables, 'predictions'>;

export class Predictions {
  readonly add: Add;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    this.add = addingTo(database);
  }

  async list({ owner, limit, after, search, corrected }: ListOptions): Promise<Page> {
    if (!isText(owner) || !isText(search ?? '')) return { predictions: [], next: null, total: 0 };
    const matching = this.#database.queries.selectFrom('predictions').where((where) => {
      const conditions: ExpressionWrapper<Tables, 'predictions', SqlBool>[] = [where('owner', '=', owner)];
      if (corrected !== undefined) conditions.push(where('correction', corrected ? 'is not' : 'is', null));
      if (search) {
        conditions.push(
          where.or([this.#holds(where, 'text', search), this.#holds(where, 'correction', search)]),
        );
      }
      return where.and(conditions);
    });
    let page = matching
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit + 1);
    if (after !== undefined) {
      const { createdAt, id } = readCursor(after);
      page = page.where(({ refTuple, tuple, eb }) =>
        eb(refTuple('created_at', 'id'), '<', tuple(createdAt, id)),
      );
    }
    const count = matching.select(({ fn }) => fn.countAll<number>().as('total'));
    const [rows, { total }] = await Promise.all([page.execute(), count.executeTakeFirstOrThrow()]);
    const predictions = rows.slice(0, limit).map(summaryOf);
    const more = rows.length > limit;
    return { predictions, next: more ? writeCursor(predictions[limit - 1]) : null, total };
  }

  async get(owner: string, id: string): Promise<Prediction | undefined> {
    if (!isText(owner) || !isText(id)) return undefined;
    const row = await this.#database.queries
      .selectFrom('predictions')
      .innerJoin('pictures', 'pictures.number', 'predictions.number')
      .select(PREDICTION_COLUMNS.map((name) => `predictions.${name}` as const))
      .select(['pictures.picture', 'pictures.images'])
      .where('predictions.id', '=', id)
      .where('owner', '=', owner)
      .executeTakeFirst();
    if (!row) return undefined;
    const images = unpackImages(row.images);
    const { digits, ...summary } = summaryOf(row);
    return {
      ...summary,
      digits: digits.map((digit, index) => ({ ...digit, image: images[index] })),
      picture: Uint8Array.from(row.picture),
    };
  }

  async correct(owner: string, id: string, correction: string | null, at: number): Promise<boolean> {
    if (!isText(owner) || !isText(id)) return false;
    const { numUpdatedRows } = await this.#database.queries
      .updateTable('predictions')
      .set({ correction, corrected_at: correction === null ? null : at })
      .where('id', '=', id)
      .where('owner', '=', owner)
      .executeTakeFirstOrThrow();
    return numUpdatedRows === 1n;
  }

  async remove(owner: string, id: string): Promise<boolean> {
    if (!isText(owner) || !isText(id)) return false;
    const { numDeletedRows } = await this.#database.queries
      .deleteFrom('predictions')
      .where('id', '=', id)
      .where('owner', '=', owner)
      .executeTakeFirstOrThrow();
    return numDeletedRows === 1n;
  }

  async removeAll(owner: string): Promise<number> {
    if (!isText(owner)) return 0;
    const { numDeletedRows } = await this.#database.queries
      .deleteFrom('predictions')
      .where('owner', '=', owner)
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }

  /** Reads all ids first, so that what is added, replaced or deleted meanwhile makes none come twice. */
  async *each(owner: string): AsyncIterable<Prediction> {
    if (!isText(owner)) return;
    const ids = await this.#database.queries
      .selectFrom('predictions')
      .select('id')
      .where('owner', '=', owner)
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    for (const { id } of ids) {
      const prediction = await this.get(owner, id);
      if (prediction) yield prediction;
    }
  }

  async prune({ before, count }: { before?: number; count?: number }): Promise<number> {
    const old =
      before === undefined ? 0 : await this.#prune((where) => where('created_at', '<', before), sql`0`);
    const beyond =
      count === undefined ? 0 : await this.#prune((where) => where('correction', 'is', null), sql`${count}`);
    return old + beyond;
  }

  /** Drops the oldest that match, until as many are left in all as shall be kept. The statement itself counts, so that
   *  servers that prune at the same time do not drop twice as many. */
  async #prune(match: (where: Where) => ReturnType<Where['and']>, kept: ReturnType<typeof sql>) {
    const { queries, kind } = this.#database;
    const least = sql.raw(kind === 'sqlite' ? 'min' : 'least');
    const greatest = sql.raw(kind === 'sqlite' ? 'max' : 'greatest');
    for (let removed = 0; ; ) {
      const { numDeletedRows } = await queries
        .deleteFrom('predictions')
        .where('number', 'in', ({ selectFrom }) =>
          selectFrom('predictions')
            .select('number')
            .where(match)
            .orderBy('created_at')
            .orderBy('id')
            .limit(
              sql<number>`(select ${least}(${greatest}(count(*) - ${kept}, 0), ${PRUNED_AT_ONCE}) from predictions)`,
            ),
        )
        .executeTakeFirstOrThrow();
      removed += Number(numDeletedRows);
      if (numDeletedRows < PRUNED_AT_ONCE) return removed;
    }
  }

  async counts(): Promise<{ predictions: number; corrections: number }> {
    const { queries } = this.#database;
    const count = queries.selectFrom('predictions').select(({ fn }) => fn.countAll<number>().as('rows'));
    const [predictions, corrections] = await Promise.all([
      count.executeTakeFirstOrThrow(),
      count.where('correction', 'is not', null).executeTakeFirstOrThrow(),
    ]);
    return { predictions: predictions.rows, corrections: corrections.rows };
  }

  /** Whether a column holds a text, character by character: nothing in it stands for anything else. */
  #holds(where: Where, column: 'text' | 'correction', search: string) {
    const place = this.#database.kind === 'sqlite' ? 'instr' : 'strpos';
    return where(where.fn<number>(place, [column, where.val(search)]), '>', 0);
  }
}

function summaryOf(row: Omit<Selectable<PredictionRow>, 'number'>): PredictionSummary {
  return {
    id: row.id,
    owner: row.owner,
    createdAt: row.created_at,
    source: row.source as Source,
    model: row.model,
    text: row.text,
    rejected: row.rejected ?? false,
    digits: unpackDigits(row.digits),
    milliseconds: row.milliseconds,
    width: row.width,
    height: row.height,
    pictureType: row.picture_type as Prediction['pictureType'],
    correction: row.correction,
    correctedAt: row.corrected_at,
  };
}
