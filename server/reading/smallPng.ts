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
    const data = rows.length === size ? unfiltered(rows, width * channels, height, channels) : undefined;
    return data && { width, height, channels, data };
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

/**
 * Samples from rows that begin with the type of their filter, by section 9 of the PNG specification; undefined where
 * there is an unknown type. Each filter has a loop of its own, since a drawing has some hundred thousand samples.
 */
function unfiltered(
  rows: Uint8Array,
  stride: number,
  height: number,
  pixelBytes: number,
): Uint8Array | undefined {
  const samples = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const from = y * (stride + 1) + 1;
    const to = y * stride;
    const shift = from - to;
    const kind = rows[from - 1];
    const end = to + stride;
    const second = to + pixelBytes;
    if (kind === 0 || (kind === 2 && y === 0)) samples.set(rows.subarray(from, from + stride), to);
    else if (kind === 1) {
      for (let i = to; i < second; i++) samples[i] = rows[i + shift];
      for (let i = second; i < end; i++) samples[i] = rows[i + shift] + samples[i - pixelBytes];
    } else if (kind === 2) {
      for (let i = to; i < end; i++) samples[i] = rows[i + shift] + samples[i - stride];
    } else if (kind === 3 || kind === 4) {
      for (let i = to; i < end; i++) {
        const left = i >= second ? samples[i - pixelBytes] : 0;
        const up = y > 0 ? samples[i - stride] : 0;
        const corner = i >= second && y > 0 ? samples[i - stride - pixelBytes] : 0;
        samples[i] = rows[i + shift] + (kind === 3 ? (left + up) >> 1 : paeth(left, up, corner));
      }
    } else return undefined;
  }
  return samples;
}

function paeth(left: number, up: number, upLeft: number): number {
  const guess = left + up - upLeft;
  const toLeft = Math.abs(guess - left);
  const toUp = Math.abs(guess - up);
  const toUpLeft = Math.abs(guess - upLeft);
  if (toLeft <= toUp && toLeft <= toUpLeft) return left;
  return toUp <= toUpLeft ? up : upLeft;
}
