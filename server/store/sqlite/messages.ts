/** What the threads say to each other: the store asks, the thread with the database answers. */

export interface Query {
  sql: string;
  parameters: readonly unknown[];
}

export interface Request {
  number: number;
  /** Run in one transaction, in order. */
  queries: Query[];
  /** Whether they change anything. */
  writes: boolean;
  /** Whether they delete, so that what is deleted has to go from the log as well. */
  forgets: boolean;
}

export interface Result {
  rows: unknown[];
  changes: number;
}

/** Why a request failed; nothing of it is kept then. */
export interface Failure {
  message: string;
  /** SQLite's primary result code, or 0 for what is no error of SQLite. */
  code: number;
}

export interface Answer {
  number: number;
  results?: Result[];
  failure?: Failure;
}

/** What the thread says once it has opened the database, or could not. */
export interface Opened {
  failure?: Failure & { reason: 'newer' | 'foreign' | 'database' };
}

export interface WorkerSettings {
  file: string;
  /** How large the file may grow, in bytes; 0 for no limit. */
  maximumBytes: number;
  /** How long to wait for another process that holds the database, in milliseconds. */
  busyTimeout: number;
}

/** To the thread: finish, close the database and end. */
export const CLOSE = 'close';
