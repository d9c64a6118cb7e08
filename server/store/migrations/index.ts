/** All changes to the tables, in order. To change them, add a file; never edit one that has been released. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { ColumnTypes } from './columns.ts';
import { up as jobs } from './jobs.ts';
import { up as predictions } from './predictions.ts';
import { up as registry } from './registry.ts';
import { up as reviews } from './reviews.ts';
import { up as trials } from './trials.ts';

/** Makes a change; `types` are what the database at hand calls its types. */
export type Change = (database: Kysely<unknown>, types: ColumnTypes) => Promise<void>;

const changes: Record<string, Change> = {
  '0001-predictions': predictions,
  '0002-registry': registry,
  '0003-reviews': reviews,
  '0004-trials': trials,
  '0005-jobs': jobs,
};

/** The changes as Kysely's migrator takes them. There is no way back: an older version refuses a newer database. */
export function migrations(types: ColumnTypes): Record<string, Migration> {
  return Object.fromEntries(
    Object.entries(changes).map(([name, up]) => [
      name,
      { up: (database: Kysely<unknown>) => up(database, types) },
    ]),
  );
}
