/** Failures of PostgreSQL, in words. Of the URL they show the host, the port and the database, never the password. */
import { InklingError } from '../../../src/index.ts';
import { NewerDatabaseError } from '../migrate.ts';
import { StoreFullError, StoreUnavailableError } from '../store.ts';

/**
 * Classes of SQLSTATE that may pass by themselves or by an operator's hand: connections, resources (disk full, too
 * many connections), an operator's intervention (shutdown, cancelled by a timeout), the system (input and output),
 * rolled back (deadlock).
 */
const UNAVAILABLE = new Set(['08', '53', '57', '58', '40']);
/** No room on the disk. */
const DISK_FULL = '53100';
/** A server that only reads, as a standby does. */
const READ_ONLY = '25006';

interface DriverError extends Error {
  code?: string;
}

/** @throws InklingError */
export function checkUrl(url: string): void {
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return;
  throw new InklingError(
    'DATABASE_URL is not the address of a PostgreSQL database: write postgres://user:password@host:5432/database, with special characters in the password percent-encoded.',
  );
}

/** Why a query failed. */
export function explainRunning(url: string, error: unknown): Error {
  const { code = '', message } = error as DriverError;
  const isSqlState = /^[0-9A-Z]{5}$/.test(code);
  if (isSqlState && !UNAVAILABLE.has(code.slice(0, 2)) && code !== READ_ONLY) {
    return new Error(`The database ${placeOf(url)} refused a request: ${message} (${code}).`);
  }
  if (code === DISK_FULL)
    return new StoreFullError(`The database ${placeOf(url)} has no room: ${reasonOf(error)}.`);
  // What is not from the server itself is from the way to it.
  return new StoreUnavailableError(
    `The database ${placeOf(url)} cannot be reached or cannot write now: ${reasonOf(error)}.`,
  );
}

/** Why the database could not be opened, for the person who wrote the URL. */
export function explainOpening(url: string, error: unknown): Error {
  const place = placeOf(url);
  if (error instanceof NewerDatabaseError) {
    return new InklingError(
      `The database ${place} was written by a newer version of Inkling (it has the change "${error.message}"): update Inkling, or name another one with DATABASE_URL.`,
    );
  }
  switch ((error as DriverError).code) {
    case '28P01':
    case '28000':
      return new InklingError(
        `PostgreSQL at ${place} does not let this user in: check user and password in DATABASE_URL.`,
      );
    case '3D000':
      return new InklingError(
        `PostgreSQL has no database ${place}: create it, or name another one in DATABASE_URL.`,
      );
    case '42501':
      return new InklingError(
        `The user in DATABASE_URL may not make tables in the database ${place}: grant it the right to create in the schema, or name another user.`,
      );
    default:
      return explainRunning(url, error);
  }
}

/** Host, port and database. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

function reasonOf(error: unknown): string {
  // Trying several addresses of a host gives one error for each.
  const first = error instanceof AggregateError ? (error.errors[0] as DriverError) : (error as DriverError);
  return first.message.replace(/\.$/, '');
}
