/** What reaches the app over a raw socket: half of things, too much, too slowly, and rubbish. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digitFiles } from '../server/reading/testing/pictures.ts';
import { sendRaw, startApp, statusIn, statusOfRaw, type TestApp } from './appServer.ts';
import { rawRequest } from './rawRequests.ts';

const LIMIT = 200_000;
const TIMEOUT = 1500;
let app: TestApp;
beforeAll(async () => {
  app = await startApp({
    INKLING_MAX_UPLOAD: `${LIMIT}`,
    INKLING_REQUEST_TIMEOUT: `${TIMEOUT}`,
    INKLING_MAX_CONNECTIONS: '100',
  });
});
afterAll(() => app.stop());

const head = (...lines: string[]) =>
  `${['POST /api/v1/predict HTTP/1.1', 'Host: x', ...lines].join('\r\n')}\r\n\r\n`;
const PNG = 'Content-Type: image/png';
const with7 = (text: string) => Buffer.concat([Buffer.from(text), digitFiles[7]]);
const send = (bytes: string | Uint8Array, wait = 5000) => sendRaw(app.url, bytes, wait);

async function expectAlive({ url } = app): Promise<void> {
  const request = with7(head(PNG, `Content-Length: ${digitFiles[7].length}`, 'Connection: close'));
  const answer = await sendRaw(url, request, 5000);
  expect(statusIn(answer)).toBe(200);
  expect(answer).toContain('"text":"7"');
}

describe('bodies', () => {
  it('come whole, at once or in chunks', async () => {
    await expectAlive();
    const { length } = digitFiles[7];
    const chunked = Buffer.concat([
      Buffer.from(
        `${head(PNG, 'Transfer-Encoding: chunked', 'Connection: close')}${length.toString(16)}\r\n`,
      ),
      digitFiles[7],
      Buffer.from('\r\n0\r\n\r\n'),
    ]);
    expect(statusIn(await send(chunked))).toBe(200);
  });

  it.each([
    ['a length above the limit', head(PNG, `Content-Length: ${LIMIT + 1}`), 413],
    ['a length beyond all measure', head(PNG, 'Content-Length: 99999999999999999999999'), 400],
    ['a length that is no number', head(PNG, 'Content-Length: ten'), 400],
    ['a negative length', head(PNG, 'Content-Length: -5'), 400],
    ['two lengths', head(PNG, 'Content-Length: 5', 'Content-Length: 6'), 400],
    ['a length and chunks', head(PNG, 'Content-Length: 5', 'Transfer-Encoding: chunked'), 400],
    ['chunks of no size', `${head(PNG, 'Transfer-Encoding: chunked')}zz\r\n`, 400],
    ['no body at all', head(PNG), 400],
    ['a length of nothing', head(PNG, 'Content-Length: 0'), 400],
    ['an expectation of too much', head(PNG, 'Expect: 100-continue', 'Content-Length: 99999999'), 413],
  ])('with %s are refused', async (_, bytes, status) => {
    const answer = await send(bytes);
    expect(statusIn(answer)).toBe(status);
    expect(answer).toContain('application/problem+json');
  });

  it('in more chunks than are allowed are cut off', async () => {
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const answer = await send(`${head(PNG, 'Transfer-Encoding: chunked')}${chunk.repeat(8)}`);
    expect(statusIn(answer)).toBe(413);
    await expectAlive();
  });

  it('that promise more than they bring are let go after a while', async () => {
    const start = performance.now();
    const answer = await send(with7(head(PNG, 'Content-Length: 5000')), 10_000);
    expect(performance.now() - start).toBeLessThan(9000);
    expect(statusIn(answer)).toBe(408);
  });

  it('that drip in (slow-loris) are let go as well, and keep nobody else out', async () => {
    const { hostname, port } = new URL(app.url);
    const answers = Array.from({ length: 30 }, () => {
      const socket = connect(Number(port), hostname);
      let answer = '';
      socket.on('data', (data) => {
        answer += data;
      });
      socket.on('error', () => undefined);
      socket.write(head(PNG, 'Content-Length: 100000'));
      const timer = setInterval(() => socket.write('x'), 100);
      return new Promise<string>((resolve) =>
        socket.on('close', () => {
          clearInterval(timer);
          resolve(answer);
        }),
      );
    });
    await expectAlive();
    for (const answer of await Promise.all(answers)) expect(statusIn(answer)).toBe(408);
    expect(app.services.budget.used).toBe(0);
  });

  it('that are longer than they say are refused', async () => {
    const answer = await send(with7(head(PNG, `Content-Length: ${digitFiles[7].length - 20}`)));
    // What is left over is no request, and may be found out before the rest is.
    expect(answer.match(/HTTP\/1\.1 \d+/g)?.at(-1)).toBe('HTTP/1.1 400');
    expect(answer).not.toContain('HTTP/1.1 200');
    await expectAlive();
  });

  it.each([
    ['more than it says', '5\r\nhello and goodbye\r\n0\r\n\r\n'],
    ['less than it says', '1000\r\nhello\r\n0\r\n\r\n'],
    ['no end', '5\r\nhello\r\n'],
    ['a size beyond all measure', 'ffffffffffffffff1\r\nhello\r\n'],
    ['extensions without end', `5;${'x'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`],
  ])('in chunks, of which one has %s, are refused', async (_, chunks) => {
    const answer = await send(head(PNG, 'Transfer-Encoding: chunked') + chunks, 10_000);
    expect([400, 408, 413]).toContain(statusIn(answer));
    await expectAlive();
  });

  it('that break off disturb nobody', async () => {
    await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        send(with7(head(PNG, 'Content-Length: 5000')).subarray(0, 60 + i * 4), 50),
      ),
    );
    await expectAlive();
    expect(app.services.budget.used).toBe(0);
  });

  it('that come after the expectation is granted are read', async () => {
    const { length } = digitFiles[7];
    const answer = await send(
      with7(head(PNG, 'Expect: 100-continue', `Content-Length: ${length}`, 'Connection: close')),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
  });
});

describe('headers', () => {
  it('that drip in (slow-loris) do not hold a connection for ever, and keep nobody else out', async () => {
    const { hostname, port } = new URL(app.url);
    const closed: Promise<void>[] = [];
    for (let i = 0; i < 60; i++) {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.write('POST /api/v1/predict HTTP/1.1\r\nHost: x\r\n');
      const timer = setInterval(() => socket.write('X-Drip: x\r\n'), 100);
      closed.push(
        new Promise((resolve) =>
          socket.on('close', () => {
            clearInterval(timer);
            resolve();
          }),
        ),
      );
    }
    await expectAlive();
    await Promise.all(closed);
    await expectAlive();
  });

  it.each([
    ['too long', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['without a host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['of a host that cannot be', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n', 400],
    ['of another protocol', 'EHLO mail\r\n\r\n', 400],
    ['with a space in a name', 'GET / HTTP/1.1\r\nHost: x\r\nX y: z\r\n\r\n', 400],
  ])('that are %s are refused', async (_, bytes, status) => {
    expect(statusIn(await send(bytes))).toBe(status);
  });
});

describe('answers', () => {
  it('that nobody reads are let go after a while', async () => {
    const patient = await startApp({ INKLING_REQUEST_TIMEOUT: '1000', INKLING_DEADLINE: '1000' });
    try {
      const { current } = await (await patient.ask('api/v1/models')).json();
      const { hostname, port } = new URL(patient.url);
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.pause();
      socket.write(`GET /api/v1/models/${current}/weights HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(16));
      const connections = () =>
        new Promise<number>((resolve) => patient.server.getConnections((_, count) => resolve(count)));
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(await connections()).toBeGreaterThan(0);
      patient.server.closeIdleConnections();
      await expect.poll(connections, { timeout: 30_000, interval: 200 }).toBe(0);
      socket.destroy();
    } finally {
      await patient.stop();
    }
  }, 60_000);

  it('are not prepared for more requests than may be sent ahead', async () => {
    const answer = await send('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(40));
    const statuses = answer.match(/HTTP\/1\.1 \d+/g)!;
    expect(statuses).toEqual([...new Array(16).fill('HTTP/1.1 200'), 'HTTP/1.1 503']);
    await expectAlive();
  });
});

describe('paths', () => {
  it.each([
    '/../../../../etc/passwd',
    '/..%2f..%2f..%2fetc/passwd',
    '/%2e%2e/%2e%2e/package.json',
    '/assets/../../package.json',
    '/assets/..%5c..%5cpackage.json',
    '//etc/passwd',
    '/./../server/main.ts',
    '/.git/config',
    '/index.html%00.js',
    '/api/v1/models/..%2f..%2fpackage.json/weights',
  ])('do not lead out of the page: %s', async (path) => {
    const answer = await send(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect([400, 404]).toContain(statusIn(answer));
    expect(answer).not.toMatch(/root:|"name": "inkling"|import /);
  });
});

describe('ten thousand requests of rubbish', () => {
  let attacked: TestApp;
  beforeAll(async () => {
    attacked = await startApp({ INKLING_REQUEST_TIMEOUT: '1000' });
  });
  afterAll(() => attacked.stop());

  it('are answered without a fault of ours, or not at all', async () => {
    const statuses = new Map<number | undefined, number>();
    const faults: number[] = [];
    // Most that are not answered at once are waited for until the server has had enough: many wait at a time, and
    // longer than the server does, so that what becomes of them is no matter of this machine's speed.
    const LANES = 200;
    const WAIT = 10_000;
    await Promise.all(
      Array.from({ length: LANES }, async (_, lane) => {
        for (let number = lane; number < 10_000; number += LANES) {
          const status = await statusOfRaw(attacked.url, rawRequest(number), WAIT);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          if (status !== undefined && status >= 500 && status !== 503) faults.push(number);
        }
      }),
    );
    expect(faults).toEqual([]);
    expect(statuses.get(200) ?? 0, 'some of them are good ones').toBeGreaterThan(100);
    expect(statuses.get(400) ?? 0).toBeGreaterThan(1000);
    await expectAlive(attacked);
    const connections = () =>
      new Promise<number>((resolve) => attacked.server.getConnections((_, count) => resolve(count)));
    await expect.poll(connections, { timeout: 30_000 }).toBe(0);
    await expect.poll(() => attacked.services.budget.used, { timeout: 5000 }).toBe(0);
    expect(attacked.services.pool.figures).toMatchObject({ waiting: 0, workers: 1 });
  }, 300_000);
});
