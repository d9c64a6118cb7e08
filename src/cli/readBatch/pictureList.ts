/** Names of very many pictures, one after another: those in a folder, or those that a list names, a line each. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { describeFileError, UsageError } from '../../index.ts';
import { findPicturesIn, STANDARD_INPUT_PATH } from '../pictureFiles.ts';
import { CHUNK, type Chunk } from './chunk.ts';

export async function openList(named: string): Promise<AsyncIterable<string>> {
  if (named === STANDARD_INPUT_PATH) {
    if (process.stdin.isTTY) {
      throw new UsageError(
        'Standard input is a terminal; pipe a list of pictures into the command, a line each.',
      );
    }
    return linesOf(process.stdin);
  }
  const kind = await stat(named).catch((error) => {
    throw describeFileError(error, 'read', named);
  });
  if (kind.isDirectory()) return namesIn(named);
  return linesOf(createReadStream(named), named);
}

async function* namesIn(folder: string): AsyncGenerator<string> {
  for await (const source of findPicturesIn(folder)) {
    // A folder that cannot be looked into: nobody could say later what was missed.
    if ('error' in source) throw new UsageError(source.error);
    yield source.file;
  }
}

async function* linesOf(stream: NodeJS.ReadableStream, name?: string): AsyncGenerator<string> {
  let isEmpty = true;
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line === '') continue;
    // What is no text, such as a picture, comes out as these.
    if (isEmpty && /[\0\ufffd]/.test(line)) {
      throw new UsageError(
        `${name ?? 'Standard input'} is no list of pictures, a name on each line; 'inkling predict' reads a single picture.`,
      );
    }
    isEmpty = false;
    yield line;
  }
  if (isEmpty) throw new UsageError(`${name ?? 'Standard input'} names no pictures; write one on each line.`);
}

/** Names in chunks, from one place on. What is before that is handed to `skip` instead. */
export async function* chunksOf(
  names: AsyncIterable<string>,
  first: number,
  skip: (name: string, place: number) => Promise<void>,
): AsyncGenerator<Chunk> {
  let chunk: Chunk = { from: first, files: [] };
  let place = 0;
  for await (const name of names) {
    if (place < first) await skip(name, place);
    else chunk.files.push(name);
    place++;
    if (place % CHUNK !== 0) continue;
    if (chunk.files.length > 0) yield chunk;
    chunk = { from: Math.max(first, place), files: [] };
  }
  if (chunk.files.length > 0) yield chunk;
}
