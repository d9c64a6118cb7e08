import { lstat, mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { needs } from '../../test/requirements.ts';
import { InklingError, UsageError } from '../errors.ts';
import { describeFileError, readFileBounded, writeFileAtomic } from './files.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkling-files-'));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

/** The class that `open` returns, so that a test can make one of its methods fail. */
async function fileHandlePrototype(): Promise<{ writeFile: () => Promise<void>; sync: () => Promise<void> }> {
  const handle = await open(folder, 'r');
  await handle.close();
  return Object.getPrototypeOf(handle);
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made up`), { code });
}

describe('writeFileAtomic', () => {
  test('writes and replaces, and leaves nothing else behind', async () => {
    const path = join(folder, 'model');
    await writeFileAtomic(path, 'old');
    await writeFileAtomic(path, new Uint8Array([1, 2, 3]));
    expect([...(await readFile(path))]).toEqual([1, 2, 3]);
    expect(await readdir(folder)).toEqual(['model']);
  });

  test('writes to where a symbolic link leads', async () => {
    await symlink('target', join(folder, 'link'));
    await writeFile(join(folder, 'target'), 'old');
    await writeFileAtomic(join(folder, 'link'), 'new');
    expect(await readFile(join(folder, 'target'), 'utf8')).toBe('new');
    expect((await lstat(join(folder, 'link'))).isSymbolicLink()).toBe(true);
  });

  test.each([
    ['writeFile', 'ENOSPC', 'the disk is full; free some space'],
    ['sync', 'EIO', 'input/output error'],
  ] as const)('keeps the old file when %s fails with %s', async (method, code, words) => {
    const path = join(folder, 'model');
    await writeFile(path, 'old');
    vi.spyOn(await fileHandlePrototype(), method).mockRejectedValueOnce(systemError(code));
    const error = await writeFileAtomic(path, 'new').catch((thrown) => thrown);
    expect(error).toBeInstanceOf(InklingError);
    expect(error.message).toContain(path);
    expect(error.message).toContain(words);
    expect(await readdir(folder)).toEqual(['model']);
    expect(await readFile(path, 'utf8')).toBe('old');
  });

  test('names a missing folder, a folder in place of a file, and a file in place of a folder', async () => {
    await mkdir(join(folder, 'taken'));
    await writeFile(join(folder, 'file'), '');
    await expect(writeFileAtomic(join(folder, 'none', 'x'), '')).rejects.toThrow(
      /Cannot write .*none.*: there is no such file or folder; check the path\./,
    );
    await expect(writeFileAtomic(join(folder, 'taken'), '')).rejects.toThrow(/it is a folder, not a file/);
    await expect(writeFileAtomic(join(folder, 'file', 'x'), '')).rejects.toThrow(
      /a part of that path is a file/,
    );
    expect((await readdir(folder)).sort()).toEqual(['file', 'taken']);
  });

  needs(process.platform !== 'win32', 'a system with device files')(
    'refuses to replace a device',
    async () => {
      await symlink('/dev/null', join(folder, 'device'));
      await expect(writeFileAtomic(join(folder, 'device'), 'x')).rejects.toThrow(/a device or a pipe/);
    },
  );
});

describe('describeFileError', () => {
  test.each([
    ['EACCES', 'permission is denied'],
    ['EROFS', 'read-only file system'],
    ['ENOSPC', 'the disk is full'],
    ['ENOENT', 'there is no such file'],
    ['EISDIR', 'it is a folder'],
  ])('%s becomes a sentence', (code, words) => {
    const error = describeFileError(systemError(code), 'read', '/some/file');
    expect(error.message).toMatch(/^Cannot read \/some\/file: .*\.$/);
    expect(error.message).toContain(words);
  });

  test('keeps what is in plain words already, and the message of what it does not know', () => {
    const usage = new UsageError('So it is.');
    expect(describeFileError(usage, 'read', 'x')).toBe(usage);
    expect(describeFileError(new Error('odd'), 'read', 'x').message).toBe(
      'Cannot read x: odd; check the path and try again.',
    );
  });
});

describe('readFileBounded', () => {
  test('reads up to the bound, inclusive', async () => {
    const path = join(folder, 'file');
    const bytes = Uint8Array.from({ length: 200_000 }, (_, position) => position % 251);
    await writeFile(path, bytes);
    expect(Buffer.compare(await readFileBounded(path, bytes.length), bytes)).toBe(0);
    await expect(readFileBounded(path, bytes.length - 1)).rejects.toThrow(/larger than 199999 bytes/);
    await writeFile(path, '');
    expect(await readFileBounded(path, 0)).toHaveLength(0);
  });

  test('names a missing file and a folder', async () => {
    await expect(readFileBounded(join(folder, 'none'), 9)).rejects.toThrow(
      /Cannot read .*none: there is no such/,
    );
    await expect(readFileBounded(folder, 1e6)).rejects.toThrow(/it is a folder/);
  });

  needs(process.platform !== 'win32', 'a system with device files')(
    'is bounded where the size is unknown',
    async () => {
      await expect(readFileBounded('/dev/zero', 100_000)).rejects.toThrow(/larger than 100000 bytes/);
    },
  );
});
