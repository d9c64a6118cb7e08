/**
 * Adds a prediction and its picture, or replaces them where they are the same owner's: both or neither.
 *
 * SQLite takes two statements in one transaction. PostgreSQL does it in one statement, which spares three journeys to
 * the server. Either is built and compiled once, since this is what the app does most: for each prediction, only the
 * values are put in.
 */
import type { Compilable, CompiledQuery, Insertable } from 'kysely';
import type { Database, PostgresDatabase, SqliteDatabase } from './database.ts';
import { packDigits, packImages } from './digits.ts';
import type { Prediction } from './store.ts';
import type { PictureRow, PredictionRow } from './tables.ts';

/** Gives false where the id is someone else's. */
export type Add = (prediction: Prediction) => Promise<boolean>;

type Values = Required<Omit<Insertable<PredictionRow & PictureRow>, 'number'>>;

export function addingTo(database: Database): Add {
  if (database.kind === 'sqlite') {
    const [prediction, picture] = statements(database).map(compiledOnce);
    return async (added) => {
      const values = valuesOf(added);
      const [{ numAffectedRows }] = await database.together([prediction(values), picture(values)]);
      return numAffectedRows === 1n;
    };
  }
  const both = compiledOnce(statement(database));
  return async (added) => {
    const { numAffectedRows } = await database.queries.executeQuery(both(valuesOf(added)));
    return numAffectedRows === 1n;
  };
}

/** Stands for a value in a query until there is one. */
class Place {
  readonly name: keyof Values;

  constructor(name: keyof Values) {
    this.name = name;
  }
}

const places = {
  id: new Place('id'),
  owner: new Place('owner'),
  created_at: new Place('created_at'),
  source: new Place('source'),
  model: new Place('model'),
  text: new Place('text'),
  rejected: new Place('rejected'),
  digits: new Place('digits'),
  milliseconds: new Place('milliseconds'),
  width: new Place('width'),
  height: new Place('height'),
  picture_type: new Place('picture_type'),
  correction: new Place('correction'),
  corrected_at: new Place('corrected_at'),
};
const picturePlaces = { picture: new Place('picture'), images: new Place('images') };

// To the query builder, places are the values.
const row = places as unknown as Required<Omit<Insertable<PredictionRow>, 'number'>>;
const picture = picturePlaces as unknown as Omit<PictureRow, 'number'>;

function compiledOnce(query: Compilable): (values: Values) => CompiledQuery {
  const compiled = query.compile();
  const names = compiled.parameters.map((place) => (place as Place).name);
  return (values) => ({ ...compiled, parameters: names.map((name) => values[name]) });
}

function valuesOf(prediction: Prediction): Values {
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
    picture: prediction.picture,
    images: packImages(prediction.digits),
  };
}

function upsert({ queries }: Database) {
  return queries
    .insertInto('predictions')
    .values(row)
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

function statements(database: SqliteDatabase): Compilable[] {
  const insertPicture = database.queries
    .insertInto('pictures')
    .columns(['number', 'picture', 'images'])
    // Finds nothing, and so adds nothing, where the prediction is someone else's.
    .expression(({ selectFrom, val }) =>
      selectFrom('predictions')
        .select(['number', val(picture.picture).as('picture'), val(picture.images).as('images')])
        .where('id', '=', row.id)
        .where('owner', '=', row.owner),
    )
    .onConflict((conflict) =>
      conflict.column('number').doUpdateSet(({ ref }) => ({
        picture: ref('excluded.picture'),
        images: ref('excluded.images'),
      })),
    );
  return [upsert(database), insertPicture];
}

function statement(database: PostgresDatabase): Compilable {
  return database.queries
    .with('kept', () => upsert(database).returning('number'))
    .insertInto('pictures')
    .columns(['number', 'picture', 'images'])
    .expression(({ selectFrom, cast, val }) =>
      selectFrom('kept').select([
        'number',
        cast<Uint8Array>(val(picture.picture), 'bytea').as('picture'),
        cast<Uint8Array>(val(picture.images), 'bytea').as('images'),
      ]),
    )
    .onConflict((conflict) =>
      conflict.column('number').doUpdateSet(({ ref }) => ({
        picture: ref('excluded.picture'),
        images: ref('excluded.images'),
      })),
    );
}
