/** What the two databases call the same types of columns. */
import { type RawBuilder, sql } from 'kysely';

export interface ColumnTypes {
  /** Text that is compared byte by byte, whatever the language of the database. */
  key: RawBuilder<unknown>;
  bytes: RawBuilder<unknown>;
  /** 64 bits, counted up by the database from row to row. */
  counted: RawBuilder<unknown>;
  /** 64 bits. */
  integer: RawBuilder<unknown>;
  /** 64 bits. */
  real: RawBuilder<unknown>;
  /** What a table is called whose rows need not survive a crash of the machine, and cost no waiting for the disk. */
  fleetingTable: 'unlogged table' | 'table';
}

export const sqliteTypes: ColumnTypes = {
  key: sql`text`,
  bytes: sql`blob`,
  counted: sql`integer`,
  integer: sql`integer`,
  real: sql`real`,
  fleetingTable: 'table',
};

export const postgresTypes: ColumnTypes = {
  key: sql`text collate "C"`,
  bytes: sql`bytea`,
  counted: sql`bigint generated always as identity`,
  integer: sql`bigint`,
  real: sql`double precision`,
  fleetingTable: 'unlogged table',
};
