/** No room: the app says so in a sentence, goes on with what needs none, and keeps again as soon as there is some. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { InklingClient, type ProblemError } from '../server/client/client.ts';
import { digitFiles } from '../server/reading/testing/pictures.ts';
import { type AppProcess, startProcess } from './appProcess.ts';
import { temporaryFolder } from './commandLine.ts';
import { postgresFolder, TestPostgres, withPostgres } from './postgres.ts';
import { needs } from './requirements.ts';

const run = promisify(execFile);
const LONG = 180_000;
const MEBIBYTE = 2 ** 20;
/** Predictions that are sent at once, to fill the room. */
const AT_ONCE = 16;

const folder = await temporaryFolder();
const disk = join(folder, 'disk');
await mkdir(disk);
const canMount = await mount(MEBIBYTE).then(
  () => unmount().then(() => true),
  () => false,
);
const withDisk = needs(canMount, 'a small disk in memory (run as root where mounting is allowed)');

async function mount(bytes: number): Promise<void> {
  await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=777`, 'tmpfs', disk]);
}

async function unmount(): Promise<void> {
  await run('umount', ['--lazy', disk]);
}

let app: AppProcess | undefined;
afterEach(async () => {
  await app?.stop();
  app = undefined;
});

const seven = () => new Blob([digitFiles[7]]);

/** Sends pictures until one is refused; gives the refusal and the ids of those that were kept. */
async function fill(me: InklingClient): Promise<{ refusal: ProblemError; ids: string[] }> {
  const ids: string[] = [];
  const refusals: ProblemError[] = [];
  while (refusals.length === 0) {
    const asked = Array.from({ length: AT_ONCE }, () =>
      me.predict(seven()).then(
        ({ id }) => ids.push(id),
        (error) => refusals.push(error),
      ),
    );
    await Promise.all(asked);
  }
  return { refusal: refusals[0], ids };
}

/** What holds wherever there is no room. */
async function expectReadOnly(me: InklingClient, refusal: ProblemError, ids: string[]): Promise<void> {
  expect([503, 507]).toContain(refusal.problem.status);
  expect(refusal.problem.detail).toMatch(/^[A-Z].*(?:no room|cannot be reached).*\.$/);
  expect((await me.predict(seven(), { store: false })).text, 'what is not kept is still read').toBe('7');
  expect((await me.list()).total, 'all that was acknowledged is there').toBeGreaterThanOrEqual(ids.length);
  expect((await me.get(ids[0])).text).toBe('7');
  expect((await fetch(`${app!.url}healthz`)).status).toBe(200);
}

describe('a file of limited size', () => {
  test(
    'is told by 507, and has room again when something is deleted',
    async () => {
      const file = join(folder, 'limited.db');
      const limit = 3 * MEBIBYTE;
      app = await startProcess({ INKLING_DB: file, INKLING_MAX_DATABASE: `${limit}` });
      const me = new InklingClient(app.url);
      await me.predict(seven());
      const { refusal, ids } = await fill(me);
      expect(refusal.problem.status).toBe(507);
      await expectReadOnly(me, refusal, ids);
      expect((await stat(file)).size).toBeLessThanOrEqual(limit);
      for (const id of ids.slice(0, 50)) await me.remove(id);
      const { id } = await me.predict(seven());
      expect(await me.correct(id, '1')).toMatchObject({ text: '7', correction: '1' });
    },
    LONG,
  );
});

describe('a disk that is full', () => {
  /** Takes up what is left of the disk; gives it free again. */
  async function ballast(): Promise<() => Promise<void>> {
    const { bavail, bsize } = await statfs(disk);
    const file = join(disk, 'ballast');
    await writeFile(file, Buffer.alloc(Math.max(0, bavail * bsize - 128 * 1024), 1));
    return () => rm(file);
  }

  withDisk(
    'under SQLite is told, loses nothing, and passes',
    async () => {
      await mount(24 * MEBIBYTE);
      try {
        app = await startProcess({ INKLING_DB: join(disk, 'inkling.db') });
        const me = new InklingClient(app.url);
        const first = await me.predict(seven());
        const release = await ballast();
        const { refusal, ids } = await fill(me);
        await expectReadOnly(me, refusal, [first.id, ...ids]);
        await release();
        await expect.poll(() => succeeds(me), { timeout: 30_000 }).toBe(true);
        expect((await me.list({ limit: 1 })).total).toBeGreaterThan(ids.length + 1);
      } finally {
        await app?.stop();
        app = undefined;
        await unmount();
      }
    },
    LONG,
  );

  let postgres: TestPostgres | undefined;
  beforeAll(async () => {
    if (postgresFolder && canMount) postgres = await TestPostgres.create();
  }, LONG);
  afterAll(() => postgres?.remove());

  const withBoth = canMount ? withPostgres : withDisk;
  withBoth(
    'under PostgreSQL is told by 507, loses nothing, and passes',
    async () => {
      await mount(48 * MEBIBYTE);
      try {
        const space = join(disk, 'space');
        await mkdir(space);
        // PostgreSQL is another user, to whom our folder must be open.
        await chmod(folder, 0o755);
        const { uid, gid } = await owner();
        await run('chown', [`${uid}:${gid}`, space]);
        await postgres!.query(`create tablespace small location '${space}'`);
        await postgres!.query('create database small tablespace small');
        app = await startProcess({ DATABASE_URL: postgres!.url('small') });
        const me = new InklingClient(app.url);
        const first = await me.predict(seven());
        const release = await ballast();
        const { refusal, ids } = await fill(me);
        expect(refusal.problem.status).toBe(507);
        await expectReadOnly(me, refusal, [first.id, ...ids]);
        await release();
        await expect.poll(() => succeeds(me), { timeout: 30_000 }).toBe(true);
        expect((await me.list({ limit: 1 })).total).toBeGreaterThan(ids.length + 1);
      } finally {
        await app?.stop();
        app = undefined;
        await postgres?.stop();
        await unmount();
      }
    },
    LONG,
  );

  /** Who PostgreSQL runs as. */
  async function owner(): Promise<{ uid: number; gid: number }> {
    const [{ data_directory: data }] = await postgres!.query('show data_directory');
    return stat(`${data}`);
  }
});

const succeeds = (me: InklingClient) =>
  me.predict(seven()).then(
    () => true,
    () => false,
  );
