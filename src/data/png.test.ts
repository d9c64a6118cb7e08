/** Every kind of PNG is read to the same brightness, and nothing that a stranger may send does harm. */
import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { encode, type ImageData } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { InklingError } from '../errors.ts';
import { decodePng } from './png.ts';

const SOURCE = 'digit.png';
const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

interface Recipe {
  width: number;
  height: number;
  depth?: number;
  colourType?: number;
  interlace?: number;
  /** Filter bytes and packed samples, not compressed yet. */
  rows?: Uint8Array;
  before?: Buffer[];
}

function png({ width, height, depth = 8, colourType = 0, interlace = 0, rows, before = [] }: Recipe): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colourType, 0, 0, interlace], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    ...before,
    chunk('IDAT', deflateSync(rows ?? new Uint8Array(0))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Brightness in 255ths, for comparisons that read well. */
function levels(bytes: Uint8Array): number[] {
  return Array.from(decodePng(bytes, SOURCE).pixels, (light) => Math.round(light * 255));
}

function refusal(bytes: Uint8Array): string {
  try {
    decodePng(bytes, SOURCE);
  } catch (error) {
    expect(error).toBeInstanceOf(InklingError);
    return (error as Error).message;
  }
  return 'no refusal';
}

const grey = Uint8Array.from({ length: 35 }, (_, i) => (i * 41) % 256);

const greyOpaque = Uint8Array.from({ length: 70 }, (_, i) => (i % 2 === 0 ? grey[i / 2] : 255));

describe('decodePng', () => {
  it.each<[string, Partial<ImageData>, 'null' | 'Adam7']>([
    ['grey', { channels: 1, data: grey }, 'null'],
    ['interlaced grey', { channels: 1, data: grey }, 'Adam7'],
    ['grey with alpha', { channels: 2, data: greyOpaque }, 'null'],
    [
      'colour',
      { channels: 3, data: Uint8Array.from({ length: 105 }, (_, i) => grey[Math.floor(i / 3)]) },
      'null',
    ],
    ['16 bits', { channels: 1, depth: 16, data: Uint16Array.from(grey, (value) => value * 257) }, 'null'],
    [
      'interlaced 16 bits',
      { channels: 1, depth: 16, data: Uint16Array.from(grey, (value) => value * 257) },
      'Adam7',
    ],
  ])('reads %s', (_, image, interlace) => {
    const bytes = encode({ width: 7, height: 5, ...image } as ImageData, { interlace });
    expect(decodePng(bytes, SOURCE)).toMatchObject({ width: 7, height: 5 });
    expect(levels(bytes)).toEqual([...grey]);
  });

  it('weighs colours, and lays what is transparent on white', () => {
    const colours = [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0, 0, 51];
    const bytes = encode({ width: 5, height: 1, channels: 4, data: Uint8Array.from(colours) });
    expect(levels(bytes)).toEqual([76, 150, 29, 255, 204]);
  });

  it.each([
    [1, [0b10100000, 0b01000000], [0, 1, 0, 1]],
    [2, [0b00011011, 0b11100100], [0, 1, 2, 3]],
    [4, [0x0f, 0x5a], [0, 15]],
  ])('reads %i bits per sample', (depth, [first, second], firstRow) => {
    const width = 8 / depth > 4 ? 3 : 8 / depth;
    const picture = { width, height: 2, depth, rows: Uint8Array.of(0, first, 0, second) };
    const most = 2 ** depth - 1;
    const read = levels(png(picture));
    expect(read).toHaveLength(2 * width);
    if (depth > 1) expect(read.slice(0, width)).toEqual(firstRow.map((value) => (value * 255) / most));
    else expect(read).toEqual([255, 0, 255, 0, 255, 0]);
  });

  it('reads a palette, also with transparency, and refuses colours that it lacks', () => {
    const before = [
      chunk('PLTE', Uint8Array.of(0, 0, 0, 255, 255, 255, 255, 0, 0)),
      chunk('tRNS', Uint8Array.of(255, 255, 0)),
    ];
    const picture = { width: 3, height: 1, colourType: 3, before };
    expect(levels(png({ ...picture, rows: Uint8Array.of(0, 0, 1, 2) }))).toEqual([0, 255, 255]);
    const packed = { ...picture, depth: 2, rows: Uint8Array.of(0, 0b00011000) };
    expect(levels(png({ ...packed, before: before.slice(0, 1) }))).toEqual([0, 255, 76]);
    expect(refusal(png({ ...picture, rows: Uint8Array.of(0, 0, 1, 3) }))).toMatch(/its palette lacks/);
    expect(refusal(png({ ...picture, before: [], rows: Uint8Array.of(0, 0, 1, 2) }))).toMatch(
      /palette is missing/,
    );
  });

  it('reads one transparent colour, even in a tiny picture', () => {
    const before = [chunk('tRNS', Uint8Array.of(0, 1, 0, 2, 0, 3))];
    const rows = Uint8Array.of(0, 1, 2, 3, 1, 2, 4);
    expect(levels(png({ width: 2, height: 1, colourType: 2, before, rows }))).toEqual([255, 2]);
    const greyKey = [chunk('tRNS', Uint8Array.of(0, 0))];
    expect(levels(png({ width: 2, height: 1, before: greyKey, rows: Uint8Array.of(0, 0, 9) }))).toEqual([
      255, 9,
    ]);
  });

  it('undoes every filter', () => {
    const rows = Uint8Array.of(1, 10, 10, 10, 2, 1, 1, 1, 3, 5, 5, 5, 4, 1, 0, 0);
    expect(levels(png({ width: 3, height: 4, rows }))).toEqual([
      10, 20, 30, 11, 21, 31, 10, 20, 30, 11, 20, 30,
    ]);
    rows[4] = 9;
    expect(refusal(png({ width: 3, height: 4, rows }))).toMatch(
      /damaged PNG picture \(Unsupported filter: 9\)/,
    );
  });

  it('leaves out what is not needed, and pixels in several parts are one', () => {
    const picture = { width: 2, height: 1, rows: Uint8Array.of(0, 7, 8) };
    const bomb = deflateSync(Buffer.alloc(50e6));
    const profile = chunk('iCCP', Buffer.concat([Buffer.from('x\0\0', 'latin1'), bomb]));
    expect(levels(png({ ...picture, before: [profile, chunk('tEXt', Uint8Array.of(0xff))] }))).toEqual([
      7, 8,
    ]);
    const whole = deflateSync(picture.rows);
    const header = png(picture).subarray(8, 33);
    const parts = [whole.subarray(0, 3), Buffer.alloc(0), whole.subarray(3)].map((part) =>
      chunk('IDAT', part),
    );
    const split = Buffer.concat([
      SIGNATURE,
      header,
      ...parts,
      chunk('IEND', Buffer.alloc(0)),
      Buffer.from('tail'),
    ]);
    expect(levels(split)).toEqual([7, 8]);
  });

  it('puts the seven passes of an interlaced picture where they belong', () => {
    const rows = Uint8Array.of(0, 1, 0, 3, 0, 7, 9, 0, 2, 0, 8, 0, 4, 5, 6);
    expect(levels(png({ width: 3, height: 3, interlace: 1, rows }))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('reads a narrow picture', () => {
    const rows = new Uint8Array(2 * 60_000);
    expect(decodePng(png({ width: 1, height: 60_000, rows }), SOURCE).pixels).toHaveLength(60_000);
  });

  it('reads bytes that lie in the middle of a larger buffer', () => {
    const bytes = png({ width: 2, height: 1, rows: Uint8Array.of(0, 7, 8) });
    const shifted = Buffer.concat([Buffer.from('abc'), bytes]).subarray(3);
    expect(levels(shifted)).toEqual([7, 8]);
  });
});

describe('what decodePng refuses', () => {
  it.each([
    ['an empty file', '', /is not a PNG picture/],
    ['text', 'Dear reader,\n', /is not a PNG picture.*save it as PNG/],
    ['JPEG', '\xff\xd8\xff\xe0\0\x10JFIF', /is a JPEG picture/],
    ['GIF', 'GIF89a', /is a GIF picture/],
    ['WebP', 'RIFF\x10\0\0\0WEBPVP8 ', /is a WebP picture/],
    ['BMP', 'BM\x46\0\0\0', /is a BMP picture/],
    ['a bare signature', '\x89PNG\r\n\x1a\n', /cut short/],
  ])('%s', (_, text, reason) => {
    const message = refusal(Buffer.from(text, 'latin1'));
    expect(message).toMatch(reason);
    expect(message).toMatch(/^digit\.png /);
  });

  it('a bomb, quickly and in little memory', () => {
    const bomb = png({ width: 28, height: 28, rows: Buffer.alloc(150e6) });
    expect(bomb.length).toBeLessThan(200_000);
    const before = process.resourceUsage().maxRSS;
    const start = performance.now();
    expect(refusal(bomb)).toMatch(/more pixels than its header says/);
    expect(refusal(png({ width: 28, height: 28, interlace: 1, rows: Buffer.alloc(5e6) }))).toMatch(
      /more pixels/,
    );
    expect(performance.now() - start).toBeLessThan(1000);
    // In KiB, and only ever growing.
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(100 * 1024);
  });

  it.each<[string, Recipe, RegExp]>([
    ['a picture of no width', { width: 0, height: 28 }, /0×28 pixels/],
    ['a picture of no height', { width: 28, height: 0 }, /28×0 pixels/],
    ['a huge picture', { width: 2 ** 32 - 1, height: 2 ** 32 - 1 }, /more than 24 million/],
    ['many deep pixels', { width: 4900, height: 4800, depth: 16, colourType: 6 }, /MB in memory/],
    ['an odd depth', { width: 2, height: 2, depth: 3 }, /3 bits do not go with colour type 0/],
    ['an odd colour type', { width: 2, height: 2, colourType: 5 }, /colour type 5/],
    ['odd interlacing', { width: 2, height: 2, interlace: 2 }, /unknown compression, filter or interlacing/],
    ['no pixels', { width: 2, height: 2 }, /fewer pixels/],
    ['too few pixels', { width: 2, height: 2, rows: new Uint8Array(5) }, /fewer pixels/],
    ['too many pixels', { width: 2, height: 2, rows: new Uint8Array(7) }, /more pixels/],
    [
      'interlaced bits',
      { width: 1, height: 1, depth: 1, interlace: 1, rows: new Uint8Array(2) },
      /without interlacing/,
    ],
    ['two headers', { width: 1, height: 1, before: [chunk('IHDR', Buffer.alloc(13))] }, /two IHDR chunks/],
    ['an unknown kind', { width: 1, height: 1, before: [chunk('CgBI', Buffer.alloc(4))] }, /its CgBI chunk/],
    ['a nameless chunk', { width: 1, height: 1, before: [chunk('\0\0\0\0', Buffer.alloc(4))] }, /no name/],
    ['odd transparency', { width: 1, height: 1, before: [chunk('tRNS', Buffer.alloc(6))] }, /transparency/],
  ])('%s', (_, recipe, reason) => {
    expect(refusal(png(recipe))).toMatch(reason);
  });

  it('damage anywhere in what counts', () => {
    const good = png({ width: 2, height: 1, rows: Uint8Array.of(0, 7, 8) });
    for (let length = 0; length < good.length; length++) {
      expect(refusal(good.subarray(0, length))).toMatch(/cut short|not a PNG/);
    }
    for (let at = 8; at < good.length; at++) {
      const bad = Buffer.from(good);
      bad[at] ^= 0x40;
      expect(refusal(bad)).not.toBe('no refusal');
    }
    const reordered = Buffer.concat([SIGNATURE, chunk('IDAT', Buffer.alloc(1)), good.subarray(8)]);
    expect(refusal(reordered)).toMatch(/begins with IDAT/);
    const garbage = Buffer.concat([
      good.subarray(0, 33),
      chunk('IDAT', Buffer.from('junk')),
      chunk('IEND', Buffer.alloc(0)),
    ]);
    expect(refusal(garbage)).toMatch(/cannot be decompressed/);
    expect(refusal(Buffer.concat([SIGNATURE, chunk('IEND', Buffer.alloc(0))]))).toMatch(/no header/);
  });

  it('throws nothing but its own errors at 1,000 changed pictures', () => {
    const rows = Buffer.alloc(28 * 29, 3);
    for (let y = 0; y < 28; y++) rows[29 * y] = y % 5;
    const palette = [chunk('PLTE', Buffer.alloc(24)), chunk('tRNS', Buffer.alloc(4))];
    const originals = [
      png({ width: 28, height: 28, rows }),
      png({ width: 28, height: 28, colourType: 3, rows, before: palette }),
      png({ width: 7, height: 28, colourType: 6, rows }),
    ];
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.constantFrom(...originals), edits, fc.boolean(), (original, changes, mendChecksums) => {
        const bytes = Buffer.from(original);
        for (const [at, value] of changes) bytes[8 + (at % (bytes.length - 8))] = value;
        if (mendChecksums) mend(bytes);
        try {
          const { width, height, pixels } = decodePng(bytes, SOURCE);
          expect(pixels).toHaveLength(width * height);
          expect(pixels.every((light) => light >= 0 && light <= 1)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(InklingError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

/** Writes the right checksum to every chunk that can be found, so that changes reach deeper. */
function mend(bytes: Buffer): void {
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at);
    if (end + 4 > bytes.length) return;
    bytes.writeUInt32BE(crc32(bytes.subarray(at + 4, end)), end);
    at = end + 4;
  }
}
