/**
 * The app is killed in the middle of writing, again and again, and nothing that it acknowledged is lost.
 *
 * Fifty times over both databases, or as often as INKLING_KILLS says. Starting takes most of it, so the next process is
 * got ready while one is written to, and finds its code compiled.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InklingClient, ProblemError } from '../server/client/client.ts';
import { digitFiles } from '../server/reading/testing/pictures.ts';
import { type AppProcess, startProcess } from './appProcess.ts';
import { temporaryFolder } from './commandLine.ts';
import { postgresFolder, TestPostgres, withPostgres } from './postgres.ts';

const KILLS = Number(process.env.INKLING_KILLS ?? 50);
const WRITERS = 12;
const LONGEST_ROUND = 150;
const LONG = 1_200_000;

const folder = await temporaryFolder();
let postgres: TestPostgres | undefined;
beforeAll(async () => {
  if (postgresFolder) postgres = await TestPostgres.create();
}, LONG);
afterAll(() => postgres?.remove());

/** What the app has said it keeps: the digit that was read, and the correction. */
type Acknowledged = Map<string, { text: string; correction: string | null }>;

test(
  'on SQLite',
  async () => {
    const file = join(folder, 'killed.db');
    await killAgainAndAgain({ INKLING_DB: file });
    const database = new DatabaseSync(file);
    expect(database.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
    database.close();
  },
  LONG,
);

withPostgres(
  'on PostgreSQL',
  async () => killAgainAndAgain({ DATABASE_URL: await postgres!.createDatabase() }),
  LONG,
);

async function killAgainAndAgain(database: Record<string, string>): Promise<void> {
  const variables = {
    ...database,
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
    INKLING_WORKERS: '1',
    INKLING_JOBS: '0',
  };
  const kept: Acknowledged = new Map();
  const me = { cookie: undefined as string | undefined };
  let next = startProcess(variables);
  for (let round = 0; round < KILLS / 2; round++) {
    const app = await next;
    // The next one starts while this one is written to, and is there when it dies.
    next = startProcess(variables);
    const before = kept.size;
    const client = new InklingClient(app.url, { cookie: me.cookie });
    // The first answer brings the cookie by which all others belong to the same browser.
    await write(client, kept, 0);
    me.cookie = client.cookie;
    const writers = Array.from({ length: WRITERS }, (_, number) => writeOn(client, kept, number));
    await expect.poll(() => kept.size, { interval: 2, timeout: 30_000 }).toBeGreaterThan(before + 2);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_ROUND));
    await app.kill();
    await Promise.all(writers);
  }
  await expectAll(await next, me.cookie!, kept);
}

async function writeOn(client: InklingClient, kept: Acknowledged, writer: number): Promise<void> {
  try {
    for (let number = writer; ; number++) await write(client, kept, number);
  } catch (error) {
    // A killed server says nothing more; one that refuses something is at fault.
    if (error instanceof ProblemError) throw error;
  }
}

async function write(client: InklingClient, kept: Acknowledged, number: number): Promise<void> {
  const digit = number % 10;
  const id = randomUUID();
  const { text } = await client.predict(new Blob([digitFiles[digit]]), { id });
  expect(text).toBe(`${digit}`);
  kept.set(id, { text, correction: null });
  if (number % 3 > 0) return;
  await client.correct(id, `${number}`);
  kept.set(id, { text, correction: `${number}` });
}

async function expectAll(app: AppProcess, cookie: string, kept: Acknowledged): Promise<void> {
  const me = new InklingClient(app.url, { cookie });
  const found = new Map<string, { text: string; correction: string | null }>();
  for (let after: string | undefined; ; ) {
    const { predictions, next } = await me.list({ limit: 100, after });
    for (const { id, text, correction } of predictions) found.set(id, { text, correction });
    if (next === null) break;
    after = next;
  }
  for (const [id, { text, correction }] of kept) {
    expect(found.get(id)?.text, id).toBe(text);
    // One that was not acknowledged may have been kept all the same.
    if (correction !== null) expect(found.get(id)?.correction, id).toBe(correction);
  }
  const files = unzipSync(await (await me.export()).bytes());
  for (const id of found.keys()) {
    expect(Buffer.from(files[`pictures/${id}.png`]).subarray(1, 4).toString(), id).toBe('PNG');
  }
  expect(await app.stop()).toBe(0);
}
