/** What cookies are signed with outlives a restart, and is nobody else's to read. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findSecret } from './secret.ts';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-secret-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

const none = { secret: undefined, databaseUrl: undefined };

test('a secret is made at the first start and found at the second', async () => {
  const database = join(await newFolder(), 'new', 'inkling.db');
  const first = await findSecret({ ...none, database });
  expect(first.length).toBeGreaterThanOrEqual(43);
  expect(await findSecret({ ...none, database })).toBe(first);
  expect((await stat(`${database}.secret`)).mode & 0o777).toBe(0o600);
  expect((await readFile(`${database}.secret`, 'utf8')).trim()).toBe(first);
});

test('one that was configured wins, and servers on one PostgreSQL agree without any', async () => {
  const databaseUrl = 'postgres://inkling:password@db/inkling';
  expect(await findSecret({ secret: 's'.repeat(32), databaseUrl, database: '' })).toBe('s'.repeat(32));
  const derived = await findSecret({ ...none, databaseUrl, database: '' });
  expect(await findSecret({ ...none, databaseUrl, database: 'other' })).toBe(derived);
  expect(
    await findSecret({ ...none, databaseUrl: databaseUrl.replace('password', 'p'), database: '' }),
  ).not.toBe(derived);
});

test('a damaged file is an error that says what to do', async () => {
  const database = join(await newFolder(), 'inkling.db');
  await writeFile(`${database}.secret`, 'short');
  await expect(findSecret({ ...none, database })).rejects.toThrow(
    /does not hold a secret for cookies; delete it/,
  );
});
