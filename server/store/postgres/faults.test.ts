/** What a PostgreSQL store survives: killed clients, a killed or stopped server, a dead network, wrong settings. */
import { spawnSync } from 'node:child_process';
import { chmod, chown, stat } from 'node:fs/promises';
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { InklingError } from '../../../src/index.ts';
import { postgresFolder, TestPostgres, withPostgres as test } from '../../../test/postgres.ts';
import { needs } from '../../../test/requirements.ts';
import { openStore } from '../open.ts';
import { type Store, StoreUnavailableError } from '../store.ts';
import { samplePrediction } from '../testing/samples.ts';
import { expectKept, type Promised, Writer, writtenPrediction } from '../testing/written.ts';

const LONG = 600_000;
let postgres: TestPostgres;

beforeAll(async () => {
  if (postgresFolder) postgres = await TestPostgres.create();
}, LONG);
afterAll(() => postgres?.remove());

test(
  'killing the client in mid-write 50 times loses nothing that was promised',
  async () => {
    const databaseUrl = await postgres.createDatabase();
    const store = await openStore({ databaseUrl });
    const promised: Promised = new Map();
    for (let round = 0; round < 50; round++) {
      const writer = new Writer({ databaseUrl });
      await writer.until(() => writer.promised.size > 0);
      await pause(Math.random() * 120);
      await writer.kill();
      expect(writer.failures).toEqual([]);
      for (const [id, text] of writer.promised) promised.set(id, text);
    }
    await expectKept(store, promised);
    await store.close();
    await expectWhole(databaseUrl);
  },
  LONG,
);

test(
  'killing the server in mid-write loses nothing that was promised, and clients go on by themselves',
  async () => {
    const databaseUrl = await postgres.createDatabase();
    const store = await openStore({ databaseUrl });
    const writer = new Writer({ databaseUrl });
    for (let round = 0; round < 4; round++) {
      const [kept, failed] = [writer.promised.size, writer.failures.length];
      await writer.until(() => writer.promised.size > kept + 50);
      await postgres.kill();
      await writer.until(() => writer.failures.length > failed);
      await postgres.start();
    }
    const kept = writer.promised.size;
    await writer.until(() => writer.promised.size > kept + 50);
    await writer.kill();
    expect(new Set(writer.failures)).toEqual(new Set(['StoreUnavailableError']));
    await until(() => store.check());
    await expectKept(store, writer.promised);
    await store.close();
    await expectWhole(databaseUrl);
  },
  LONG,
);

test(
  'a database that goes is told soon, and one that is back is used again',
  async () => {
    const databaseUrl = await postgres.createDatabase();
    const store = await openStore({ databaseUrl });
    const prediction = samplePrediction();
    await store.add(prediction);
    await postgres.stop();
    await expectUnavailable(store);
    // Nor can a store be opened meanwhile.
    await expect(openStore({ databaseUrl })).rejects.toThrow(StoreUnavailableError);
    await postgres.start();
    expect(await store.get('me', prediction.id)).toEqual(prediction);
    expect(await store.add(samplePrediction())).toBe(true);
    await store.close();
  },
  LONG,
);

test(
  'a network that swallows everything is told in time, and one that is back is used again',
  async () => {
    const url = new URL(await postgres.createDatabase());
    const network = await Network.to(postgres.port);
    url.port = `${network.port}`;
    const store = await openStore({ databaseUrl: url.href, timeout: 500, connections: 3 });
    await store.check();
    network.swallows = true;
    await expectUnavailable(store);
    network.swallows = false;
    await until(() => store.check());
    expect(await store.add(writtenPrediction('x'))).toBe(true);
    await store.close();
    network.close();
  },
  LONG,
);

test('what takes too long is given up, and does not hold the others up', async () => {
  const databaseUrl = await postgres.createDatabase();
  const store = await openStore({ databaseUrl, timeout: 300 });
  const prediction = samplePrediction();
  await store.add(prediction);
  // Someone else holds the row.
  const holding = postgres.query(
    `begin; select * from predictions for update; select pg_sleep(3); commit`,
    databaseUrl,
  );
  await pause(500);
  await expect(store.correct('me', prediction.id, '1', 5)).rejects.toThrow(StoreUnavailableError);
  expect(await store.add(samplePrediction())).toBe(true);
  await holding;
  expect(await store.correct('me', prediction.id, '1', 5)).toBe(true);
  await store.close();
});

const openssl = spawnSync('openssl', ['version']).status === 0;

needs(
  postgresFolder !== undefined && openssl,
  'PostgreSQL and openssl, to make a certificate (install both)',
)(
  'speaks TLS as the address asks, and to nobody whose certificate it cannot trust',
  async () => {
    const databaseUrl = await postgres.createDatabase();
    const [{ data_directory: folder }] = await postgres.query('show data_directory');
    const [key, certificate] = [join(`${folder}`, 'test.key'), join(`${folder}`, 'test.crt')];
    const { status } = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate],
      ...['-days', '2', '-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ]);
    expect(status).toBe(0);
    const { uid, gid } = await stat(`${folder}`);
    await chown(key, uid, gid);
    await chmod(key, 0o600);
    await postgres.query(`alter system set ssl_key_file = '${key}'`);
    await postgres.query(`alter system set ssl_cert_file = '${certificate}'`);
    await postgres.query('alter system set ssl = on');
    await postgres.query('select pg_reload_conf()');

    const trusting = `${databaseUrl}?sslmode=verify-full&sslrootcert=${encodeURIComponent(certificate)}`;
    await until(async () => (await openStore({ databaseUrl: trusting })).close());
    const store = await openStore({ databaseUrl: trusting });
    await store.check();
    const connections = `select ssl from pg_stat_ssl join pg_stat_activity using (pid) where application_name = 'inkling'`;
    expect(await postgres.query(connections)).toEqual([{ ssl: true }]);
    await store.close();
    await expect(openStore({ databaseUrl: `${databaseUrl}?sslmode=verify-full` })).rejects.toThrow(
      /cannot be reached .*self-signed certificate/,
    );
    await postgres.query('alter system reset all');
    await postgres.query('select pg_reload_conf()');
  },
  LONG,
);

describe('refuses', () => {
  async function refusal(databaseUrl: string): Promise<InklingError> {
    const error = await openStore({ databaseUrl }).catch((reason) => reason);
    expect(error).toBeInstanceOf(InklingError);
    // Neither the message nor anything that a log would show along with it.
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(postgres.password);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('wrong-password');
    return error;
  }

  test('what is no address of a database', async () => {
    for (const url of [
      `mysql://u:wrong-password@h/d`,
      'wrong-password',
      'postgres://u:wrong-password@h:x/d',
    ]) {
      expect((await refusal(url)).message).toMatch(/^DATABASE_URL is not the address/);
    }
  });

  test('a wrong password, and a database that is not there', async () => {
    const url = new URL(postgres.url());
    url.password = 'wrong-password';
    const place = `127.0.0.1:${postgres.port}`;
    expect((await refusal(url.href)).message).toBe(
      `PostgreSQL at ${place}/postgres does not let this user in: check user and password in DATABASE_URL.`,
    );
    expect((await refusal(postgres.url('nowhere'))).message).toBe(
      `PostgreSQL has no database ${place}/nowhere: create it, or name another one in DATABASE_URL.`,
    );
  });

  test('a server that is not there', async () => {
    const error = await refusal('postgres://u:wrong-password@127.0.0.1:1/d');
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(error.message).toContain('127.0.0.1:1/d cannot be reached');
  });

  test('a server without TLS where the address asks for it', async () => {
    const error = await refusal(`${await postgres.createDatabase()}?sslmode=verify-full`);
    expect(error.message).toContain('does not support SSL');
  });

  test('a user who may not make tables', async () => {
    const url = new URL(await postgres.createDatabase());
    await postgres.query(`create role guest login password 'guest-word'`);
    url.username = 'guest';
    url.password = 'guest-word';
    expect((await refusal(url.href)).message).toContain('may not make tables');
  });

  test('a database of a newer version', async () => {
    const databaseUrl = await postgres.createDatabase();
    await (await openStore({ databaseUrl })).close();
    await postgres.query(`insert into kysely_migration values ('9999-later', '2099')`, databaseUrl);
    expect((await refusal(databaseUrl)).message).toContain(
      'newer version of Inkling (it has the change "9999-later")',
    );
  });
});

/** Every kind of call fails as it should, and none waits for long. */
async function expectUnavailable(store: Store): Promise<void> {
  const start = performance.now();
  const calls = [
    store.check(),
    store.add(samplePrediction()),
    store.get('me', 'x'),
    store.list({ owner: 'me', limit: 5 }),
    store.correct('me', 'x', '1', 5),
    store.take('key', 1, 10, 10),
    store.alias('champion'),
  ];
  for (const outcome of await Promise.allSettled(calls)) {
    expect(outcome).toMatchObject({ reason: expect.any(StoreUnavailableError) });
  }
  expect(performance.now() - start).toBeLessThan(20_000);
}

/** Every prediction has its picture. */
async function expectWhole(databaseUrl: string): Promise<void> {
  const orphans = 'select from predictions left join pictures using (number) where picture is null';
  expect(await postgres.query(orphans, databaseUrl)).toEqual([]);
}

/** Forwards to a port, until it swallows: then nothing comes through, and no connection is refused or ended. */
class Network {
  swallows = false;
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Socket[] = [];

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (near) => {
      this.#sockets.push(near);
      near.on('error', () => {});
      if (this.swallows) return;
      const far = dial(target, '127.0.0.1');
      this.#sockets.push(far);
      far.on('error', () => {});
      for (const [from, to] of [
        [near, far],
        [far, near],
      ]) {
        from.on('data', (bytes) => {
          if (!this.swallows) to.write(bytes);
        });
        from.on('end', () => to.end());
      }
    });
  }

  static async to(target: number): Promise<Network> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Network(server, target);
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

async function until(succeeds: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (true) {
    try {
      return await succeeds();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(50);
    }
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
