/**
 * The lines of a text file of any size, gzipped or not, one block of bytes after the other.
 *
 * No more than a block and one unfinished line are in memory at a time, and neither may grow without end: a file
 * without line ends, such as a picture or a disk image, is refused once a line is longer than any row of pixels. Whether
 * a file is gzipped is seen by its first bytes and not by its name. The digest is that of the uncompressed bytes.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InklingError } from '../errors.ts';
import { describeFileError, fileErrorCode } from './files.ts';
import { isGzip } from './idx.ts';

/** A row of the largest pictures, with every value written out to twenty digits, takes less. */
const LONGEST_LINE = 4 * 2 ** 20;
const BLOCK_BYTES = 256 * 1024;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/** Called with each line that is not blank: its bytes are bytes[from…to), without the line end; numbers begin at 1. */
type LineVisitor = (bytes: Uint8Array, from: number, to: number, lineNumber: number) => void;

/** An error at a line of a file, as one sentence: FILE, line N: what is wrong. */
export function lineError(path: string, lineNumber: number, problem: string, cause?: unknown): InklingError {
  return new InklingError(`${path}, line ${lineNumber}: ${problem}.`, { cause });
}

/**
 * Visits every line and returns the SHA-256 digest of the uncompressed bytes.
 *
 * @throws InklingError that names the file and the line where it is damaged or no text; what `visit` throws.
 */
export async function visitLines(path: string, visit: LineVisitor): Promise<string> {
  const hash = createHash('sha256');
  const splitter = new LineSplitter(path, visit);
  try {
    for await (const block of uncompressed(createReadStream(path, { highWaterMark: BLOCK_BYTES }))) {
      take(block, splitter, hash);
    }
  } catch (error) {
    const code = fileErrorCode(error);
    if (code !== 'Z_BUF_ERROR' && code !== 'Z_DATA_ERROR') throw describeFileError(error, 'read', path);
    const problem =
      code === 'Z_BUF_ERROR' ? 'the gzipped file is cut short' : 'the gzip compression is damaged';
    throw lineError(path, splitter.lineNumber + 1, `${problem} here; get the file again`, error);
  }
  splitter.end();
  return hash.digest('hex');
}

function take(block: Uint8Array, splitter: LineSplitter, hash: Hash): void {
  hash.update(block);
  splitter.add(block);
}

/** The blocks of a stream, uncompressed if it begins like a gzip file. */
async function* uncompressed(source: Readable): AsyncGenerator<Uint8Array> {
  const blocks = source[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let head: Uint8Array = new Uint8Array();
  try {
    // A pipe may hand over its bytes one at a time.
    while (head.length < 2) {
      const { done, value } = await blocks.next();
      if (done) break;
      head = Buffer.concat([head, value]);
    }
    const whole = async function* () {
      yield head;
      yield* { [Symbol.asyncIterator]: () => blocks };
    };
    if (!isGzip(head)) {
      yield* whole();
      return;
    }
    const gunzip = createGunzip({ chunkSize: BLOCK_BYTES });
    // What goes wrong on the way reaches the loop below through `gunzip`, which the pipeline destroys with the error.
    pipeline(Readable.from(whole()), gunzip, () => undefined);
    yield* gunzip;
  } finally {
    source.destroy();
  }
}

/** Cuts blocks into lines; the beginning of a line that goes on in the next block is kept. */
class LineSplitter {
  /** Lines that have ended. */
  lineNumber = 0;
  readonly #path: string;
  readonly #visit: LineVisitor;
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #isAtStart = true;

  constructor(path: string, visit: LineVisitor) {
    this.#path = path;
    this.#visit = visit;
  }

  add(block: Uint8Array): void {
    this.#requireText(block);
    let from = 0;
    for (;;) {
      const end = block.indexOf(NEWLINE, from);
      if (end < 0) break;
      this.#endLine(block, from, end);
      from = end + 1;
    }
    if (from === block.length) return;
    // Copied, since the stream may use the block's memory again.
    this.#kept.push(block.slice(from));
    this.#keptBytes += block.length - from;
    if (this.#keptBytes > LONGEST_LINE) {
      throw lineError(
        this.#path,
        this.lineNumber + 1,
        `it is longer than ${LONGEST_LINE} bytes, more than any row of pixels takes; give a CSV file with a picture in each line`,
      );
    }
  }

  end(): void {
    if (this.#keptBytes > 0) this.#endLine(new Uint8Array(), 0, 0);
  }

  #endLine(block: Uint8Array, from: number, to: number): void {
    this.lineNumber++;
    let bytes = block;
    if (this.#keptBytes > 0) {
      bytes = Buffer.concat([...this.#kept, block.subarray(from, to)]);
      [from, to] = [0, bytes.length];
      this.#kept = [];
      this.#keptBytes = 0;
    }
    if (this.#isAtStart) {
      this.#isAtStart = false;
      if (bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf) from += 3;
    }
    if (to > from && bytes[to - 1] === CARRIAGE_RETURN) to--;
    if (!isBlank(bytes, from, to)) this.#visit(bytes, from, to, this.lineNumber);
  }

  #requireText(block: Uint8Array): void {
    const at = block.indexOf(0);
    if (at < 0) return;
    let line = this.lineNumber + 1;
    for (let end = block.indexOf(NEWLINE); end >= 0 && end < at; end = block.indexOf(NEWLINE, end + 1))
      line++;
    throw lineError(
      this.#path,
      line,
      'it holds a byte 0, which no text in UTF-8 has; give a CSV file, plain or gzipped',
    );
  }
}

/** Whether there are only spaces and tabs. */
function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 32 && bytes[i] !== 9) return false;
  return true;
}
