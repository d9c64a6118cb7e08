/** Where a page of a list ended, as a word that clients hand back. */
import { UsageError } from '../../src/index.ts';

export interface Position {
  createdAt: number;
  id: string;
}

export function writeCursor({ createdAt, id }: Position): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url');
}

/** @throws UsageError where it is not one that `writeCursor` made. */
export function readCursor(cursor: string): Position {
  const [, createdAt, id] = /^(-?\d{1,16}) ([^\0]+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (id === undefined) {
    throw new UsageError(
      'The cursor is not one that a list gave as "next": leave it out to begin with the newest.',
    );
  }
  return { createdAt: Number(createdAt), id };
}
