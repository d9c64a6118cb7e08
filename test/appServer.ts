/** The app for tests: on a free port, with a database of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfiguration } from '../server/configuration.ts';
import { type RunningServer, startServer } from '../server/start.ts';

export interface TestApp extends RunningServer {
  /** Sends a request to a path below the app, such as `api/v1/models`. */
  ask(path: string, init?: RequestInit & { cookie?: string }): Promise<Response>;
}

/** Starts the app; `variables` are those of the environment. */
export async function startApp(variables: Record<string, string> = {}): Promise<TestApp> {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-app-'));
  const configuration = readConfiguration({
    PORT: '0',
    INKLING_DB: join(folder, 'app.db'),
    INKLING_WORKERS: '1',
    INKLING_RATE_LIMIT: '0',
    ...variables,
  });
  const running = await startServer(configuration, pino({ level: 'silent' }));
  const url = running.url.replace('localhost', '127.0.0.1');
  return {
    ...running,
    url,
    ask: (path, { cookie, headers, ...init } = {}) =>
      fetch(new URL(path, url), {
        redirect: 'manual',
        ...init,
        headers: { ...(headers as Record<string, string>), ...(cookie && { cookie }) },
      }),
    stop: async () => {
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The cookie that an answer sets. */
export function cookieOf(response: Response): string {
  const [cookie] = response.headers.getSetCookie();
  if (!cookie) throw new Error(`There is no cookie in the answer, ${response.status}.`);
  return cookie.split(';')[0];
}

/** Sends bytes as they are, and gives all that comes back until the other side closes or `wait` milliseconds pass. */
export function sendRaw(
  url: string,
  bytes: string | Uint8Array,
  wait = 2000,
  isEnough: (answer: string) => boolean = () => false,
): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    const done = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(done, wait);
    socket.on('data', (data) => {
      answer += data.toString('latin1');
      if (isEnough(answer)) done();
    });
    socket.on('error', done);
    socket.on('close', done);
    socket.on('connect', () => socket.write(bytes));
  });
}

/** The status of what a raw request is answered with; undefined where the socket is closed, or `wait` over, before. */
export async function statusOfRaw(url: string, bytes: string | Uint8Array, wait: number) {
  return statusIn(await sendRaw(url, bytes, wait, (answer) => statusIn(answer) !== undefined));
}

/** The status of an answer that came over a raw socket; undefined where there was none. */
export function statusIn(answer: string): number | undefined {
  const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(answer) ?? [];
  return status === undefined ? undefined : Number(status);
}
