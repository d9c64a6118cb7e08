/**
 * The bytes of a picture from wherever a person points: a file, a pipe or standard input. Never more than a limit is
 * held, and nothing is waited for without end.
 *
 * Opening a named pipe that nobody writes to blocks a thread for ever, so pipes are opened without blocking, and asked
 * again until somebody writes. Devices, such as /dev/zero, are no pictures.
 */
import { constants, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { InklingError } from '../errors.ts';
import { describeFileError, readFileBounded } from './files.ts';

const PATIENCE_MILLISECONDS = 30_000;
const ASK_AGAIN_MILLISECONDS = 20;

export interface InputLimits {
  /** The most bytes there may be. */
  bytes: number;
  /** How long a pipe may stay silent; 30,000 by default. */
  patienceMilliseconds?: number;
}

/**
 * Reads a file or a pipe.
 *
 * @throws InklingError that names the path, what is wrong and the way out.
 */
export async function readPictureFile(path: string, limits: InputLimits): Promise<Uint8Array> {
  let kind: Awaited<ReturnType<typeof stat>>;
  try {
    kind = await stat(path);
  } catch (error) {
    throw describeFileError(error, 'read', path);
  }
  if (kind.isCharacterDevice() || kind.isBlockDevice() || kind.isSocket()) {
    throw new InklingError(`${path} is a device, not a file: name a picture.`);
  }
  return kind.isFIFO() ? readPipe(path, limits) : readFileBounded(path, limits.bytes);
}

async function readPipe(path: string, limits: InputLimits): Promise<Uint8Array> {
  const patience = limits.patienceMilliseconds ?? PATIENCE_MILLISECONDS;
  const giveUpAt = performance.now() + patience;
  // Pipes are rare, and loading this takes longer than reading a file.
  const { Socket } = await import('node:net');
  for (;;) {
    let fd: number;
    try {
      fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      throw describeFileError(error, 'read', path);
    }
    const socket = new Socket({ fd, readable: true, writable: false });
    // A pipe without a writer ends at once.
    const bytes = await readPictureStream(socket, path, limits);
    if (bytes.length > 0) return bytes;
    if (performance.now() > giveUpAt) throw silent(path, patience);
    await sleep(ASK_AGAIN_MILLISECONDS);
  }
}

/**
 * Reads a stream to its end. `source` is what messages call it.
 *
 * @throws InklingError when more bytes come than there may be, or none for too long.
 */
export async function readPictureStream(
  stream: NodeJS.ReadableStream & { destroy(error?: Error): unknown },
  source: string,
  { bytes: most, patienceMilliseconds = PATIENCE_MILLISECONDS }: InputLimits,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  const giveUp = () => stream.destroy(silent(source, patienceMilliseconds));
  let timer = setTimeout(giveUp, patienceMilliseconds);
  try {
    for await (const chunk of stream) {
      clearTimeout(timer);
      timer = setTimeout(giveUp, patienceMilliseconds);
      const part = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      total += part.length;
      if (total > most) {
        throw new InklingError(
          `Cannot read ${source}: it is larger than ${most} bytes; choose a smaller file.`,
        );
      }
      chunks.push(part);
    }
  } catch (error) {
    throw describeFileError(error, 'read', source);
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks, total);
}

function silent(source: string, milliseconds: number): InklingError {
  return new InklingError(
    `Cannot read ${source}: nothing came for ${milliseconds / 1000} seconds; write a picture into it, or name a file.`,
  );
}
