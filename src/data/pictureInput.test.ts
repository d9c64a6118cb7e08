/** Pictures from files, pipes and things that never end. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { needs } from '../../test/requirements.ts';
import { readPictureFile, readPictureStream } from './pictureInput.ts';

const onUnix = needs(process.platform !== 'win32', 'a system with named pipes and device files');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkling-input-'));
});

afterAll(() => rm(folder, { recursive: true }));

function makePipe(name: string): string {
  const path = join(folder, name);
  execFileSync('mkfifo', [path]);
  return path;
}

describe('readPictureFile', () => {
  test('reads a file, and no more than it may', async () => {
    const path = join(folder, 'file');
    await writeFile(path, 'some bytes');
    expect(Buffer.from(await readPictureFile(path, { bytes: 10 })).toString()).toBe('some bytes');
    await expect(readPictureFile(path, { bytes: 9 })).rejects.toThrow(/file: it is larger than 9 bytes/);
  });

  test('names what is missing, and folders', async () => {
    await expect(readPictureFile(join(folder, 'none'), { bytes: 9 })).rejects.toThrow(
      /there is no such file/,
    );
    await expect(readPictureFile(folder, { bytes: 9e9 })).rejects.toThrow(/it is a folder, not a file/);
  });

  onUnix('does not wait for the end of a file that grows', async () => {
    const path = join(folder, 'growing');
    const handle = await open(path, 'w');
    const writing = spawn('sh', ['-c', `while :; do head -c 65536 /dev/zero; done >> '${path}'`]);
    try {
      await vi.waitUntil(async () => (await stat(path)).size > 0);
      // Either its size is above the limit by now, or it outgrows it while it is read, or the reading was faster.
      const outcome = await readPictureFile(path, { bytes: 2 ** 20 }).catch((error) => error.message);
      if (typeof outcome === 'string') expect(outcome).toMatch(/growing: it is larger than 1048576 bytes/);
      else expect(outcome.length).toBeLessThanOrEqual(2 ** 20);
    } finally {
      writing.kill('SIGKILL');
      await handle.close();
    }
  });

  onUnix('refuses devices', async () => {
    for (const path of ['/dev/zero', '/dev/null']) {
      await expect(readPictureFile(path, { bytes: 1e6 })).rejects.toThrow(/is a device, not a file/);
    }
  });

  onUnix('reads a pipe, also when its writer comes late', async () => {
    const path = makePipe('late');
    const reading = readPictureFile(path, { bytes: 1e6 });
    const writing = spawn('sh', ['-c', `sleep 0.2; printf abc > '${path}'`]);
    expect(Buffer.from(await reading).toString()).toBe('abc');
    writing.kill();
  });

  onUnix('gives up on a pipe that nobody writes to, and on one that never ends', async () => {
    const silent = makePipe('silent');
    await expect(readPictureFile(silent, { bytes: 9, patienceMilliseconds: 60 })).rejects.toThrow(
      /silent: nothing came for 0.06 seconds/,
    );
    const endless = makePipe('endless');
    const writing = spawn('sh', ['-c', `cat /dev/zero > '${endless}'`]);
    await expect(readPictureFile(endless, { bytes: 1e6 })).rejects.toThrow(/larger than 1000000 bytes/);
    writing.kill();
  });
});

describe('readPictureStream', () => {
  test('reads to the end, bounded', async () => {
    const parts = () => Readable.from([Buffer.from('ab'), 'cd']);
    expect((await readPictureStream(parts(), 'standard input', { bytes: 4 })).toString()).toBe('abcd');
    await expect(readPictureStream(parts(), 'standard input', { bytes: 3 })).rejects.toThrow(
      /^Cannot read standard input: it is larger than 3 bytes/,
    );
  });

  test('gives up when nothing comes', async () => {
    const silent = new Readable({ read: () => undefined });
    await expect(
      readPictureStream(silent, 'standard input', { bytes: 9, patienceMilliseconds: 20 }),
    ).rejects.toThrow(/^Cannot read standard input: nothing came for 0.02 seconds/);
  });
});
