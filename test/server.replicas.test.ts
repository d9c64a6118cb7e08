/** Several servers on one PostgreSQL are one app, and survive its absence. */
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { InklingClient } from '../server/client/client.ts';
import { digitFiles, otherModel, shippedModel } from '../server/reading/testing/pictures.ts';
import { startApp, type TestApp } from './appServer.ts';
import { postgresFolder, TestPostgres, withPostgres } from './postgres.ts';

const TOKEN = 'a-token-of-the-administrator';
const REPLICAS = 3;
/** Pictures in a minute; more than the test itself sends before it looks at the limit. */
const RATE_LIMIT = 150;

let postgres: TestPostgres;
let replicas: TestApp[] = [];
beforeAll(async () => {
  if (!postgresFolder) return;
  postgres = await TestPostgres.create();
  const DATABASE_URL = await postgres.createDatabase();
  replicas = await Promise.all(
    Array.from({ length: REPLICAS }, () =>
      startApp({ DATABASE_URL, INKLING_ADMIN_TOKEN: TOKEN, INKLING_RATE_LIMIT: `${RATE_LIMIT}` }),
    ),
  );
});
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  await postgres?.remove();
});

/** A client whose requests go to the replicas by turns. */
function roundRobin(options: { token?: string } = {}): InklingClient {
  let turn = 0;
  return new InklingClient(replicas[0].url, {
    ...options,
    fetch: (url, init) => {
      const { pathname, search } = new URL(`${url}`);
      return fetch(new URL(pathname + search, replicas[turn++ % REPLICAS].url), init);
    },
  });
}

const picture = (digit: number) => new Blob([digitFiles[digit]]);

describe('three servers on one database', () => {
  withPostgres('have one history', async () => {
    const me = roundRobin();
    const ids: string[] = [];
    for (const digit of [1, 2, 3, 4]) ids.push((await me.predict(picture(digit))).id);
    for (let i = 0; i < REPLICAS; i++) {
      expect((await me.list()).predictions.map(({ id }) => id)).toEqual([...ids].reverse());
    }
    await me.correct(ids[0], '7');
    for (let i = 0; i < REPLICAS; i++) expect((await me.get(ids[0])).correction).toBe('7');
    await me.remove(ids[1]);
    for (let i = 0; i < REPLICAS; i++) await expect(me.get(ids[1])).rejects.toThrow(/no prediction/);
    expect(await me.removeAll()).toBe(3);
    for (let i = 0; i < REPLICAS; i++) expect((await me.list()).total).toBe(0);
  });

  withPostgres('change their model together', async () => {
    const model = otherModel('together');
    const administrator = new InklingClient(replicas[0].url, { token: TOKEN });
    await administrator.addModel(new Uint8Array(model.bytes));
    await administrator.useModel(model.version);
    for (const { services } of replicas) {
      await expect.poll(() => services.models.current, { timeout: 15_000 }).toBe(model.version);
    }
    expect((await roundRobin().predict(picture(5))).model).toBe(model.version);
    await new InklingClient(replicas[2].url, { token: TOKEN }).useModel(shippedModel().version);
    for (const { services } of replicas) {
      await expect.poll(() => services.models.current, { timeout: 15_000 }).toBe(shippedModel().version);
    }
  });

  withPostgres('try a candidate together, and answer each browser the same', async () => {
    const candidate = otherModel('tried').version;
    const administrator = new InklingClient(replicas[0].url, { token: TOKEN });
    await administrator.addModel(new Uint8Array(otherModel('tried').bytes));
    await administrator.tryModel(candidate, 0.5);
    const shares = () => replicas.map(({ services }) => services.models.trials.running?.share);
    await expect.poll(shares, { timeout: 15_000 }).toEqual([0.5, 0.5, 0.5]);
    const answered = new Map<string, number>();
    for (let browser = 0; browser < 12; browser++) {
      const one = roundRobin();
      const versions = new Set<string>();
      for (let i = 0; i < 2 * REPLICAS; i++) versions.add((await one.predict(picture(i))).model);
      // The first answer makes the browser's name, which decides; all later ones are by the same model.
      const [version] = versions;
      expect([...versions], `browser ${browser}`).toHaveLength(1);
      expect((await one.models()).yours).toBe(version);
      answered.set(version, (answered.get(version) ?? 0) + 1);
    }
    expect([...answered.keys()].sort()).toEqual([candidate, shippedModel().version].sort());
    const { models } = await administrator.usage();
    const predictions = new Map(models.map((model) => [model.version, model.predictions]));
    expect(predictions.get(candidate)).toBe(2 * REPLICAS * answered.get(candidate)!);

    await new InklingClient(replicas[1].url, { token: TOKEN }).useModel(candidate);
    await expect.poll(shares, { timeout: 15_000 }).toEqual([undefined, undefined, undefined]);
    await new InklingClient(replicas[2].url, { token: TOKEN }).rollBack();
    for (const { services } of replicas) {
      await expect.poll(() => services.models.current, { timeout: 15_000 }).toBe(shippedModel().version);
    }
    expect(shares(), 'who was taken back is not tried again').toEqual([undefined, undefined, undefined]);
  });

  withPostgres('do without the database until it is back, and lose nothing', async () => {
    const me = roundRobin();
    const { id } = await me.predict(picture(6));
    await postgres.kill();
    const refusal = await me.predict(picture(7)).catch((error) => error);
    expect(refusal.problem.status).toBe(503);
    expect(refusal.retryAfter).toBeGreaterThan(0);
    expect((await me.predict(picture(7), { store: false })).text, 'what is not kept is still read').toBe('7');
    const ready = await replicas[0].ask('readyz');
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({ status: expect.stringContaining('database') });
    expect((await replicas[0].ask('healthz')).status).toBe(200);
    await postgres.start();
    await expect.poll(async () => (await replicas[0].ask('readyz')).status, { timeout: 15_000 }).toBe(200);
    await expect
      .poll(
        () =>
          me.get(id).then(
            ({ text }) => text,
            () => '',
          ),
        { timeout: 15_000 },
      )
      .toBe('6');
    expect((await me.predict(picture(8))).text).toBe('8');
  });

  withPostgres('count what one address sends together', async () => {
    const me = roundRobin();
    let granted = 0;
    let refused: { status: number; retryAfter: number } | undefined;
    const start = performance.now();
    while (!refused && granted < 4 * RATE_LIMIT) {
      const results = await Promise.all(
        Array.from({ length: 6 }, () =>
          me.predict(picture(9), { store: false }).then(
            () => undefined,
            ({ problem, retryAfter }) => ({ status: problem.status, retryAfter }),
          ),
        ),
      );
      granted += results.filter((result) => result === undefined).length;
      refused = results.find((result) => result !== undefined);
    }
    expect(refused).toMatchObject({ status: 429, retryAfter: expect.any(Number) });
    expect(refused!.retryAfter).toBeGreaterThan(0);
    // One bucket, what flowed into it meanwhile, and what the replicas held in their hands.
    const flowed = ((performance.now() - start) / 60_000) * RATE_LIMIT;
    expect(granted).toBeLessThan(RATE_LIMIT * 1.2 + flowed);
  });
});
