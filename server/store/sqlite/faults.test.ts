/** What an SQLite store survives: kills, full disks, other processes, files that are not its own. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { InklingError } from '../../../src/index.ts';
import { openStore } from '../open.ts';
import { StoreUnavailableError } from '../store.ts';
import { samplePrediction } from '../testing/samples.ts';
import { expectKept, type Promised, Writer } from '../testing/written.ts';

const LONG = 600_000;
const folder = await mkdtemp(join(tmpdir(), 'inkling-sqlite-'));
afterAll(() => rm(folder, { recursive: true }));

function inspect(file: string): { integrity: unknown; orphans: unknown } {
  const database = new DatabaseSync(file);
  const { integrity_check: integrity } = database.prepare('pragma integrity_check').get()!;
  const { orphans } = database
    .prepare(
      'select count(*) as orphans from predictions left join pictures using (number) where picture is null',
    )
    .get()!;
  database.close();
  return { integrity, orphans };
}

test('a new database is had by all who make it at once', async () => {
  const file = join(folder, 'new.db');
  // Its commit may have to wait too, for one that is just looking.
  const other = new DatabaseSync(file, { timeout: 5_000 });
  other.exec('begin immediate');
  const opening = Promise.all([openStore({ file }), openStore({ file })]);
  await pause(300);
  other.exec('commit');
  other.close();
  for (const store of await opening) await store.close();
});

describe('kills', () => {
  test(
    'lose nothing that was promised, 50 times in mid-write',
    async () => {
      const file = join(folder, 'killed.db');
      const promised: Promised = new Map();
      for (let round = 0; round < 50; round++) {
        const writer = new Writer({ file });
        await writer.until(() => writer.promised.size > 0);
        await pause(Math.random() * 120);
        await writer.kill();
        expect(writer.failures).toEqual([]);
        for (const [id, text] of writer.promised) promised.set(id, text);
      }
      const store = await openStore({ file });
      await expectKept(store, promised);
      await store.close();
      expect(inspect(file)).toEqual({ integrity: 'ok', orphans: 0 });
    },
    LONG,
  );

  test(
    'of one process leave another on the same file going',
    async () => {
      const file = join(folder, 'shared.db');
      const writers = [new Writer({ file }), new Writer({ file })];
      for (const writer of writers) await writer.until(() => writer.promised.size > 200);
      await writers[0].kill();
      const before = writers[1].promised.size;
      await writers[1].until(() => writers[1].promised.size > before + 100);
      await writers[1].kill();
      expect(writers.map(({ failures }) => failures)).toEqual([[], []]);
      const store = await openStore({ file });
      await expectKept(store, new Map([...writers[0].promised, ...writers[1].promised]));
      await store.close();
    },
    LONG,
  );
});

test(
  'a full disk is told, loses nothing, and passes',
  async () => {
    const file = join(folder, 'full.db');
    // A file may grow to a few megabytes, as if the disk ended there. The unit is half a kilobyte, or one.
    const writer = new Writer({ file }, 'ulimit -S -f 4000');
    await writer.until(() => writer.failures.length > 50);
    expect(new Set(writer.failures)).toEqual(new Set(['StoreUnavailableError']));
    const before = writer.promised.size;
    expect(before).toBeGreaterThan(0);
    await promisify(execFile)('prlimit', ['--pid', `${writer.process.pid}`, '--fsize=unlimited']);
    await writer.until(() => writer.promised.size > before + 100);
    await writer.kill();
    const store = await openStore({ file });
    await expectKept(store, writer.promised);
    await store.close();
    expect(inspect(file)).toEqual({ integrity: 'ok', orphans: 0 });
  },
  LONG,
);

test(
  'what is deleted is gone from the files',
  async () => {
    const file = join(folder, 'deleted.db');
    const store = await openStore({ file });
    const marker = 'A marker that nothing else in the file looks like.';
    const marked = (count: number) =>
      samplePrediction({
        picture: new Uint8Array(Buffer.from(marker.repeat(count))),
        owner: `owner ${count}`,
      });
    const holds = async () => {
      const files = await Promise.all([readFile(file), readFile(`${file}-wal`).catch(() => Buffer.alloc(0))]);
      return files.some((bytes) => bytes.includes(marker));
    };
    const [one, large, other] = [marked(1), marked(50_000), marked(20)];
    for (const prediction of [one, large, other]) await store.add(prediction);
    expect(await holds()).toBe(true);
    await store.remove(one.owner, one.id);
    await store.removeAll(large.owner);
    expect(await store.prune({ before: other.createdAt + 1 })).toBe(1);
    for (const deadline = Date.now() + 20_000; (await holds()) && Date.now() < deadline; ) await pause(20);
    expect(await holds()).toBe(false);
    // It is gone while the store is open, not only once it is closed.
    expect(await store.counts()).toEqual({ predictions: 0, corrections: 0 });
    await store.close();
    expect(await holds()).toBe(false);
  },
  LONG,
);

test('only its user may read the files', async () => {
  const file = join(folder, 'private', 'inkling.db');
  const store = await openStore({ file });
  await store.add(samplePrediction());
  for (const suffix of ['', '-wal', '-shm']) expect((await stat(file + suffix)).mode & 0o777).toBe(0o600);
  await store.close();
});

describe('refuses', () => {
  async function refusal(file: string): Promise<InklingError> {
    const error = await openStore({ file }).catch((reason) => reason);
    expect(error).toBeInstanceOf(InklingError);
    expect(error).not.toBeInstanceOf(StoreUnavailableError);
    expect(error.message).toContain(file);
    expect(error.message).toMatch(/INKLING_DB\.$/);
    return error;
  }

  test('a file that is no database', async () => {
    const file = join(folder, 'text.db');
    await writeFile(file, 'Dear diary, '.repeat(1000));
    expect((await refusal(file)).message).toContain('is not an SQLite database');
    expect(await readFile(file, 'utf8')).toBe('Dear diary, '.repeat(1000));
  });

  test('a database of another program', async () => {
    const file = join(folder, 'foreign.db');
    const database = new DatabaseSync(file);
    database.exec('create table predictions (weather text)');
    database.close();
    const before = await readFile(file);
    expect((await refusal(file)).message).toContain('another program');
    expect(await readFile(file)).toEqual(before);
  });

  test('a database of a newer version', async () => {
    const file = join(folder, 'newer.db');
    await (await openStore({ file })).close();
    const database = new DatabaseSync(file);
    database.exec("insert into kysely_migration values ('9999-later', '2099-01-01T00:00:00.000Z')");
    database.close();
    expect((await refusal(file)).message).toContain(
      'newer version of Inkling (it has the change "9999-later")',
    );
  });

  test('a damaged database', async () => {
    const file = join(folder, 'damaged.db');
    await (await openStore({ file })).close();
    const bytes = await readFile(file);
    await writeFile(file, bytes.fill(0xff, 100, 4096));
    expect((await refusal(file)).message).toMatch(/is damaged|is not an SQLite database/);
  });

  test('a folder where the file should be, and a file where its folder should be', async () => {
    const place = join(folder, 'place');
    await mkdir(place);
    expect((await refusal(place)).message).toContain('cannot be opened for writing');
    await writeFile(join(folder, 'plain'), '');
    expect((await refusal(join(folder, 'plain', 'inkling.db'))).message).toContain(
      'cannot be opened for writing',
    );
  });

  test('a folder and a file that it may not write', async () => {
    const locked = await mkdtemp(join(tmpdir(), 'inkling-locked-'));
    const file = join(locked, 'inkling.db');
    await (await openStore({ file })).close();
    await chmod(file, 0o444);
    await chmod(locked, 0o555);
    // Rights do not bind root.
    const root = process.geteuid!() === 0;
    if (root) process.seteuid!(65534);
    try {
      expect((await refusal(file)).message).toContain('cannot be opened for writing');
      expect((await refusal(join(locked, 'new.db'))).message).toContain('cannot be opened for writing');
      expect((await refusal(join(locked, 'new', 'new.db'))).message).toContain(
        'cannot be opened for writing',
      );
    } finally {
      if (root) process.seteuid!(0);
      await chmod(locked, 0o755);
      await rm(locked, { recursive: true });
    }
  });
});

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
