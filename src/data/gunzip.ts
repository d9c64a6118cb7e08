/**
 * Files that a page's visitor chose, gzipped or not: what `uncompress.ts` does in Node, with the stream that browsers
 * have. Memory stays bounded here too.
 */
import { type Dataset, DIGIT_NAMES } from './dataset.ts';
import { damaged, datasetFromIdx, isGzip } from './idx.ts';

/** No set of small pictures that fits a page comes near. */
const MAXIMUM_BYTES = 2 ** 29;

/** The two files of a data set as MNIST has them, gzipped or not, under the names that errors call them. */
export interface IdxFiles {
  images: { name: string; bytes: Uint8Array };
  labels: { name: string; bytes: Uint8Array };
}

/**
 * A data set from the bytes of its two files.
 *
 * @param name what a person calls the data set.
 * @throws InklingError when a file is damaged or they do not belong together.
 */
export async function datasetFromFiles(
  { images, labels }: IdxFiles,
  name: string,
  classNames = DIGIT_NAMES,
): Promise<Dataset> {
  const [imageBytes, labelBytes] = await Promise.all(
    [images, labels].map((file) => gunzip(file.bytes, MAXIMUM_BYTES, file.name)),
  );
  const pair = {
    images: { path: images.name, bytes: imageBytes },
    labels: { path: labels.name, bytes: labelBytes },
  };
  return datasetFromIdx(pair, name, classNames);
}

/**
 * Uncompresses gzipped bytes and returns others as they are.
 *
 * @param name what errors call the file.
 * @throws InklingError when the file is damaged or holds more than `maximumBytes`.
 */
export async function gunzip(bytes: Uint8Array, maximumBytes: number, name: string): Promise<Uint8Array> {
  const tooLarge = () => damaged(name, `it holds more than the ${maximumBytes} bytes that are possible`);
  if (!isGzip(bytes)) {
    if (bytes.length <= maximumBytes) return bytes;
    throw tooLarge();
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
    for await (const part of readable(stream.pipeThrough(new DecompressionStream('gzip')))) {
      parts.push(part);
      length += part.length;
      if (length > maximumBytes) break;
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    throw damaged(name, `its gzip compression is damaged (${reason})`, error);
  }
  if (length > maximumBytes) throw tooLarge();
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Not every browser can walk over a stream by itself. */
async function* readable(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
