/**
 * Downloads that survive bad networks.
 *
 * A file comes from the first of several mirrors that delivers it whole. Bytes go to `NAME.part`, which a later
 * attempt, or a later run, continues with an HTTP Range request. Only when everything has arrived and its digest
 * is right does the file appear under its own name. Bytes are written at their own positions, not appended, so
 * that two processes that download the same file at once write the same bytes to the same places.
 */

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InklingError } from '../errors.ts';
import { describeFileError, writeFileAtomic } from './files.ts';
import { uncompress } from './uncompress.ts';

export interface DownloadTiming {
  /** Wait so long for the first byte of an answer. */
  connectMilliseconds: number;
  /** Give up a transfer when no byte has come for so long. */
  stallMilliseconds: number;
  /** Pause before the first repetition; each later pause is twice as long. */
  backoffMilliseconds: number;
  /** Ask one mirror so many times at most. */
  attempts: number;
}

const DEFAULT_TIMING: DownloadTiming = {
  connectMilliseconds: 15_000,
  stallMilliseconds: 30_000,
  backoffMilliseconds: 500,
  attempts: 4,
};

export interface DownloadOptions {
  /** Addresses of the same file, tried in this order. */
  urls: readonly string[];
  /** Where the file goes, as the mirror sends it: gzipped files stay gzipped. Missing folders are made. */
  path: string;
  /** SHA-256 of the uncompressed bytes, in lower-case hexadecimal. */
  sha256: string;
  /** Size of the uncompressed file; nothing much larger is downloaded or unpacked. */
  uncompressedBytes: number;
  /** What to do when no mirror delivers: a sentence part that follows a colon. */
  advice: string;
  /** `totalBytes` is undefined where the mirror does not say. After a restart `receivedBytes` may be smaller. */
  onProgress?: (receivedBytes: number, totalBytes: number | undefined) => void;
  /** Stops the download; what has come stays for the next time. */
  signal?: AbortSignal;
  timing?: Partial<DownloadTiming>;
}

/** Why one attempt failed, as a sentence part. `again`: asking the same mirror once more may help. */
class MirrorFailure extends Error {
  readonly again: boolean;

  constructor(message: string, again: boolean, cause?: unknown) {
    super(message, { cause });
    this.again = again;
  }
}

/**
 * Downloads one file.
 *
 * @throws InklingError when no mirror delivers (its message names each mirror's failure and ends with `advice`), or
 *   when the disk does not take it; the reason of `signal` when that is aborted.
 */
export async function download(options: DownloadOptions): Promise<void> {
  const folder = dirname(options.path);
  await onDisk(folder, mkdir(folder, { recursive: true }));
  const failures: string[] = [];
  for (const url of options.urls) {
    const failure = await tryMirror(url, options);
    if (failure === undefined) return;
    failures.push(`${URL.canParse(url) ? new URL(url).host : url}: ${failure}`);
  }
  throw new InklingError(
    `Could not download ${basename(options.path)} (${failures.join('; ')}): ${options.advice}.`,
  );
}

/** Asks one mirror, several times if that may help. Returns why it failed, or undefined when the file is there. */
async function tryMirror(url: string, options: DownloadOptions): Promise<string | undefined> {
  const timing = { ...DEFAULT_TIMING, ...options.timing };
  for (let attempt = 1; ; attempt++) {
    options.signal?.throwIfAborted();
    try {
      await tryOnce(url, options, timing);
      return undefined;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof MirrorFailure)) throw error;
      if (!error.again || attempt >= timing.attempts) return error.message;
    }
    const pause = timing.backoffMilliseconds * 2 ** (attempt - 1);
    await sleep(pause, undefined, { signal: options.signal }).catch(() => options.signal?.throwIfAborted());
  }
}

async function tryOnce(url: string, options: DownloadOptions, timing: DownloadTiming): Promise<void> {
  const part = `${options.path}.part`;
  const handle = await onDisk(part, open(part, constants.O_RDWR | constants.O_CREAT));
  try {
    const resumed = await transfer(url, handle, part, options, timing);
    const bytes = await onDisk(part, handle.readFile());
    const problem = await problemWith(bytes, options);
    if (problem !== undefined) {
      await onDisk(part, rm(part, { force: true }));
      // The part may have come from another mirror, or have been damaged on disk: then this one is not to blame.
      throw new MirrorFailure(problem, resumed);
    }
    await writeFileAtomic(options.path, bytes);
    await onDisk(part, rm(part, { force: true }));
  } finally {
    const { size } = await handle.stat();
    await handle.close();
    // An attempt that brought nothing leaves nothing; should this fail, the next attempt is none the worse.
    if (size === 0) await rm(part, { force: true }).catch(() => undefined);
  }
}

/** What is wrong with downloaded bytes, or undefined when they are the wanted ones. */
async function problemWith(bytes: Uint8Array, options: DownloadOptions): Promise<string | undefined> {
  try {
    const content = await uncompress(bytes, options.uncompressedBytes, 'the file');
    const digest = createHash('sha256').update(content).digest('hex');
    return digest === options.sha256 ? undefined : 'it sends a file with another SHA-256 digest';
  } catch (error) {
    if (error instanceof InklingError) return 'it sends a damaged file';
    throw error;
  }
}

/** Brings the part up to its full length, and says whether it continued what an earlier attempt had left. */
async function transfer(
  url: string,
  handle: FileHandle,
  part: string,
  options: DownloadOptions,
  timing: DownloadTiming,
): Promise<boolean> {
  const maximumBytes = maximumDownload(options.uncompressedBytes);
  let { size } = await onDisk(part, handle.stat());
  if (size > maximumBytes) {
    await onDisk(part, handle.truncate(0));
    size = 0;
  }
  const watch = new Watch(
    timing.connectMilliseconds,
    `no answer within ${timing.connectMilliseconds} ms`,
    false,
  );
  try {
    const signal = options.signal ? AbortSignal.any([watch.signal, options.signal]) : watch.signal;
    const response = await ask(url, size, signal);
    try {
      const answer = interpret(response, size);
      if (answer.kind === 'complete') return true;
      if (answer.kind === 'restart') {
        await onDisk(part, handle.truncate(0));
        throw new MirrorFailure('it continues the file at a wrong place', true);
      }
      if (answer.from === 0 && size > 0) await onDisk(part, handle.truncate(0));
      let received = answer.from;
      const { total } = answer;
      const tooLarge = new MirrorFailure(
        `it sends more than the ${maximumBytes} bytes that are possible`,
        false,
      );
      if (total !== undefined && total > maximumBytes) throw tooLarge;
      options.onProgress?.(received, total);
      watch.restart(timing.stallMilliseconds, `no byte came for ${timing.stallMilliseconds} ms`, true);
      for await (const chunk of response.body ?? []) {
        if (received + chunk.length > maximumBytes) {
          await onDisk(part, handle.truncate(0));
          throw tooLarge;
        }
        await onDisk(part, writeAt(handle, chunk, received));
        received += chunk.length;
        options.onProgress?.(received, total);
        watch.restart(timing.stallMilliseconds, `no byte came for ${timing.stallMilliseconds} ms`, true);
      }
      if (total !== undefined && received !== total) {
        throw new MirrorFailure(`the connection ended after ${received} of ${total} bytes`, true);
      }
      return answer.from > 0;
    } catch (error) {
      await response.body?.cancel().catch(() => undefined);
      throw error;
    }
  } catch (error) {
    if (error instanceof MirrorFailure || error instanceof InklingError) throw error;
    watch.signal.throwIfAborted();
    throw new MirrorFailure(describeNetworkError(error), true, error);
  } finally {
    watch.stop();
  }
}

/** A mirror may send the file uncompressed, or gzip what does not shrink: a little more than its content. */
function maximumDownload(uncompressedBytes: number): number {
  return Math.ceil(uncompressedBytes * 1.01) + 65_536;
}

/** Aborts its signal with a `MirrorFailure` when it is not restarted in time. */
class Watch {
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(milliseconds: number, problem: string, again: boolean) {
    this.restart(milliseconds, problem, again);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(milliseconds: number, problem: string, again: boolean): void {
    this.stop();
    this.#timer = setTimeout(() => this.#controller.abort(new MirrorFailure(problem, again)), milliseconds);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** Error codes of connections that broke; others, such as an unknown host, do not get better within seconds. */
const BROKEN_CONNECTION = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Sends the request for all bytes from `from` on. */
async function ask(url: string, from: number, signal: AbortSignal): Promise<Response> {
  // Without this header, fetch asks for and undoes a compression of its own, and lengths no longer mean the file's.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (from > 0) headers.range = `bytes=${from}-`;
  try {
    return await fetch(url, { headers, signal });
  } catch (error) {
    signal.throwIfAborted();
    const code = error instanceof Error ? codeOf(error.cause) : undefined;
    throw new MirrorFailure(describeNetworkError(error), BROKEN_CONNECTION.has(code ?? ''), error);
  }
}

type Answer =
  /** The body holds the bytes from `from` on, of a file of `total`, where that is known. */
  | { kind: 'bytes'; from: number; total: number | undefined }
  /** The part already holds everything. */
  | { kind: 'complete' }
  /** The part is of no use to this mirror: begin anew. */
  | { kind: 'restart' };

/** What a response to a request for the bytes from `size` on means. */
function interpret(response: Response, size: number): Answer {
  const { status, headers } = response;
  const encoded = (headers.get('content-encoding') ?? 'identity') !== 'identity';
  if (status === 200) {
    // Of an encoded body we only see the decoded bytes, which Content-Length does not count.
    const length = encoded ? undefined : wholeNumber(headers.get('content-length'));
    return { kind: 'bytes', from: 0, total: length };
  }
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers.get('content-range')?.trim() ?? '');
  const total = wholeNumber(range?.[2]);
  if (status === 206) {
    if (encoded || wholeNumber(range?.[1]) !== size) return { kind: 'restart' };
    return { kind: 'bytes', from: size, total };
  }
  if (status === 416) return size > 0 && total === size ? { kind: 'complete' } : { kind: 'restart' };
  const again = status === 408 || status === 425 || status === 429 || status >= 500;
  throw new MirrorFailure(`it answers with HTTP status ${status}`, again);
}

function wholeNumber(text: string | null | undefined): number | undefined {
  return text && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** fetch says "fetch failed" and hides what happened in the cause. */
function describeNetworkError(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  switch (codeOf(cause)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its address could not be looked up';
    case 'ECONNREFUSED':
      return 'the connection was refused';
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
      return 'the network is unreachable';
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return 'the connection timed out';
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return 'the connection broke';
    default:
      return cause instanceof Error ? cause.message : String(cause);
  }
}

/** Writes all of `bytes`; one call of the system may take only some. */
async function writeAt(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** Waits for something done to the disk, and words its failure. */
function onDisk<Result>(path: string, pending: Promise<Result>): Promise<Result> {
  return pending.catch((error) => {
    throw describeFileError(error, 'write', path);
  });
}
