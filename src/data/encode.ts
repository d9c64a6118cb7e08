/** Pixels to a picture file, by sharp. */
import { extname } from 'node:path';
import { UsageError } from '../errors.ts';
import type { Picture } from '../vision/picture.ts';
import { loadSharp } from './decode.ts';

/** What is written under a name with each ending. */
const FORMATS: Readonly<Record<string, 'jpeg' | 'png' | 'webp'>> = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.webp': 'webp',
};

/** Refuses names whose endings stand for no format that can be written; `what` begins the sentence. */
export function requireWritableName(path: string, what: string): void {
  if (FORMATS[extname(path).toLowerCase()] !== undefined) return;
  throw new UsageError(`${what} writes pictures as .png, .jpg or .webp; give ${path} one of these endings.`);
}

/** A file in the format that the ending of its name stands for. */
export async function encodePicture(picture: Picture, path: string): Promise<Uint8Array> {
  requireWritableName(path, 'The command');
  const { width, height, channels, data } = picture;
  const sharp = await loadSharp();
  return sharp(data, { raw: { width, height, channels } })
    .toFormat(FORMATS[extname(path).toLowerCase()])
    .toBuffer();
}
