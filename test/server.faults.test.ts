/** What befalls the app as a process, on either database: threads that die, a model that is damaged, a database that goes. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { InklingClient } from '../server/client/client.ts';
import { digitFiles, otherModel, shippedModel } from '../server/reading/testing/pictures.ts';
import { type AppProcess, startProcess } from './appProcess.ts';
import { temporaryFolder } from './commandLine.ts';
import { postgresFolder, TestPostgres, withPostgres } from './postgres.ts';

const TOKEN = 'a-token-of-the-administrator';
const FRAIL = pathToFileURL(join(import.meta.dirname, '../server/reading/testing/frailApp.ts'));
const LONG = 120_000;

const folder = await temporaryFolder();
let postgres: TestPostgres | undefined;
beforeAll(async () => {
  if (postgresFolder) postgres = await TestPostgres.create();
}, LONG);
afterAll(() => postgres?.remove());

let app: AppProcess | undefined;
afterEach(async () => {
  await app?.stop();
  app = undefined;
});

async function start(variables: Record<string, string>): Promise<InklingClient> {
  app = await startProcess({ INKLING_ADMIN_TOKEN: TOKEN, INKLING_WORKERS: '1', ...variables });
  return new InklingClient(app.url);
}

const newFile = () => join(folder, `${crypto.randomUUID()}.db`);
const picture = (digit: number) => new Blob([digitFiles[digit]]);
const status = (asked: Promise<unknown>) =>
  asked.then(
    () => 200,
    (error) => error.problem?.status ?? error,
  );
const readiness = async () => (await fetch(`${app!.url}readyz`)).status;

test(
  'a thread that dies while it reads harms only the picture that killed it',
  async () => {
    const me = await start({ INKLING_DB: newFile(), NODE_OPTIONS: `--import=${FRAIL}` });
    const { id } = await me.predict(picture(1));
    const others = Array.from({ length: 20 }, (_, i) => me.predict(picture(i % 10)));
    const killer = status(me.predict(new Blob(['DIE'])));
    const after = Array.from({ length: 20 }, (_, i) => me.predict(picture(i % 10)));
    const answers = await Promise.allSettled([...others, ...after]);
    expect(await killer).toBe(503);
    for (const [i, answer] of answers.entries()) {
      // What was in the thread both times it died is given up with a request to try again.
      if (answer.status === 'fulfilled') expect(answer.value.text).toBe(`${i % 10}`);
      else expect(answer.reason.problem.status).toBe(503);
    }
    await expect.poll(readiness, { timeout: 60_000 }).toBe(200);
    expect((await me.predict(picture(8))).text).toBe('8');
    expect((await me.get(id)).text).toBe('1');
    const kept = answers.filter((answer) => answer.status === 'fulfilled').length;
    expect((await me.list({ limit: 1 })).total).toBe(kept + 2);
    const metrics = await (await fetch(`${app!.url}metrics`)).text();
    expect(metrics).toMatch(/^inkling_worker_restarts_total 2$/m);
    expect(app!.log()).toContain('a thread that reads pictures ended and is replaced');
  },
  LONG,
);

describe('a model that is damaged in the database', () => {
  /** Damages the file, chooses it, mends it. */
  async function expectRefused(variables: Record<string, string>, damage: (version: string) => unknown) {
    const me = await start(variables);
    const administrator = new InklingClient(app!.url, { token: TOKEN });
    const { version, bytes } = otherModel('damaged');
    await administrator.addModel(new Uint8Array(bytes));
    await damage(version);
    let isOver = false;
    const asking = (async () => {
      while (!isOver) expect((await me.predict(picture(4))).model).toBe(shippedModel().version);
    })();
    const refusal = await administrator.useModel(version).catch((error) => error);
    expect(refusal.problem).toMatchObject({ status: 422, detail: expect.stringContaining('is damaged') });
    expect(await status(me.weights(version)), 'nor is it handed out').toBe(503);
    expect((await me.models()).current).toBe(shippedModel().version);
    isOver = true;
    await asking;
    await administrator.addModel(new Uint8Array(bytes));
    await administrator.useModel(version);
    expect((await me.predict(picture(4))).model).toBe(version);
    await damage(version);
    await app!.stop();
    const again = await start(variables);
    expect((await again.predict(picture(4))).model, 'it starts with the first').toBe(shippedModel().version);
  }

  test(
    'leaves the old one in place, on SQLite',
    async () => {
      const file = newFile();
      await expectRefused({ INKLING_DB: file }, (version) => {
        const database = new DatabaseSync(file, { timeout: 5000 });
        database
          .prepare(
            "update models set bytes = substr(bytes, 1, 90000) || x'ff' || substr(bytes, 90002) where version = ?",
          )
          .run(version);
        database.close();
      });
    },
    LONG,
  );

  withPostgres(
    'leaves the old one in place, on PostgreSQL',
    async () => {
      const url = await postgres!.createDatabase();
      await expectRefused({ DATABASE_URL: url }, (version) =>
        postgres!.query(
          `update models set bytes = set_byte(bytes, 90000, 255 - get_byte(bytes, 90000)) where version = '${version}'`,
          url,
        ),
      );
    },
    LONG,
  );
});

describe('a database that goes and comes back', () => {
  async function expectSurvived(
    me: InklingClient,
    goes: () => Promise<unknown>,
    comes: () => Promise<unknown>,
  ) {
    const { id } = await me.predict(picture(6));
    await me.correct(id, '5');
    await goes();
    for (const asked of [() => me.predict(picture(7)), () => me.correct(id, '4'), () => me.list()]) {
      expect([200, 503]).toContain(await status(asked()));
    }
    expect(await status(me.predict(picture(7))), 'nothing is said to be kept').toBe(503);
    expect((await me.predict(picture(7), { store: false })).text, 'what is not kept is still read').toBe('7');
    expect((await fetch(`${app!.url}healthz`)).status).toBe(200);
    await comes();
    await expect.poll(readiness, { timeout: 30_000 }).toBe(200);
    await expect.poll(() => status(me.predict(picture(8))), { timeout: 30_000 }).toBe(200);
    expect((await me.get(id)).text).toBe('6');
    expect(['4', '5']).toContain((await me.get(id)).correction);
  }

  withPostgres(
    'is done without meanwhile, on PostgreSQL',
    async () => {
      const me = await start({ DATABASE_URL: await postgres!.createDatabase() });
      await expectSurvived(
        me,
        () => postgres!.kill(),
        () => postgres!.start(),
      );
    },
    LONG,
  );

  test(
    'is done without meanwhile, on SQLite: another process holds it',
    async () => {
      const file = newFile();
      const me = await start({ INKLING_DB: file });
      const holder = new DatabaseSync(file);
      await expectSurvived(
        me,
        async () => holder.exec('begin immediate'),
        async () => {
          holder.exec('rollback');
          holder.close();
        },
      );
    },
    LONG,
  );
});
