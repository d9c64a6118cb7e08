/**
 * Reading pictures one after another: while the network looks at one, the next are read from disk and decoded. Only
 * those few are in memory at a time, however many there are.
 */
import {
  boxInOriginal,
  type DecodedPicture,
  decodePicture,
  InklingError,
  MOST_PICTURE_BYTES,
  type PictureReading,
  type Reader,
  readPictureFile,
  readPictureStream,
} from '../reading.ts';
import { type PictureSource, STANDARD_INPUT } from './pictureFiles.ts';

/** How many pictures are decoded ahead. */
const AHEAD = 3;

/** A picture that was read. Boxes are in the pixels of `picture`, which may be smaller than the file's. */
export interface ReadPicture {
  file: string;
  picture: DecodedPicture;
  reading: PictureReading;
  /** Decoding and reading, without waiting for others. */
  milliseconds: number;
}

/** A file that is no picture, or not one that can be read. */
export interface Failure {
  file: string;
  error: string;
}

type Opened = { file: string; picture: DecodedPicture; milliseconds: number } | Failure;

/** Reads pictures in their order. The first are decoded while the reader is still being made. */
export async function* readPictures(
  making: Promise<Reader>,
  sources: readonly PictureSource[],
): AsyncGenerator<ReadPicture | Failure> {
  // Whoever awaits a promise hears of its error; until then nobody may be listening, here and below.
  making.catch(() => undefined);
  const opening: Promise<Opened>[] = [];
  for (let next = 0; next < sources.length || opening.length > 0; ) {
    while (next < sources.length && opening.length <= AHEAD) opening.push(startOpening(sources[next++]));
    const opened = await opening.shift()!;
    if ('error' in opened) {
      yield opened;
      continue;
    }
    const reader = await making;
    const start = performance.now();
    const reading = await reader.read(opened.picture);
    yield { ...opened, reading, milliseconds: opened.milliseconds + performance.now() - start };
  }
}

function startOpening(source: PictureSource): Promise<Opened> {
  const opening = openPicture(source);
  opening.catch(() => undefined);
  return opening;
}

async function openPicture(source: PictureSource): Promise<Opened> {
  if ('error' in source) return source;
  const { file } = source;
  try {
    const bytes = await readBytes(file);
    const start = performance.now();
    const picture = await decodePicture(bytes, file === STANDARD_INPUT ? 'Standard input' : file);
    return { file, picture, milliseconds: performance.now() - start };
  } catch (error) {
    if (!(error instanceof InklingError)) throw error;
    return { file, error: error.message };
  }
}

function readBytes(file: string): Promise<Uint8Array> {
  const limits = { bytes: MOST_PICTURE_BYTES };
  if (file !== STANDARD_INPUT) return readPictureFile(file, limits);
  if (process.stdin.isTTY) {
    throw new InklingError('Standard input is a terminal; pipe a picture into the command, or name a file.');
  }
  return readPictureStream(process.stdin, 'standard input', limits);
}

/** What a line of `--json` says of a picture. */
export function jsonReading({ file, picture, reading, milliseconds }: ReadPicture) {
  return {
    file,
    text: reading.text,
    digits: reading.digits.map(({ digit, confidence, probabilities, notDigit, box }) => ({
      digit,
      confidence,
      probabilities,
      notDigit,
      box: boxInOriginal(box, picture),
    })),
    rejected: reading.rejected,
    milliseconds: Math.round(milliseconds * 10) / 10,
    width: picture.originalWidth,
    height: picture.originalHeight,
  };
}
