/** Gzipped files in Node, where they are read at once. Pages have `gunzip.ts`. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { fileErrorCode } from './files.ts';
import { damaged, isGzip } from './idx.ts';

/** The most that is uncompressed in one go: the larger, the fewer pieces are put together in the end. */
const LARGEST_PIECE = 2 ** 26;
/** And the least that zlib takes. */
const SMALLEST_PIECE = 64;

/**
 * Uncompresses gzipped bytes, beside the thread that asks for it, and returns others as they are. Memory stays bounded: a small file that unpacks to
 * more than `maximumBytes` is refused before it does.
 *
 * @param name what errors call the file.
 * @throws InklingError when the file is damaged or holds more than `maximumBytes`.
 */
export async function uncompress(bytes: Uint8Array, maximumBytes: number, name: string): Promise<Uint8Array> {
  if (!isGzip(bytes)) {
    if (bytes.length <= maximumBytes) return bytes;
    throw damaged(name, `it is larger than the ${maximumBytes} bytes that are possible`);
  }
  try {
    const buffer = await promisify(gunzip)(bytes, {
      chunkSize: Math.max(SMALLEST_PIECE, Math.min(LARGEST_PIECE, maximumBytes)),
      maxOutputLength: maximumBytes,
    });
    return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
  } catch (error) {
    const problem =
      fileErrorCode(error) === 'ERR_BUFFER_TOO_LARGE'
        ? `it unpacks to more than the ${maximumBytes} bytes that are possible`
        : `its gzip compression is damaged (${error instanceof Error ? error.message : error})`;
    throw damaged(name, problem, error);
  }
}
