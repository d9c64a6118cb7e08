/**
 * Making a PNG from a stranger sound before a decoder sees it.
 *
 * A PNG is a signature and a list of chunks: a header (IHDR), perhaps a palette (PLTE) and transparency (tRNS), the
 * compressed pixels (IDAT), an end (IEND), and much that nobody needs to see the picture. A file of 142 KB can
 * inflate to 150 MB, in the pixels or in a colour profile. So the chunks are walked here, all but the five are left
 * out, the pixels are inflated with a limit that follows from the header, and what is handed on is a
 * new file whose pixels are stored, not compressed: a decoder meets nothing that could surprise it.
 * Animated PNGs shrink to their still picture on the way, since their frames lie in chunks of their own.
 *
 * Source: W3C, Portable Network Graphics (PNG) Specification, third edition.
 */
import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { InklingError } from '../errors.ts';

/** Colour types of IHDR. */
export const ColourType = { grey: 0, colour: 2, palette: 3, greyAlpha: 4, colourAlpha: 6 } as const;

/** What each colour type may have: bits per sample, and samples per pixel. */
const FORMATS = new Map<number, { depths: number[]; channels: number }>([
  [ColourType.grey, { depths: [1, 2, 4, 8, 16], channels: 1 }],
  [ColourType.colour, { depths: [8, 16], channels: 3 }],
  [ColourType.palette, { depths: [1, 2, 4, 8], channels: 1 }],
  [ColourType.greyAlpha, { depths: [8, 16], channels: 2 }],
  [ColourType.colourAlpha, { depths: [8, 16], channels: 4 }],
]);

/** Adam7: first column, first row, column step and row step of each pass. */
const INTERLACE_PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

const SIGNATURE = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);
const MOST_PIXELS = 24_000_000;
/** Room for 24 million pixels of four bytes; with two bytes per sample, fewer fit. */
const MOST_INFLATED_BYTES = 100_000_000;
/** Length, type and checksum of a chunk. */
const CHUNK_OVERHEAD = 12;

/** First bytes, from some position on, of the pictures that people are most likely to confuse with PNG. */
const OTHER_PICTURES: readonly [string, number, string][] = [
  ['JPEG', 0, '\xff\xd8\xff'],
  ['GIF', 0, 'GIF8'],
  ['WebP', 8, 'WEBP'],
  ['BMP', 0, 'BM'],
];

export interface PngHeader {
  width: number;
  height: number;
  /** Bits per sample. */
  depth: number;
  colourType: number;
  /** Samples per pixel. */
  channels: number;
  interlaced: boolean;
}

export interface SoundPng {
  header: PngHeader;
  /** Red, green and blue of each palette entry; there when the colour type is palette. */
  palette: Uint8Array | undefined;
  /** The contents of tRNS: an alpha per palette entry, or the one colour (u16 per channel) that is transparent. */
  transparency: Uint8Array | undefined;
  /** A PNG of IHDR, IDAT and IEND only. */
  bytes: Uint8Array;
}

/** Makes an error from a predicate such as "is damaged". */
type Problem = (what: string) => InklingError;

/**
 * Checks a PNG and rebuilds it from what matters. `source` is what messages call the file.
 * Throws an `InklingError` where the file is no PNG, is damaged or is too large; never uses more memory than
 * a few times the size that the header allows.
 */
export function soundPng(bytes: Uint8Array, source: string): SoundPng {
  const problem: Problem = (what) => new InklingError(`${source} ${what}.`);
  checkSignature(bytes, problem);
  const chunks = new Map<string, Uint8Array[]>();
  for (const { type, data } of neededChunks(bytes, problem)) {
    if (chunks.size === 0 && type !== 'IHDR')
      throw problem(`is a damaged PNG picture: it begins with ${type}`);
    const earlier = chunks.get(type);
    if (earlier === undefined) chunks.set(type, [data]);
    else if (type === 'IDAT') earlier.push(data);
    else throw problem(`is a damaged PNG picture: it has two ${type} chunks`);
  }

  const headerData = chunks.get('IHDR')?.[0];
  if (headerData === undefined) throw problem('is a damaged PNG picture: it has no header');
  const header = readHeader(headerData, problem);
  const { palette, transparency } = readColours(header, chunks, problem);
  const pixels = inflatePixels(header, chunks.get('IDAT') ?? [], problem);
  const rebuilt = Buffer.concat([
    SIGNATURE,
    chunkOf('IHDR', headerData),
    chunkOf('IDAT', deflateSync(pixels, { level: 0 })),
    chunkOf('IEND', new Uint8Array(0)),
  ]);
  return { header, palette, transparency, bytes: rebuilt };
}

function checkSignature(bytes: Uint8Array, problem: Problem): void {
  if (SIGNATURE.every((byte, i) => bytes[i] === byte)) return;
  const beginning = latin1(bytes.subarray(0, 16));
  const other = OTHER_PICTURES.find(([, at, start]) => beginning.startsWith(start, at));
  if (other !== undefined) throw problem(`is a ${other[0]} picture, not PNG: save it as PNG and try again`);
  throw problem('is not a PNG picture: only PNG files can be read here, so save it as PNG and try again');
}

/** The chunks without which the picture cannot be shown, in their order, checksums checked. IEND ends them. */
function* neededChunks(
  bytes: Uint8Array,
  problem: Problem,
): Generator<{ type: string; data: Uint8Array }, void, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = SIGNATURE.length;
  for (;;) {
    if (at + CHUNK_OVERHEAD > bytes.length) throw problem('is a PNG picture that was cut short');
    const length = view.getUint32(at);
    const type = latin1(bytes.subarray(at + 4, at + 8));
    if (!/^[A-Za-z]{4}$/.test(type)) throw problem('is a damaged PNG picture: a chunk has no name');
    if (length > bytes.length - at - CHUNK_OVERHEAD) throw problem('is a PNG picture that was cut short');
    const end = at + 8 + length;
    const isCritical = type[0] < 'a';
    if (isCritical || type === 'tRNS') {
      if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) {
        throw problem(`is a damaged PNG picture: the checksum of its ${type} chunk is wrong`);
      }
      if (type === 'IEND') return;
      if (isCritical && !['IHDR', 'PLTE', 'IDAT'].includes(type)) {
        throw problem(`is a PNG picture of an unknown kind: nothing is known of its ${type} chunk`);
      }
      yield { type, data: bytes.subarray(at + 8, end) };
    }
    at = end + 4;
  }
}

function readHeader(data: Uint8Array, problem: Problem): PngHeader {
  if (data.length !== 13) throw problem('is a damaged PNG picture: its header has the wrong size');
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const [depth, colourType, compression, filter, interlace] = data.subarray(8);
  if (width === 0 || height === 0)
    throw problem(`is a PNG picture of ${width}×${height} pixels, which is nothing`);
  if (width * height > MOST_PIXELS) {
    throw problem(`has ${width}×${height} pixels, more than 24 million: make it smaller and try again`);
  }
  const format = FORMATS.get(colourType);
  if (!format?.depths.includes(depth)) {
    throw problem(`is a damaged PNG picture: ${depth} bits do not go with colour type ${colourType}`);
  }
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    throw problem('is a PNG picture with an unknown compression, filter or interlacing');
  }
  return { width, height, depth, colourType, channels: format.channels, interlaced: interlace === 1 };
}

function readColours(
  { colourType }: PngHeader,
  chunks: Map<string, Uint8Array[]>,
  problem: Problem,
): Pick<SoundPng, 'palette' | 'transparency'> {
  const isPalette = colourType === ColourType.palette;
  // Other colour types may suggest a palette to poor screens. We have no use for it.
  const palette = isPalette ? chunks.get('PLTE')?.[0] : undefined;
  if (isPalette && (!palette?.length || palette.length % 3 !== 0 || palette.length > 3 * 256)) {
    throw problem('is a damaged PNG picture: its palette is missing or has the wrong size');
  }
  const transparency = chunks.get('tRNS')?.[0];
  const fits =
    transparency === undefined ||
    (isPalette && transparency.length <= palette!.length / 3) ||
    (colourType === ColourType.grey && transparency.length === 2) ||
    (colourType === ColourType.colour && transparency.length === 6);
  if (!fits) throw problem('is a damaged PNG picture: its transparency does not go with its colour type');
  return { palette, transparency };
}

/** Filter bytes and packed samples of all rows; exactly as many as the header says. */
function inflatePixels(header: PngHeader, parts: Uint8Array[], problem: Problem): Uint8Array {
  const expected = inflatedBytes(header);
  if (expected > MOST_INFLATED_BYTES) {
    throw problem(
      `would take ${Math.ceil(expected / 1e6)} MB in memory, more than 100: make it smaller and try again`,
    );
  }
  let pixels: Uint8Array;
  try {
    pixels = inflateSync(Buffer.concat(parts), { maxOutputLength: expected });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw problem('is a damaged PNG picture: it holds more pixels than its header says');
    }
    throw problem('is a damaged PNG picture: its pixels cannot be decompressed');
  }
  if (pixels.length < expected)
    throw problem('is a damaged PNG picture: it holds fewer pixels than its header says');
  return pixels;
}

/** Every row of every pass starts with a byte that names its filter; samples are packed to whole bytes per row. */
function inflatedBytes({ width, height, depth, channels, interlaced }: PngHeader): number {
  const passes = interlaced ? INTERLACE_PASSES : ([[0, 0, 1, 1]] as const);
  let bytes = 0;
  for (const [left, top, columnStep, rowStep] of passes) {
    const columns = Math.ceil((width - left) / columnStep);
    const rows = Math.ceil((height - top) / rowStep);
    if (columns > 0 && rows > 0) bytes += rows * (1 + Math.ceil((columns * channels * depth) / 8));
  }
  return bytes;
}

function chunkOf(type: string, data: Uint8Array): Uint8Array {
  const chunk = Buffer.alloc(data.length + CHUNK_OVERHEAD);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, data.length + 8)), data.length + 8);
  return chunk;
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
