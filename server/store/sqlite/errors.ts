/** Failures of SQLite, in words. */
import { InklingError } from '../../../src/index.ts';
import { StoreFullError, StoreUnavailableError } from '../store.ts';
import type { Failure, Opened } from './messages.ts';

const BUSY = 5;
const READ_ONLY = 8;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;

/** What may pass by itself, or after someone has seen to the machine. */
const UNAVAILABLE: Record<number, string> = {
  [BUSY]: 'is held by another process',
  6: 'is held by another process',
  7: 'found no memory',
  [READ_ONLY]: 'cannot be written',
  [IO_ERROR]: 'cannot be read or written: the disk fails or is full',
  [CORRUPT]: 'is damaged',
  [CANNOT_OPEN]: 'cannot be opened',
  [NOT_A_DATABASE]: 'is damaged',
};

/** Why a request failed. */
export function explainRunning(file: string, { message, code }: Failure): Error {
  if (code === FULL) {
    return new StoreFullError(
      `The database ${file} has no room: the disk is full, or the file as large as it may be.`,
    );
  }
  const what = UNAVAILABLE[code];
  if (what) return new StoreUnavailableError(`The database ${file} ${what}.`);
  return new Error(`The database ${file} refused a request: ${message}.`);
}

/** Why the file could not be opened, for the person who named it. */
export function explainOpening(file: string, failure: NonNullable<Opened['failure']>): Error {
  const elsewhere = 'or name another file with INKLING_DB';
  if (failure.reason === 'newer') {
    return new InklingError(
      `The database ${file} was written by a newer version of Inkling (it has the change "${failure.message}"): update Inkling, ${elsewhere}.`,
    );
  }
  if (failure.reason === 'foreign') {
    return new InklingError(`${file} is a database of another program: move it away, ${elsewhere}.`);
  }
  switch (failure.code) {
    case NOT_A_DATABASE:
      return new InklingError(`${file} is not an SQLite database: move it away, ${elsewhere}.`);
    case CORRUPT:
      return new InklingError(`The database ${file} is damaged: put a copy back, ${elsewhere}.`);
    case READ_ONLY:
    case CANNOT_OPEN:
    case 0:
      return new InklingError(
        `The database ${file} cannot be opened for writing (${failure.message}): give this user the right to write it and its folder, ${elsewhere}.`,
      );
    default:
      return explainRunning(file, failure);
  }
}
