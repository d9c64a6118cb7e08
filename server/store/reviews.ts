/**
 * Corrections of everyone, and what an administrator decided about them.
 *
 * A decision is about a picture and a correction as they were seen. Their owner may change either later, so it holds
 * only as long as the times of both are those that were seen.
 */
import { sql } from 'kysely';
import { readCursor, writeCursor } from './cursor.ts';
import type { Database } from './database.ts';
import { unpackDigits, unpackImages } from './digits.ts';
import type { CorrectionPage, CorrectionsOptions, Review, ReviewState, StoredCorrection } from './store.ts';
import { isText } from './text.ts';

export class Reviews {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list({ state, limit, after }: CorrectionsOptions): Promise<CorrectionPage> {
    let matching = this.#corrections();
    if (state === 'pending') matching = matching.where('reviews.state', 'is', null);
    else if (state !== undefined) matching = matching.where('reviews.state', '=', state);
    let page = matching
      .innerJoin('pictures', 'pictures.number', 'predictions.number')
      .select([
        ...(['predictions.id', 'owner', 'predictions.created_at', 'predictions.corrected_at'] as const),
        ...(['model', 'predictions.text', 'correction', 'digits', 'pictures.images'] as const),
        ...(['reviews.state', 'reviews.text as relabelled', 'reviewed_at'] as const),
      ])
      .orderBy('predictions.corrected_at', 'desc')
      .orderBy('predictions.id', 'desc')
      .limit(limit + 1);
    if (after !== undefined) {
      const { createdAt, id } = readCursor(after);
      page = page.where(({ refTuple, tuple, eb }) =>
        eb(refTuple('predictions.corrected_at', 'predictions.id'), '<', tuple(createdAt, id)),
      );
    }
    const count = matching.select(({ fn }) => fn.countAll<number>().as('total'));
    const [rows, { total }] = await Promise.all([page.execute(), count.executeTakeFirstOrThrow()]);
    const corrections = rows.slice(0, limit).map((row): StoredCorrection => {
      const images = unpackImages(row.images);
      return {
        ...{ id: row.id, owner: row.owner, model: row.model, text: row.text },
        createdAt: row.created_at,
        correction: row.correction as string,
        correctedAt: row.corrected_at as number,
        digits: unpackDigits(row.digits).map((digit, index) => ({ ...digit, image: images[index] })),
        state: (row.state as ReviewState | null) ?? 'pending',
        relabelled: row.relabelled,
        reviewedAt: row.reviewed_at,
      };
    });
    const last = corrections.at(-1);
    const more = rows.length > limit && last;
    return {
      corrections,
      next: more ? writeCursor({ createdAt: last.correctedAt, id: last.id }) : null,
      total,
    };
  }

  async review(id: string, { state, text, at, seen }: Review): Promise<boolean> {
    if (!isText(id)) return false;
    const values = { state, text, reviewed_at: at };
    const { numInsertedOrUpdatedRows } = await this.#database.queries
      .insertInto('reviews')
      .columns(['number', 'created_at', 'corrected_at', 'state', 'text', 'reviewed_at'])
      .expression(({ selectFrom, cast, val }) => {
        const row = selectFrom('predictions')
          .select(({ ref }) => [
            'number',
            'created_at',
            ref('corrected_at').$notNull().as('corrected_at'),
            cast<string>(val(state), 'text').as('state'),
            cast<string | null>(val(text), 'text').as('text'),
            cast<number>(val(at), 'bigint').as('reviewed_at'),
          ])
          .where('id', '=', id)
          .where('correction', 'is not', null);
        if (!seen) return row;
        return row.where('created_at', '=', seen.createdAt).where('corrected_at', '=', seen.correctedAt);
      })
      .onConflict((conflict) =>
        conflict.column('number').doUpdateSet(({ ref }) => ({
          ...values,
          created_at: ref('excluded.created_at'),
          corrected_at: ref('excluded.corrected_at'),
        })),
      )
      .executeTakeFirstOrThrow();
    return numInsertedOrUpdatedRows === 1n;
  }

  /** Corrected predictions, each with the review that still holds, if any. */
  #corrections() {
    return this.#database.queries
      .selectFrom('predictions')
      .leftJoin('reviews', (join) =>
        join
          .onRef('reviews.number', '=', 'predictions.number')
          .onRef('reviews.created_at', '=', 'predictions.created_at')
          .onRef('reviews.corrected_at', '=', 'predictions.corrected_at'),
      )
      .where(sql.ref('predictions.correction'), 'is not', null);
  }
}
