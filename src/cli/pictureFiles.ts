/**
 * What `predict` is asked to read: files as they are named, the pictures in folders and those within them, what glob
 * patterns stand for, and `-` for standard input.
 */
import { glob, readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { describeFileError, PICTURE_EXTENSIONS } from '../reading.ts';

/** A picture to read, or something named that leads to none. */
export type PictureSource = { file: string } | { file: string; error: string };

export const STANDARD_INPUT = '-';
/** What the command line makes of `-` on its way here; some people write it themselves. */
export const STANDARD_INPUT_PATH = '/dev/stdin';

/** Digits in names count as numbers, so that `page10` comes after `page9`. */
const ORDER = new Intl.Collator('en', { numeric: true });

/**
 * All pictures, in the order in which they were named; those of a folder or a pattern in the order of their names. What
 * cannot be looked into is told in its place, and the rest is found all the same.
 */
export async function findPictures(named: readonly string[]): Promise<PictureSource[]> {
  const sources: PictureSource[] = [];
  for (const name of named) {
    for await (const source of picturesOf(name)) sources.push(source);
  }
  return sources;
}

async function* picturesOf(name: string): AsyncGenerator<PictureSource> {
  if (name === STANDARD_INPUT_PATH) {
    yield { file: STANDARD_INPUT };
    return;
  }
  const kind = await stat(name).catch(() => undefined);
  if (kind?.isDirectory()) {
    yield* findPicturesIn(name);
  } else if (kind === undefined && /[*?[{]/.test(name)) {
    yield* orError(matching(name), name, `No file matches ${name}; check the pattern.`);
  } else {
    yield { file: name };
  }
}

async function* orError(
  sources: AsyncGenerator<PictureSource>,
  name: string,
  message: string,
): AsyncGenerator<PictureSource> {
  let isEmpty = true;
  for await (const source of sources) {
    isEmpty = false;
    yield source;
  }
  if (isEmpty) yield { file: name, error: message };
}

/** The pictures of a folder one after another; an error where there are none, or where it cannot be looked into. */
export function findPicturesIn(folder: string): AsyncGenerator<PictureSource> {
  return orError(picturesWithin(folder), folder, `The folder ${folder} holds no pictures; name another.`);
}

/** The pictures in a folder by the endings of their names, then those in its folders. Links to folders are not followed. */
async function* picturesWithin(folder: string): AsyncGenerator<PictureSource> {
  let entries: Awaited<ReturnType<typeof readEntries>>;
  try {
    entries = await readEntries(folder);
  } catch (error) {
    yield { file: folder, error: describeFileError(error, 'read', folder).message };
    return;
  }
  for (const entry of entries) {
    if (!entry.isDirectory() && isPictureName(entry.name)) yield { file: join(folder, entry.name) };
  }
  for (const entry of entries) {
    if (entry.isDirectory()) yield* picturesWithin(join(folder, entry.name));
  }
}

async function readEntries(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter(({ name }) => !name.startsWith('.'))
    .sort((one, other) => ORDER.compare(one.name, other.name));
}

/** The pictures that a pattern stands for, by the endings of their names; where there are none, whatever files there are. */
async function* matching(pattern: string): AsyncGenerator<PictureSource> {
  const files: string[] = [];
  for await (const match of glob(pattern)) {
    const kind = await stat(match).catch(() => undefined);
    if (!kind?.isDirectory()) files.push(match);
  }
  const pictures = files.filter(isPictureName);
  for (const file of (pictures.length > 0 ? pictures : files).sort(ORDER.compare)) yield { file };
}

function isPictureName(name: string): boolean {
  return PICTURE_EXTENSIONS.includes(extname(name).toLowerCase());
}
