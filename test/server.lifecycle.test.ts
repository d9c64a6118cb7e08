/** The app as a process: how it starts, what stops it from starting, and how it ends. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { InklingClient } from '../server/client/client.ts';
import { digitFiles, otherModel, truncatedModel } from '../server/reading/testing/pictures.ts';
import { inkling, type Running, startInkling } from './commandLine.ts';

const TOKEN = 'a-token-of-the-administrator';

/** A folder for as long as a test runs. */
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-serve-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

interface Served extends Running {
  url: string;
}

async function serve(folder: string, args: string[] = [], env: Record<string, string> = {}): Promise<Served> {
  const running = startInkling(['serve', '--port', '0', '--db', join(folder, 'inkling.db'), ...args], {
    cwd: folder,
    env: { INKLING_ADMIN_TOKEN: TOKEN, ...env },
  });
  const url = await new Promise<string>((resolve, reject) => {
    running.process.stdout!.on('data', (text: string) => {
      const found = /http:\S+/.exec(text);
      if (found) resolve(found[0].replace('localhost', '127.0.0.1'));
    });
    void running.outcome.then(({ stderr }) => reject(new Error(`It ended: ${stderr}`)));
  });
  return { ...running, url };
}

const seven = () => new Blob([digitFiles[7]]);

describe('stopping', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('by %s finishes what is being answered', async (signal) => {
    const { url, process, outcome } = await serve(await newFolder());
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    const closed = new Promise<void>((resolve) => {
      socket.on('data', (data) => {
        answer += data.toString('latin1');
      });
      socket.on('close', () => resolve());
    });
    const body = digitFiles[7];
    socket.write(
      `POST /api/v1/predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body.subarray(0, 50));
    await new Promise((resolve) => setTimeout(resolve, 200));
    process.kill(signal);
    await expect
      .poll(() =>
        fetch(`${url}healthz`).then(
          () => 'there',
          () => 'gone',
        ),
      )
      .toBe('gone');
    socket.write(body.subarray(50));
    await closed;
    expect(answer).toMatch(/^HTTP\/1\.1 200/);
    expect(answer.toLowerCase()).toContain('connection: close');
    expect(answer).toContain('"text":"7"');
    const { code, stderr } = await outcome;
    expect(code).toBe(0);
    expect(stderr).toContain('"msg":"stopped"');
  });

  it('does not wait for ever, and not at all when told twice', async () => {
    const folder = await newFolder();
    const { url, process, outcome } = await serve(folder);
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(
      'POST /api/v1/predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 100\r\n\r\n',
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    process.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 600));
    process.kill('SIGTERM');
    expect((await outcome).code).toBe(130);

    const second = await serve(folder, ['--drain-timeout', '300']);
    const other = connect(Number(new URL(second.url).port), hostname);
    other.on('error', () => undefined);
    other.write(
      'POST /api/v1/predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 100\r\n\r\n',
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    second.process.kill('SIGTERM');
    expect((await second.outcome).code).toBe(0);
  });
});

describe('starting again', () => {
  it('knows the same people, what they did, and the model that was chosen', async () => {
    const folder = await newFolder();
    const first = await serve(folder);
    const me = new InklingClient(first.url);
    const { id } = await me.predict(seven());
    await me.correct(id, '1');
    const administrator = new InklingClient(first.url, { token: TOKEN });
    const model = otherModel('chosen');
    await administrator.addModel(new Uint8Array(model.bytes));
    await administrator.useModel(model.version);
    first.process.kill('SIGTERM');
    await first.outcome;

    const second = await serve(folder, ['--base-path', '/digits']);
    expect(second.url).toMatch(/\/digits\/$/);
    const again = new InklingClient(second.url, { cookie: me.cookie });
    expect(await again.get(id)).toMatchObject({ text: '7', correction: '1' });
    expect((await again.models()).current).toBe(model.version);
    expect((await fetch(new URL('/healthz', second.url))).status, 'nothing beside the base path').toBe(404);
    expect((await fetch(second.url.slice(0, -1), { redirect: 'manual' })).status).toBe(308);
    second.process.kill('SIGTERM');
    expect((await second.outcome).code).toBe(0);
  });
});

describe('what is wrong is said in a sentence', () => {
  it.each([
    [['--port', 'many'], {}, 2, '--port must be a whole number from 0 to 65535, not "many".'],
    [[], { PORT: '99999' }, 2, 'PORT must be a whole number from 0 to 65535, not "99999".'],
    [[], { DATABASE_URL: 'sqlite://x' }, 2, 'DATABASE_URL must begin with postgres:// or postgresql://.'],
    [
      [],
      { INKLING_ADMIN_TOKEN: 'short' },
      2,
      'INKLING_ADMIN_TOKEN must have 16 or more characters, without spaces.',
    ],
    [
      ['--model', 'nowhere.safetensors'],
      {},
      1,
      'Cannot read nowhere.safetensors: there is no such file or folder',
    ],
    [['--model', 'half.safetensors'], {}, 1, 'half.safetensors'],
    [['--db', 'folder'], {}, 1, 'folder'],
    [['--host', '203.0.113.1', '--port', '0'], {}, 1, 'this machine has no such address'],
  ])('%j %j', async (args, env, expectedCode, message) => {
    const cwd = await newFolder();
    await mkdir(join(cwd, 'folder'));
    await writeFile(join(cwd, 'half.safetensors'), truncatedModel().bytes);
    const { code, stdout, stderr } = await inkling(['serve', ...args], {
      cwd,
      env: { HOST: '127.0.0.1', ...env },
    });
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(code).toBe(expectedCode);
  });

  it('of a port that is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await inkling(['serve', '--port', `${port}`], { cwd: await newFolder() });
    other.close();
    expect(stderr).toContain(`Cannot listen on 127.0.0.1, port ${port}: something else listens there`);
    expect(code).toBe(1);
  });
});
