/**
 * Adds a prediction and its picture, or replaces them where they are the same owner's: both or neither.
 *
 * SQLite takes two statements in one transaction. PostgreSQL does it in one statement, which spares three journeys to
 * the server.
 */
import type { Insertable, Kysely, QueryResult } from 'kysely';
import type { PostgresDatabase, SqliteDatabase } from './database.ts';
import { packDigits, packImages } from './digits.ts';
import type { Prediction } from './store.ts';
import type { PictureRow, PredictionRow, Tables } from './tables.ts';

/** How many rows were kept: 1, or 0 where the id is someone else's. */
type Added = Pick<QueryResult<unknown>, 'numAffectedRows'>;

export async function addTogether(
  { queries, together }: SqliteDatabase,
  prediction: Prediction,
): Promise<Added> {
  const { picture, images } = pictureOf(prediction);
  const [added] = await together([
    upsert(queries, prediction),
    queries
      .insertInto('pictures')
      .columns(['number', 'picture', 'images'])
      .expression(({ selectFrom, val }) =>
        selectFrom('predictions')
          .select(['number', val(picture).as('picture'), val(images).as('images')])
          .where('id', '=', prediction.id)
          .where('owner', '=', prediction.owner),
      )
      .onConflict((conflict) =>
        conflict.column('number').doUpdateSet(({ ref }) => ({
          picture: ref('excluded.picture'),
          images: ref('excluded.images'),
        })),
      ),
  ]);
  return added;
}

export async function addAtOnce({ queries }: PostgresDatabase, prediction: Prediction): Promise<Added> {
  const { picture, images } = pictureOf(prediction);
  const { numInsertedOrUpdatedRows } = await queries
    .with('kept', () => upsert(queries, prediction).returning('number'))
    .insertInto('pictures')
    .columns(['number', 'picture', 'images'])
    .expression(({ selectFrom, cast, val }) =>
      selectFrom('kept').select([
        'number',
        cast<Uint8Array>(val(picture), 'bytea').as('picture'),
        cast<Uint8Array>(val(images), 'bytea').as('images'),
      ]),
    )
    .onConflict((conflict) =>
      conflict.column('number').doUpdateSet(({ ref }) => ({
        picture: ref('excluded.picture'),
        images: ref('excluded.images'),
      })),
    )
    .executeTakeFirstOrThrow();
  return { numAffectedRows: numInsertedOrUpdatedRows };
}

function upsert(queries: Kysely<Tables>, prediction: Prediction) {
  return queries
    .insertInto('predictions')
    .values(rowOf(prediction))
    .onConflict((conflict) =>
      conflict
        .column('id')
        // Correction and its time are not named here: they stay.
        .doUpdateSet(({ ref }) => ({
          created_at: ref('excluded.created_at'),
          source: ref('excluded.source'),
          model: ref('excluded.model'),
          text: ref('excluded.text'),
          rejected: ref('excluded.rejected'),
          digits: ref('excluded.digits'),
          milliseconds: ref('excluded.milliseconds'),
          width: ref('excluded.width'),
          height: ref('excluded.height'),
          picture_type: ref('excluded.picture_type'),
        }))
        .whereRef('predictions.owner', '=', 'excluded.owner'),
    );
}

function pictureOf({ picture, digits }: Prediction): Omit<PictureRow, 'number'> {
  return { picture, images: packImages(digits) };
}

function rowOf(prediction: Prediction): Insertable<PredictionRow> {
  return {
    id: prediction.id,
    owner: prediction.owner,
    created_at: prediction.createdAt,
    source: prediction.source,
    model: prediction.model,
    text: prediction.text,
    rejected: prediction.rejected === false ? null : prediction.rejected,
    digits: packDigits(prediction.digits),
    milliseconds: prediction.milliseconds,
    width: prediction.width,
    height: prediction.height,
    picture_type: prediction.pictureType,
    correction: prediction.correction,
    corrected_at: prediction.correctedAt,
  };
}
