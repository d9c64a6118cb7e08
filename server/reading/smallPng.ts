/**
 * Small and simple PNG files to pixels, quickly: 8 bits a sample, no palette, no interlacing, no transparent colour, as
 * canvases and data sets have them. For a digit of 28×28 pixels a general library takes ten times as long, most of it
 * in passing the work on.
 *
 * Whatever is not simple, or not sound, is left to the library, which also knows what to say about it.
 */
import { crc32, inflateSync } from 'node:zlib';
import type { Picture } from '../../src/index.ts';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const CHANNELS: Record<number, Picture['channels']> = { 0: 1, 2: 3, 4: 2, 6: 4 };
const HEADER_BYTES = 13;
/** A chunk's length, type and check. */
const CHUNK_OVERHEAD = 12;
/** Chunks that change no sample, besides those whose meaning is known here. */
const HARMLESS = new Set(['tEXt', 'zTXt', 'iTXt', 'tIME', 'pHYs', 'sRGB', 'bKGD']);

/** Undefined where the file is no such picture or has more pixels than `mostPixels`. */
export function decodeSmallPng(bytes: Uint8Array, mostPixels: number): Picture | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!file.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return undefined;
  const chunks = chunksOf(file);
  const header = chunks?.[0];
  if (header?.type !== 'IHDR' || header.data.length !== HEADER_BYTES) return undefined;
  const width = header.data.readUInt32BE(0);
  const height = header.data.readUInt32BE(4);
  const [depth, colourType, compression, filter, interlace] = header.data.subarray(8);
  const channels = CHANNELS[colourType];
  const isSimple = depth === 8 && channels !== undefined && compression + filter + interlace === 0;
  if (!isSimple || width === 0 || height === 0 || width * height > mostPixels) return undefined;
  const parts = chunks!.filter(({ type }) => type === 'IDAT').map(({ data }) => data);
  const size = (width * channels + 1) * height;
  try {
    const rows = inflateSync(parts.length === 1 ? parts[0] : Buffer.concat(parts), { maxOutputLength: size });
    if (rows.length !== size || !unfilter(rows, width * channels, height, channels)) return undefined;
    return { width, height, channels, data: withoutFilterTypes(rows, width * channels, height) };
  } catch {
    return undefined;
  }
}

/** Undefined where a chunk is damaged or of a kind that could change the picture. */
function chunksOf(file: Buffer): { type: string; data: Buffer }[] | undefined {
  const chunks = [];
  for (let at = SIGNATURE.length; at + CHUNK_OVERHEAD <= file.length; ) {
    const length = file.readUInt32BE(at);
    const end = at + CHUNK_OVERHEAD + length;
    if (end > file.length || crc32(file.subarray(at + 4, end - 4)) !== file.readUInt32BE(end - 4))
      return undefined;
    const type = file.toString('latin1', at + 4, at + 8);
    const data = file.subarray(at + 8, end - 4);
    if (type === 'IEND') return chunks;
    if (type === 'IHDR' || type === 'IDAT') chunks.push({ type, data });
    else if (!HARMLESS.has(type)) return undefined;
    at = end;
  }
  return undefined;
}

/** Undoes the filters of section 9 of the PNG specification, in place; false where there is an unknown one. */
function unfilter(rows: Buffer, stride: number, height: number, pixelBytes: number): boolean {
  for (let y = 0; y < height; y++) {
    const start = y * (stride + 1) + 1;
    const above = y === 0 ? -1 : start - stride - 1;
    const kind = rows[start - 1];
    if (kind > 4) return false;
    if (kind === 0) continue;
    for (let i = 0; i < stride; i++) {
      const left = i >= pixelBytes ? rows[start + i - pixelBytes] : 0;
      const up = above >= 0 ? rows[above + i] : 0;
      const upLeft = above >= 0 && i >= pixelBytes ? rows[above + i - pixelBytes] : 0;
      let prediction = 0;
      if (kind === 1) prediction = left;
      else if (kind === 2) prediction = up;
      else if (kind === 3) prediction = (left + up) >> 1;
      else prediction = paeth(left, up, upLeft);
      rows[start + i] += prediction;
    }
  }
  return true;
}

function paeth(left: number, up: number, upLeft: number): number {
  const guess = left + up - upLeft;
  const toLeft = Math.abs(guess - left);
  const toUp = Math.abs(guess - up);
  const toUpLeft = Math.abs(guess - upLeft);
  if (toLeft <= toUp && toLeft <= toUpLeft) return left;
  return toUp <= toUpLeft ? up : upLeft;
}

function withoutFilterTypes(rows: Buffer, stride: number, height: number): Uint8Array {
  const samples = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const start = y * (stride + 1) + 1;
    samples.set(rows.subarray(start, start + stride), y * stride);
  }
  return samples;
}
