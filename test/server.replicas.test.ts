/** Three servers on one PostgreSQL, behind a proxy that goes round, are one app: also while one or all of that is gone. */
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { InklingClient } from '../server/client/client.ts';
import { digitFiles, otherModel, shippedModel } from '../server/reading/testing/pictures.ts';
import { type AppProcess, startProcess } from './appProcess.ts';
import { postgresFolder, TestPostgres, withPostgres } from './postgres.ts';
import { type RoundRobin, startRoundRobin } from './roundRobin.ts';

const TOKEN = 'a-token-of-the-administrator';
const REPLICAS = 3;
/** Pictures in a minute, of one address. */
const RATE_LIMIT = 60;
const LONG = 300_000;

let postgres: TestPostgres;
let variables: Record<string, string>;
let replicas: AppProcess[] = [];
let proxy: RoundRobin;
beforeAll(async () => {
  if (!postgresFolder) return;
  postgres = await TestPostgres.create();
  variables = {
    DATABASE_URL: await postgres.createDatabase(),
    INKLING_ADMIN_TOKEN: TOKEN,
    INKLING_RATE_LIMIT: `${RATE_LIMIT}`,
    INKLING_TRUSTED_PROXIES: '127.0.0.1',
    INKLING_WORKERS: '1',
  };
  replicas = await Promise.all(Array.from({ length: REPLICAS }, () => startProcess(variables)));
  proxy = await startRoundRobin(() => replicas.map(({ url }) => url));
}, LONG);
afterAll(async () => {
  proxy?.close();
  await Promise.all(replicas.map((replica) => replica.stop()));
  await postgres?.remove();
}, LONG);

/** A client at an address of its own, so that the tests do not use up each other's limits. */
function clientAt(address: string, token?: string): InklingClient {
  return new InklingClient(proxy.url, {
    token,
    fetch: (url, init) => {
      const headers = new Headers(init?.headers);
      headers.set('X-Test-Client', address);
      return fetch(url, { ...init, headers });
    },
  });
}

const picture = (digit: number) => new Blob([digitFiles[digit]]);
const eachReplica = <Result>(ask: (client: InklingClient) => Promise<Result>) =>
  Promise.all(replicas.map(({ url }) => ask(new InklingClient(url))));

describe('three servers on one database', () => {
  withPostgres(
    'have one history',
    async () => {
      const me = clientAt('198.51.100.1');
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
    },
    LONG,
  );

  withPostgres(
    'change their model together, and fail nobody meanwhile',
    async () => {
      const me = clientAt('198.51.100.2');
      const administrator = clientAt('198.51.100.3', TOKEN);
      const model = otherModel('together');
      const seen = new Set<string>();
      let isOver = false;
      const asking = (async () => {
        // Slower than the limit.
        for (; !isOver; await new Promise((resolve) => setTimeout(resolve, 500))) {
          const answer = await me.predict(picture(5), { store: false });
          expect(answer.text).toBe('5');
          seen.add(answer.model);
        }
      })();
      await administrator.addModel(new Uint8Array(model.bytes));
      for (const version of [model.version, shippedModel().version]) {
        await administrator.useModel(version);
        await expect
          .poll(() => eachReplica(async (one) => (await one.models()).current), { timeout: 30_000 })
          .toEqual(replicas.map(() => version));
        for (let i = 0; i < REPLICAS; i++) {
          expect((await me.predict(picture(5), { store: false })).model).toBe(version);
        }
      }
      isOver = true;
      await asking;
      expect(seen).toContain(shippedModel().version);
    },
    LONG,
  );

  withPostgres(
    'count what one address sends together',
    async () => {
      const me = clientAt('198.51.100.4');
      const ask = (client: InklingClient) =>
        client.predict(picture(9), { store: false }).then(
          () => ({ status: 200, retryAfter: 0 }),
          ({ problem, retryAfter }) => ({ status: problem.status as number, retryAfter }),
        );
      const start = performance.now();
      const results: { status: number; retryAfter: number }[] = [];
      while (results.length < 5 * RATE_LIMIT && !results.some(({ status }) => status === 429)) {
        results.push(...(await Promise.all(Array.from({ length: 6 }, () => ask(me)))));
      }
      const granted = results.filter(({ status }) => status === 200).length;
      // One bucket, what flowed into it meanwhile, and what the replicas held in their hands.
      const flowed = ((performance.now() - start) / 60_000) * RATE_LIMIT;
      expect(granted).toBeGreaterThan(RATE_LIMIT * 0.9);
      expect(granted).toBeLessThan(RATE_LIMIT * 1.2 + flowed);
      const refused = results.find(({ status }) => status === 429);
      expect(refused?.retryAfter).toBeGreaterThan(0);
      expect((await ask(clientAt('198.51.100.5'))).status, 'another address is free to ask').toBe(200);
      // It is told when to come again, and that is true.
      for (let wait = refused!.retryAfter, i = 0; wait > 0 && i < 5; i++) {
        await new Promise((resolve) => setTimeout(resolve, wait * 1000));
        wait = (await ask(me)).retryAfter;
        if (i === 4) expect(wait).toBe(0);
      }
    },
    LONG,
  );

  withPostgres(
    'try a candidate together, and answer each browser the same',
    async () => {
      const candidate = otherModel('tried').version;
      const administrator = clientAt('198.51.100.8', TOKEN);
      await administrator.addModel(new Uint8Array(otherModel('tried').bytes));
      await administrator.tryModel(candidate, 0.5);
      const shares = () => eachReplica(async (one) => (await one.models()).trial?.share);
      await expect.poll(shares, { timeout: 30_000 }).toEqual([0.5, 0.5, 0.5]);
      const answered = new Map<string, number>();
      for (let browser = 0; browser < 12; browser++) {
        const one = clientAt(`203.0.113.${browser + 1}`);
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

      await administrator.useModel(candidate);
      await expect.poll(shares, { timeout: 30_000 }).toEqual([undefined, undefined, undefined]);
      await administrator.rollBack();
      await expect
        .poll(() => eachReplica(async (one) => (await one.models()).current), { timeout: 30_000 })
        .toEqual(replicas.map(() => shippedModel().version));
      expect(await shares(), 'who was taken back is not tried again').toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    },
    LONG,
  );

  withPostgres(
    'go on without one that is killed, and it comes back to what all know',
    async () => {
      const me = clientAt('198.51.100.6');
      const { id } = await me.predict(picture(2));
      await replicas[1].kill();
      for (let i = 0; i < 2 * REPLICAS; i++) expect((await me.get(id)).text).toBe('2');
      await me.correct(id, '3');
      replicas[1] = await startProcess(variables);
      const there = new InklingClient(replicas[1].url, { cookie: me.cookie });
      expect(await there.get(id)).toMatchObject({ text: '2', correction: '3' });
    },
    LONG,
  );

  withPostgres(
    'do without the database until it is back, and lose nothing',
    async () => {
      const me = clientAt('198.51.100.7');
      const { id } = await me.predict(picture(6));
      await postgres.kill();
      const readiness = () =>
        Promise.all(replicas.map(async ({ url }) => (await fetch(`${url}readyz`)).status));
      for (let i = 0; i < REPLICAS; i++) {
        const refusal = await me.predict(picture(7)).catch((error) => error);
        expect(refusal.problem.status).toBe(503);
        expect(refusal.retryAfter).toBeGreaterThan(0);
      }
      expect((await me.predict(picture(7), { store: false })).text, 'what is not kept is still read').toBe(
        '7',
      );
      expect(await readiness()).toEqual(replicas.map(() => 503));
      await postgres.start();
      await expect.poll(readiness, { timeout: 30_000 }).toEqual(replicas.map(() => 200));
      const text = () =>
        me.get(id).then(
          (prediction) => prediction.text,
          () => '',
        );
      await expect.poll(text, { timeout: 30_000 }).toBe('6');
      expect((await me.predict(picture(8))).text).toBe('8');
    },
    LONG,
  );
});
