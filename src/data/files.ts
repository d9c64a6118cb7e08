/**
 * Files, on the Node side: bounded reads, writes that are all there or not at all, and errors in plain words.
 */

import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InklingError } from '../errors.ts';

/** What an error code of the operating system means to a person, and the way out. */
const FILE_PROBLEMS: Record<string, string> = {
  EACCES: 'permission is denied; change its permissions or choose another place',
  EBUSY: 'something else is using it; close that and try again',
  EDQUOT: 'the disk quota is used up; free some space or choose another place',
  EEXIST: 'something of that name is already there; choose another name',
  EFBIG: 'the file would be larger than is allowed there; choose another place',
  EIO: 'the disk reports an input/output error; check the disk or choose another place',
  EISDIR: 'it is a folder, not a file; name a file',
  ELOOP: 'its symbolic links go round in a circle; check the path',
  EMFILE: 'too many files are open; raise the limit (ulimit -n) and try again',
  ENAMETOOLONG: 'the name is too long; choose a shorter one',
  ENOENT: 'there is no such file or folder; check the path',
  ENOSPC: 'the disk is full; free some space or choose another place',
  ENOTDIR: 'a part of that path is a file, not a folder; check the path',
  EPERM: 'it is not permitted; change its permissions or choose another place',
  EROFS: 'it is on a read-only file system; choose another place',
  EXDEV: 'it lies on two file systems; choose another place',
};

/** The error code of a failed system call, such as `ENOENT`, or undefined for any other error. */
export function fileErrorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/**
 * Turns what a file operation threw into one sentence.
 *
 * @param action a verb that fits after "Cannot", such as `read` or `write`.
 * @returns an error to throw; one that is an `InklingError` already comes back as it is.
 */
export function describeFileError(error: unknown, action: string, path: string): InklingError {
  if (error instanceof InklingError) return error;
  const code = fileErrorCode(error);
  const reason = error instanceof Error ? error.message : String(error);
  const problem =
    (code === undefined ? undefined : FILE_PROBLEMS[code]) ?? `${reason}; check the path and try again`;
  return new InklingError(`Cannot ${action} ${path}: ${problem}.`, { cause: error });
}

/**
 * Writes a file so that whoever looks finds the old content or the new, whole, even after a power failure: into a
 * temporary file beside it, synced, then renamed, then the folder synced. A symbolic link is followed. The
 * temporary file is removed when anything fails.
 *
 * @throws InklingError that names the path, what is wrong and the way out.
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array | string): Promise<void> {
  let temporary: string | undefined;
  try {
    const target = await regularTarget(path);
    const name = `.${basename(target).slice(0, 200)}.${randomBytes(6).toString('hex')}.tmp`;
    const candidate = join(dirname(target), name);
    const handle = await open(candidate, 'wx');
    temporary = candidate;
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
    temporary = undefined;
    await syncFolder(dirname(target));
  } catch (error) {
    if (temporary !== undefined) await rm(temporary, { force: true }).catch(() => undefined);
    throw describeFileError(error, 'write', path);
  }
}

/** The file that a write to `path` means: links are followed; devices and pipes, which a rename would replace, refused. */
async function regularTarget(path: string): Promise<string> {
  let target: string;
  try {
    target = await realpath(path);
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return path;
    throw error;
  }
  const status = await stat(target);
  if (status.isFile()) return target;
  const kind = status.isDirectory() ? 'a folder' : 'a device or a pipe';
  throw new InklingError(`Cannot write ${path}: it is ${kind}, not a file; name a file.`);
}

/** Makes a rename in this folder last. Windows cannot open folders, and needs no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Reads a whole file, and never more than `maximumBytes` of it into memory, whatever its size claims.
 *
 * @throws InklingError when the file is larger, or cannot be read.
 */
export async function readFileBounded(path: string, maximumBytes: number): Promise<Uint8Array> {
  const tooLarge = () =>
    new InklingError(`Cannot read ${path}: it is larger than ${maximumBytes} bytes; choose a smaller file.`);
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      if (size > maximumBytes) throw tooLarge();
      // Pipes and files that grow say nothing useful about their size, so the bytes that come are counted too.
      const chunks: Uint8Array[] = [];
      let total = 0;
      for (;;) {
        const room = Math.min(maximumBytes + 1 - total, total < size ? size - total : 65_536);
        const { bytesRead, buffer } = await handle.read(new Uint8Array(room), 0, room);
        if (bytesRead === 0) break;
        total += bytesRead;
        if (total > maximumBytes) throw tooLarge();
        chunks.push(buffer.subarray(0, bytesRead));
      }
      return concatenate(chunks, total);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw describeFileError(error, 'read', path);
  }
}

function concatenate(chunks: Uint8Array[], total: number): Uint8Array {
  if (chunks.length === 1) return chunks[0];
  const whole = new Uint8Array(total);
  let position = 0;
  for (const chunk of chunks) {
    whole.set(chunk, position);
    position += chunk.length;
  }
  return whole;
}
