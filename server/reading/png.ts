/**
 * Small pictures to PNG files, quickly: every row by the same filter, and the fastest of zlib's levels.
 *
 * A drawing of 280×280 pixels is the most common picture there is here, and a general encoder takes longer for it than
 * the network does.
 */
import { crc32, deflateSync } from 'node:zlib';
import type { Picture } from '../../src/index.ts';
import { simplest } from './simplest.ts';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** PNG's colour types by number of channels. */
const COLOUR_TYPES = [0, 0, 4, 2, 6];
const FILTER_UP = 2;

/** A PNG file of 8 bits a sample. Pictures whose colours are all grey are kept as grey, which takes a third. */
export function encodePng(picture: Picture): Uint8Array<ArrayBuffer> {
  const { width, height, channels, data } = simplest(picture);
  const stride = width * channels;
  const rows = new Uint8Array((stride + 1) * height);
  rows.set(data.subarray(0, stride), 1);
  for (let y = 1; y < height; y++) {
    const start = y * (stride + 1);
    rows[start] = FILTER_UP;
    const from = y * stride;
    const shift = start + 1 - from;
    for (let i = from; i < from + stride; i++) rows[i + shift] = data[i] - data[i - stride];
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = COLOUR_TYPES[channels];
  const parts = [
    SIGNATURE,
    ...chunk('IHDR', header),
    ...chunk('IDAT', deflateSync(rows, { level: 1 })),
    ...chunk('IEND', Buffer.alloc(0)),
  ];
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    file.set(part, position);
    position += part.length;
  }
  return file;
}

function chunk(type: string, data: Buffer): Buffer[] {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length, 0);
  head.write(type, 4, 'latin1');
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(data, crc32(head.subarray(4))), 0);
  return [head, data, check];
}
