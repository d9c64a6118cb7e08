/**
 * What cookies are signed with: as configured; else one that is made at the first start and kept beside the SQLite
 * file; else, on PostgreSQL, one that follows from its address and password, so that all servers on it agree.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describeFileError, InklingError } from '../../src/index.ts';
import type { Configuration } from '../configuration.ts';

const SECRET_BYTES = 32;
const FORM = /^[A-Za-z0-9_-]{43}\n?$/;

export async function findSecret({
  secret,
  databaseUrl,
  database,
}: Pick<Configuration, 'secret' | 'databaseUrl' | 'database'>): Promise<string> {
  if (secret !== undefined) return secret;
  if (databaseUrl !== undefined) {
    return createHmac('sha256', databaseUrl).update('inkling cookies').digest('base64url');
  }
  return secretFile(`${database}.secret`);
}

async function secretFile(path: string): Promise<string> {
  try {
    const made = `${randomBytes(SECRET_BYTES).toString('base64url')}\n`;
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600);
    try {
      await handle.writeFile(made);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return made.trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw describeFileError(error, 'write', path);
  }
  const kept = await readFile(path, 'utf8').catch((error) => {
    throw describeFileError(error, 'read', path);
  });
  if (FORM.test(kept)) return kept.trim();
  throw new InklingError(`${path} does not hold a secret for cookies; delete it, and a new one is made.`);
}
