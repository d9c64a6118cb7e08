/**
 * From the bytes of any picture file to pixels, by sharp, which is the libvips library.
 *
 * The bytes come from strangers. So the file must look like a picture first (`pictureFormat.ts`); then its header is
 * read, and sizes that would take too much memory are refused before a pixel is decoded; then the picture is
 * decoded in strips, within a time limit. Photos that are larger than the reading needs are made smaller while they are
 * decoded: JPEG can leave out half of the detail at a fraction of the work. What comes out stands upright as its
 * EXIF orientation says, in 8-bit sRGB: CMYK and colours of other profiles are converted, 16 bits become 8, grey stays
 * grey, opacity is kept. Of an animation or a document of several pages the first is taken.
 *
 * sharp is loaded when the first picture comes, since its native library takes a while.
 */
import type Sharp from 'sharp';
import type { Metadata } from 'sharp';
import { InklingError } from '../errors.ts';
import type { Box, Picture } from '../vision/picture.ts';
import { hasTooManyScans, MOST_SCANS } from './jpegScans.ts';
import { FORMAT_NAMES, type PictureFormat, READABLE_FORMATS, recognise } from './pictureFormat.ts';

/** What a picture may cost. */
export interface DecodeLimits {
  /** Of the file; 32 MiB by default. */
  bytes?: number;
  /** Of the picture as it is in the file; 24 million by default. */
  pixels?: number;
  /** Larger pictures are made smaller, to about so many pixels; 3 million by default, `Infinity` for never. */
  workingPixels?: number;
  /** Whole seconds for decoding; 10 by default. */
  seconds?: number;
}

/** Pixels to read digits in, and the size of what they were made from, upright. */
export interface DecodedPicture extends Picture {
  originalWidth: number;
  originalHeight: number;
}

/** The most bytes of a file that are read, unless someone says otherwise. */
export const MOST_PICTURE_BYTES = 32 * 2 ** 20;
const MOST_PIXELS = 24_000_000;
/** What a photo of 12 million pixels has when both sides are halved, which a JPEG decoder does by itself. */
const WORKING_PIXELS = 3_000_000;
const MOST_SECONDS = 10;
/** 24 million pixels of four bytes. Interlaced pictures lie in memory whole, at the depth that the file has. */
const MOST_INFLATED_BYTES = 100_000_000;
const SAVE_AGAIN = 'save it anew as PNG or JPEG and try again';
const BYTES_PER_SAMPLE: Record<string, number> = {
  uchar: 1,
  char: 1,
  ushort: 2,
  short: 2,
  uint: 4,
  int: 4,
  float: 4,
  complex: 8,
  double: 8,
  dpcomplex: 16,
};

/** What libvips says where it knows no more than that it cannot go on. */
const SAYS_NOTHING =
  /^$|unknown error|read error|premature end|unexpected end|unable to (?:read|parse)|unsupported image format|bad seek/i;

let loading: Promise<typeof Sharp> | undefined;

/** sharp, kept from remembering pictures and from starting threads of its own for each. */
export function loadSharp(): Promise<typeof Sharp> {
  loading ??= import('sharp').then(
    ({ default: sharp }) => {
      sharp.cache(false);
      sharp.concurrency(1);
      return sharp;
    },
    (cause) => {
      throw new InklingError(
        "The library that reads pictures, sharp, cannot be loaded: run 'npm ci' on this machine and try again.",
        { cause },
      );
    },
  );
  return loading;
}

/**
 * Reads a picture file. `source` is what messages call it.
 *
 * @throws InklingError, a sentence that names the file and the way out, where it is no picture, is damaged, is larger
 *   than a limit or takes too long.
 */
export async function decodePicture(
  bytes: Uint8Array,
  source: string,
  limits: DecodeLimits = {},
): Promise<DecodedPicture> {
  const problem = (what: string, cause?: unknown) => new InklingError(`${source} ${what}.`, { cause });
  const mostBytes = limits.bytes ?? MOST_PICTURE_BYTES;
  if (bytes.length > mostBytes) {
    throw problem(
      `has ${bytes.length} bytes, more than ${mostBytes}: make the picture smaller and try again`,
    );
  }
  const recognised = recognise(bytes);
  if ('otherwise' in recognised) throw problem(recognised.otherwise);
  const { format } = recognised;
  const sharp = await loadSharp();
  try {
    const metadata = await sharp(bytes, { limitInputPixels: false }).metadata();
    const { width, height } = metadata.autoOrient;
    const tooLarge = whyTooLarge(metadata, limits.pixels ?? MOST_PIXELS);
    if (tooLarge) throw problem(tooLarge);
    if (format === 'jpeg' && hasTooManyScans(bytes)) {
      throw problem(
        `is a JPEG picture with more than ${MOST_SCANS} scans, which no camera makes: ${SAVE_AGAIN}`,
      );
    }
    const working = workingSize(width, height, limits.workingPixels ?? WORKING_PIXELS);
    const pipeline = sharp(bytes, {
      failOn: 'error',
      sequentialRead: true,
      limitInputPixels: width * height,
    })
      .timeout({ seconds: limits.seconds ?? MOST_SECONDS })
      .autoOrient();
    if (working.width !== width || working.height !== height) {
      pipeline.resize({ ...working, fit: 'fill', kernel: 'mitchell' });
    }
    // Of clear grey pixels sharp would drop the opacity.
    const isGrey = /^(?:b-w|grey16)$/.test(metadata.space) && !metadata.hasAlpha;
    const { data, info } = await pipeline
      .toColourspace(isGrey ? 'b-w' : 'srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.channels > 4 || data.length !== info.width * info.height * info.channels) {
      throw problem(`has ${info.channels} channels, which no common picture has: ${SAVE_AGAIN}`);
    }
    const { channels } = info;
    return {
      width: info.width,
      height: info.height,
      channels: channels as Picture['channels'],
      data,
      originalWidth: width,
      originalHeight: height,
    };
  } catch (error) {
    if (error instanceof InklingError) throw error;
    throw problem(whatFailed(error, format), error);
  }
}

/** A box in the pixels of a decoded picture, in those of the original, to whole pixels that hold it all. */
export function boxInOriginal([x, y, width, height]: Box, picture: DecodedPicture): Box {
  const across = picture.originalWidth / picture.width;
  const down = picture.originalHeight / picture.height;
  if (across === 1 && down === 1) return [x, y, width, height];
  const left = Math.max(0, Math.floor(x * across));
  const top = Math.max(0, Math.floor(y * down));
  const right = Math.min(picture.originalWidth, Math.ceil((x + width) * across));
  const bottom = Math.min(picture.originalHeight, Math.ceil((y + height) * down));
  return [left, top, right - left, bottom - top];
}

function whyTooLarge({ width, height, channels, depth }: Metadata, mostPixels: number): string | undefined {
  const pixels = width * height;
  const size = `has ${width}×${height} pixels`;
  if (!(pixels > 0)) return `${size}, which is nothing: ${SAVE_AGAIN}`;
  if (pixels > mostPixels) {
    return `${size}, more than ${mostPixels / 1e6} million: make the picture smaller and try again`;
  }
  const inflated = pixels * channels * (BYTES_PER_SAMPLE[depth] ?? 8);
  if (inflated <= MOST_INFLATED_BYTES) return undefined;
  return `${size} that take ${Math.ceil(inflated / 1e6)} MB in memory, more than ${MOST_INFLATED_BYTES / 1e6}: make the picture smaller and try again`;
}

/** The size to work at: the picture's own, or one of at most so many pixels, with the same aspect. */
function workingSize(width: number, height: number, mostPixels: number) {
  const scale = Math.min(1, Math.sqrt(mostPixels / (width * height)));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** What libvips says of a file, as the rest of a sentence. */
function whatFailed(error: unknown, format: PictureFormat): string {
  const reason = error instanceof Error ? error.message : `${error}`;
  if (/timeout/i.test(reason)) return `takes too long to decode: ${SAVE_AGAIN}`;
  if (/bit ?stream not supported|unsupported (?:codec|feature)|no decoding plugin/i.test(reason)) {
    return `is a picture of an uncommon kind: name a ${READABLE_FORMATS} file`;
  }
  // Warnings come first; the last line is what it ended with.
  const last = reason.trim().split('\n').at(-1)!;
  const known = last
    .replace(/^Input buffer (?:has corrupt header:? ?)?/, '')
    .replace(/^\w+: /, '')
    .replace(/ ?\(\d+\.\d+\)$/, '')
    .replace(/^(?:Invalid input: )?(?:Unspecified: )?/, '');
  const detail = SAYS_NOTHING.test(known) ? 'it is cut short or garbled' : known.replace(/[.\s]+$/, '');
  return `is a damaged ${FORMAT_NAMES[format]} picture (${detail}): ${SAVE_AGAIN}`;
}
