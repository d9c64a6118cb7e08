/**
 * Adds a prediction and its picture, or replaces them where they are the same owner's: both or neither.
 *
 * SQLite takes two statements in one transaction. PostgreSQL does it in one statement, which spares three journeys to
 * the server, and for all that have come meanwhile, which spares it most of the work of a statement. All are built and
 * compiled once, since this is what the app does most: for each prediction, only the values are put in.
 */
import { type Compilable, type CompiledQuery, type Insertable, sql } from 'kysely';
import type { Database, PostgresDatabase, SqliteDatabase } from './database.ts';
import { packDigits, packImages } from './digits.ts';
import { Gathering } from './gathering.ts';
import { type Prediction, StoreUnavailableError } from './store.ts';
import { type PictureRow, PREDICTION_COLUMNS, type PredictionRow } from './tables.ts';

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
  const together = new Gathering((group: readonly Prediction[]) => addGroup(database, group), {
    lanes: LANES,
    sizes: GROUPS,
  });
  return async (added) => {
    try {
      return await together.add(added);
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      // One of the group was refused for what it is, and by itself hears why; the others are kept.
      const [isKept] = await addGroup(database, [added]);
      return isKept;
    }
  };
}

/** Sizes of groups on PostgreSQL. Each is a statement of its own, which every connection prepares. */
const GROUPS = [1, 2, 4, 8, 16, 32];
/** Groups that are on their way to PostgreSQL at a time: while one waits for the disk, others are taken in. */
const LANES = 4;

/** Stands for a value in a query until there is one. */
class Place {
  readonly name: keyof Values;
  /** Of which of the predictions that are added together. */
  readonly which: number;

  constructor(name: keyof Values, which: number) {
    this.name = name;
    this.which = which;
  }
}

type Row = Required<Omit<Insertable<PredictionRow>, 'number'>>;

/** To the query builder, places are the values. */
function rowOf(which: number): Row {
  return Object.fromEntries(
    PREDICTION_COLUMNS.map((name) => [name, new Place(name, which)]),
  ) as unknown as Row;
}

function pictureOf(which: number): Omit<PictureRow, 'number'> {
  const places = { picture: new Place('picture', which), images: new Place('images', which) };
  return places as unknown as Omit<PictureRow, 'number'>;
}

function compiledOnce(query: Compilable): (...values: readonly Values[]) => CompiledQuery {
  const compiled = query.compile();
  const places = compiled.parameters as readonly Place[];
  return (...values) => ({ ...compiled, parameters: places.map(({ name, which }) => values[which][name]) });
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

function upsert({ queries }: Database, rows: readonly Row[]) {
  return queries
    .insertInto('predictions')
    .values(rows)
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
  const row = rowOf(0);
  const picture = pictureOf(0);
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
  return [upsert(database, [row]), insertPicture];
}

const compiledGroups = new Map<number, (...values: readonly Values[]) => CompiledQuery>();

/** All or none: one statement. */
async function addGroup(database: PostgresDatabase, group: readonly Prediction[]): Promise<boolean[]> {
  // In one order, so that groups which replace the same predictions do not wait for each other in a circle.
  const sorted = [...group].sort((one, other) => (one.id < other.id ? -1 : 1));
  let fill = compiledGroups.get(sorted.length);
  if (!fill) {
    fill = compiledOnce(statement(database, sorted.length));
    compiledGroups.set(sorted.length, fill);
  }
  const { rows } = await database.queries.executeQuery<{ id: string }>(fill(...sorted.map(valuesOf)));
  const kept = new Set(rows.map(({ id }) => id));
  return group.map(({ id }) => kept.has(id));
}

/** Gives the ids of those that were kept. */
function statement(database: PostgresDatabase, count: number): Compilable {
  const rows = Array.from({ length: count }, (_, which) => ({ row: rowOf(which), ...pictureOf(which) }));
  const given = sql.join(
    rows.map(
      ({ row, picture, images }) =>
        sql`(cast(${row.id} as text), cast(${picture} as bytea), cast(${images} as bytea))`,
    ),
  );
  const pictures = sql<{
    id: string;
    picture: Uint8Array;
    images: Uint8Array;
  }>`(values ${given})`.as<'given'>(sql`given(id, picture, images)`);
  return database.queries
    .with('kept', () =>
      upsert(
        database,
        rows.map(({ row }) => row),
      ).returning(['number', 'id']),
    )
    .with('drawn', (queries) =>
      queries
        .insertInto('pictures')
        .columns(['number', 'picture', 'images'])
        .expression(
          queries
            .selectFrom('kept')
            .innerJoin(pictures, 'given.id', 'kept.id')
            .select(['kept.number', 'given.picture', 'given.images']),
        )
        .onConflict((conflict) =>
          conflict.column('number').doUpdateSet(({ ref }) => ({
            picture: ref('excluded.picture'),
            images: ref('excluded.images'),
          })),
        )
        .returning('number'),
    )
    .selectFrom('kept')
    .select('id');
}
