/** Pictures on their way in and into the store: from the bytes that were sent to pixels, and from those to new bytes. */
import { type DecodedPicture, decodePicture, type Picture } from '../../src/index.ts';
import type { KeptPicture } from './messages.ts';
import { encodePng } from './png.ts';
import { simplest } from './simplest.ts';
import { decodeSmallPng } from './smallPng.ts';

/** Kept pictures are made smaller to this many pixels on their longer side. */
const LONGEST_SIDE = 1024;
/** Up to so many pixels, a picture is kept as PNG, without loss: drawings and the digits of data sets. */
const SMALL = 320 * 320;
const WEBP_QUALITY = 82;

/** Throws an `InklingError`, a sentence for whoever sent the picture, where it cannot be read. */
export async function decode(
  bytes: Uint8Array,
  limits: { bytes: number; pixels: number },
): Promise<DecodedPicture> {
  const small = decodeSmallPng(bytes, SMALL);
  if (small) return { ...simplest(small), originalWidth: small.width, originalHeight: small.height };
  return decodePicture(bytes, 'The picture', limits);
}

/** Codes a picture anew from its pixels, so that nothing else of what was sent is kept. */
export async function encodeKept(picture: Picture): Promise<KeptPicture> {
  const { width, height, channels, data } = picture;
  if (width * height <= SMALL) return { bytes: encodePng(picture), type: 'image/png' };
  const { default: sharp } = await import('sharp');
  const bytes = await sharp(data, { raw: { width, height, channels } })
    .resize({ width: LONGEST_SIDE, height: LONGEST_SIDE, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: WEBP_QUALITY, effort: 2 })
    .toBuffer();
  return { bytes: Uint8Array.from(bytes), type: 'image/webp' };
}
