/** A real PostgreSQL for tests: made in a temporary folder, on a port of its own, and removed afterwards. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { needs } from './requirements.ts';

const run = promisify(execFile);

/** The folder with `initdb` and `postgres`; undefined where there is none. Debian keeps it off the PATH. */
export const postgresFolder: string | undefined = [
  ...(process.env.PATH ?? '').split(delimiter),
  ...globSync('/usr/lib/postgresql/*/bin').sort().reverse(),
].find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));

/** Registers a test that needs PostgreSQL. */
export const withPostgres = needs(
  postgresFolder !== undefined,
  'PostgreSQL (install the package postgresql; its server need not run)',
);

export class TestPostgres {
  readonly port: number;
  readonly password: string;
  readonly #folder: string;
  readonly #user: { uid?: number; gid?: number };
  #process: ChildProcess | undefined;

  private constructor(folder: string, port: number, password: string, user: { uid?: number; gid?: number }) {
    this.#folder = folder;
    this.port = port;
    this.password = password;
    this.#user = user;
    // Whatever becomes of the tests, it does not outlive them.
    process.once('exit', () => this.#process?.kill('SIGKILL'));
  }

  /** Makes a cluster and starts it. */
  static async create(): Promise<TestPostgres> {
    const folder = await mkdtemp(join(tmpdir(), 'inkling-postgres-'));
    const user = unprivileged();
    if (user.uid !== undefined) await chown(folder, user.uid, user.gid!);
    const password = randomBytes(12).toString('hex');
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, password);
    if (user.uid !== undefined) await chown(passwordFile, user.uid, user.gid!);
    const options = ['--encoding=UTF8', '--locale=C.UTF-8', '--auth=scram-sha-256', '--no-sync'];
    await run(
      join(postgresFolder!, 'initdb'),
      [...options, '--username=inkling', `--pwfile=${passwordFile}`, join(folder, 'data')],
      { ...user, cwd: folder },
    );
    const postgres = new TestPostgres(folder, await freePort(), password, user);
    await postgres.start();
    return postgres;
  }

  /** The address of a database. */
  url(database = 'postgres'): string {
    return `postgres://inkling:${this.password}@127.0.0.1:${this.port}/${database}`;
  }

  /** Makes an empty database; gives its address. */
  async createDatabase(): Promise<string> {
    const name = `test_${randomBytes(6).toString('hex')}`;
    await this.query(`create database ${name}`);
    return this.url(name);
  }

  async query(sql: string, url = this.url()): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    try {
      const { rows } = await client.query(sql);
      return rows;
    } finally {
      await client.end();
    }
  }

  /** Starts the server again, on the same port, and waits until it answers. */
  async start(): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (true) {
      // After a kill, the processes of the old server may need a moment to see it and go.
      if (!this.#running()) this.#launch();
      try {
        await this.query('select 1');
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await pause(100);
      }
    }
  }

  /** Lets go of all connections at once and stops. */
  async stop(): Promise<void> {
    await this.#end('SIGINT');
  }

  /** As if the power failed, but for what the machine still holds in memory. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Stops it and removes all it kept. */
  async remove(): Promise<void> {
    await this.#end('SIGINT');
    await rm(this.#folder, { recursive: true, force: true });
  }

  #launch(): void {
    const settings = {
      listen_addresses: '127.0.0.1',
      port: this.port,
      // The folder of sockets is another user's, and paths to them may be too long.
      unix_socket_directories: '',
      max_connections: 60,
    };
    this.#process = spawn(
      join(postgresFolder!, 'postgres'),
      [
        '-D',
        join(this.#folder, 'data'),
        ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
      ],
      { ...this.#user, cwd: this.#folder, stdio: 'ignore' },
    );
  }

  #running(): boolean {
    return (
      this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null
    );
  }

  async #end(signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
    if (!this.#running()) return;
    const ended = new Promise((resolve) => this.#process!.once('exit', resolve));
    this.#process!.kill(signal);
    await ended;
  }
}

/** PostgreSQL refuses to run as root: then someone else. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!user) throw new Error('PostgreSQL does not run as root, and there is no user "postgres" or "nobody".');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('The port has no number.');
  return address.port;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
