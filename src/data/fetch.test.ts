import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { needs } from '../../test/requirements.ts';
import { InklingError } from '../errors.ts';
import { type DownloadOptions, download } from './fetch.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, position: number) => void;

const content = randomBytes(300_000);
const packed = gzipSync(content);
const HALF = Math.floor(packed.length / 2);

let folder: string;
let server: Server;
/** Range headers of the requests so far; an empty string where there was none. */
let asked: string[];
let answer: Answer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkling-fetch-'));
  asked = [];
  answer = whole;
  server = createServer((request, response) => {
    asked.push(request.headers.range ?? '');
    answer(request, response, asked.length);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await rm(folder, { recursive: true });
});

function optionsFor(extra: Partial<DownloadOptions> = {}): DownloadOptions {
  return {
    urls: [address()],
    path: join(folder, 'file.gz'),
    sha256: createHash('sha256').update(content).digest('hex'),
    uncompressedBytes: content.length,
    advice: 'do something else',
    timing: { backoffMilliseconds: 1, attempts: 3 },
    ...extra,
  };
}

function address(): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.gz`;
}

/** What every static file server does: all, or the range that was asked for. */
const whole: Answer = (request, response) => {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (from >= packed.length) {
    response.writeHead(416, { 'content-range': `bytes */${packed.length}` }).end();
    return;
  }
  const headers = { 'content-length': packed.length - from };
  if (from === 0) response.writeHead(200, headers);
  else {
    response.writeHead(206, {
      ...headers,
      'content-range': `bytes ${from}-${packed.length - 1}/${packed.length}`,
    });
  }
  response.end(packed.subarray(from));
};

/** Half of the file, then the connection breaks. */
const cut: Answer = (_, response) => {
  response.writeHead(200, { 'content-length': packed.length });
  response.write(packed.subarray(0, HALF), () => setTimeout(() => response.destroy(), 20));
};

const withStatus =
  (status: number): Answer =>
  (_, response) => {
    response.writeHead(status).end();
  };

async function expectFile(): Promise<void> {
  expect(await readdir(folder)).toEqual(['file.gz']);
  expect(packed.equals(await readFile(join(folder, 'file.gz')))).toBe(true);
}

async function failureOf(options: DownloadOptions): Promise<string> {
  const error = await download(options).then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(InklingError);
  expect(existsSync(options.path)).toBe(false);
  return error.message;
}

describe('download', () => {
  test('fetches, checks and reports', async () => {
    const progress: [number, number | undefined][] = [];
    await download(optionsFor({ onProgress: (...numbers) => progress.push(numbers) }));
    await expectFile();
    expect(progress.at(0)).toEqual([0, packed.length]);
    expect(progress.at(-1)).toEqual([packed.length, packed.length]);
  });

  test('accepts a mirror that sends the file uncompressed, or with a compression of its own', async () => {
    answer = (_, response) => response.end(content);
    await download(optionsFor());
    expect(content.equals(await readFile(join(folder, 'file.gz')))).toBe(true);
    answer = (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length }).end(packed);
    };
    await download(optionsFor());
    expect(content.equals(await readFile(join(folder, 'file.gz')))).toBe(true);
  });

  test('continues after a cut connection', async () => {
    answer = (request, response, position) => (position === 1 ? cut : whole)(request, response, position);
    await download(optionsFor());
    expect(asked).toEqual(['', `bytes=${HALF}-`]);
    await expectFile();
  });

  test('continues what an earlier run left', async () => {
    answer = cut;
    await failureOf(optionsFor({ timing: { attempts: 1 } }));
    expect((await stat(join(folder, 'file.gz.part'))).size).toBe(HALF);
    answer = whole;
    await download(optionsFor());
    expect(asked.at(-1)).toBe(`bytes=${HALF}-`);
    await expectFile();
  });

  test('finishes a part that is complete already', async () => {
    await writeFile(join(folder, 'file.gz.part'), packed);
    await download(optionsFor());
    await expectFile();
  });

  test.each<[string, Uint8Array, Answer]>([
    ['the server ignores Range', packed.subarray(0, 1000), (_, response) => response.end(packed)],
    ['the part is longer than the file', Buffer.concat([packed, packed.subarray(0, 100)]), whole],
    ['the part is longer than could be', Buffer.concat([packed, packed]), whole],
    ['the part is damaged', new Uint8Array(5000), whole],
    [
      'the server continues elsewhere',
      packed.subarray(0, 1000),
      (request, response, position) => {
        if (!request.headers.range) return whole(request, response, position);
        const headers = { 'content-range': `bytes 500-${packed.length - 1}/${packed.length}` };
        return response.writeHead(206, headers).end(packed.subarray(500));
      },
    ],
  ])('begins anew when %s', async (_, part, respond) => {
    await writeFile(join(folder, 'file.gz.part'), part);
    answer = respond;
    await download(optionsFor());
    await expectFile();
  });

  test('refuses a wrong digest, and keeps nothing of it', async () => {
    answer = (_, response) => response.end(gzipSync('something else'));
    const message = await failureOf(optionsFor());
    expect(message).toMatch(
      /^Could not download file\.gz \(127\.0\.0\.1:\d+: it sends a file with another SHA-256/,
    );
    expect(message).toMatch(/: do something else\.$/);
    expect(asked).toHaveLength(1);
    expect(await readdir(folder)).toEqual([]);
  });

  test('refuses what is damaged, unpacks to too much, or never ends', async () => {
    answer = (_, response) => response.end(packed.subarray(0, HALF));
    expect(await failureOf(optionsFor())).toMatch(/it sends a damaged file/);
    answer = (_, response) => response.end(gzipSync(new Uint8Array(content.length + 1)));
    expect(await failureOf(optionsFor())).toMatch(/it sends a damaged file/);
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': 10 ** 12 }).write('x');
    };
    expect(await failureOf(optionsFor())).toMatch(/more than the \d+ bytes/);
    answer = (_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(content));
      };
      response.on('drain', more);
      more();
    };
    expect(await failureOf(optionsFor())).toMatch(/more than the \d+ bytes/);
    expect(await readdir(folder)).toEqual([]);
  });

  test('asks again after a fault of the server, not when it has no such file', async () => {
    answer = withStatus(404);
    expect(await failureOf(optionsFor())).toMatch(/HTTP status 404/);
    expect(asked).toHaveLength(1);
    answer = (request, response, position) =>
      (position < 4 ? withStatus(503) : whole)(request, response, position);
    await download(optionsFor());
    expect(asked).toHaveLength(4);
    await expectFile();
  });

  test('gives up on a server that does not answer or stops sending', async () => {
    const timing = { connectMilliseconds: 300, stallMilliseconds: 100, backoffMilliseconds: 1, attempts: 3 };
    answer = () => undefined;
    expect(await failureOf(optionsFor({ timing }))).toMatch(/no answer within 300 ms/);
    expect(asked).toHaveLength(1);
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': packed.length }).write(packed.subarray(0, 10));
    };
    expect(await failureOf(optionsFor({ timing }))).toMatch(/no byte came for 100 ms/);
    expect(asked).toHaveLength(4);
  });

  test('goes on to the next mirror, and names each failure', async () => {
    const mirror = createServer();
    await new Promise<void>((ready) => mirror.listen(0, '127.0.0.1', ready));
    const down = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}/file.gz`;
    await new Promise((closed) => mirror.close(closed));
    await download(optionsFor({ urls: [down, address()] }));
    await expectFile();
    await rm(join(folder, 'file.gz'));
    answer = withStatus(403);
    expect(await failureOf(optionsFor({ urls: [down, address()] }))).toMatch(
      /127\.0\.0\.1:\d+: the connection was refused; 127\.0\.0\.1:\d+: it answers with HTTP status 403\)/,
    );
  });

  test('stops when told to, and keeps what has come', async () => {
    const stop = new AbortController();
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': packed.length }).write(packed.subarray(0, HALF));
    };
    const onProgress = (received: number) => {
      if (received === HALF) stop.abort(new Error('enough'));
    };
    const pending = download(optionsFor({ signal: stop.signal, onProgress, timing: { attempts: 3 } }));
    await expect(pending).rejects.toThrow('enough');
    expect((await stat(join(folder, 'file.gz.part'))).size).toBe(HALF);
    await expect(download(optionsFor({ signal: AbortSignal.abort() }))).rejects.toThrow(/abort/);
  });

  test('two at once do not disturb each other', async () => {
    await Promise.all([download(optionsFor()), download(optionsFor())]);
    await expectFile();
  });

  needs(existsSync('/dev/full'), 'the device /dev/full, which is always out of space')(
    'says that the disk is full, without asking another mirror',
    async () => {
      await symlink('/dev/full', join(folder, 'file.gz.part'));
      const message = await failureOf(optionsFor({ urls: [address(), address()] }));
      expect(message).toMatch(/Cannot write .*file\.gz\.part: the disk is full; free some space/);
      expect(asked).toHaveLength(1);
    },
  );

  test('says that the folder cannot be made', async () => {
    await writeFile(join(folder, 'taken'), '');
    const path = join(folder, 'taken', 'file.gz');
    await expect(download(optionsFor({ path }))).rejects.toThrow(/Cannot write .*taken: /);
  });
});
