/** Every kind of picture file is read upright and in 8 bits, and nothing that a stranger may send does harm. */
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it, test } from 'vitest';
import { InklingError } from '../errors.ts';
import { boxInOriginal, type DecodeLimits, decodePicture } from './decode.ts';

const SOURCE = 'digit.file';
const WIDTH = 60;
const HEIGHT = 40;

/** White paper with a black bar near the left edge and a red spot at the top right. */
const drawn = new Uint8Array(WIDTH * HEIGHT * 3).fill(255);
for (let y = 8; y < 32; y++) drawn.fill(0, (y * WIDTH + 5) * 3, (y * WIDTH + 13) * 3);
for (let y = 0; y < 10; y++) {
  for (let x = 48; x < 60; x++) drawn.fill(0, (y * WIDTH + x) * 3 + 1, (y * WIDTH + x) * 3 + 3);
}
const original = () => sharp(drawn, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
const grey = () => sharp(drawn, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } }).toColourspace('b-w');

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

interface PngRecipe {
  width: number;
  height: number;
  depth?: number;
  colourType?: number;
  interlace?: number;
  /** Filter bytes and packed samples, not compressed yet. */
  rows?: Uint8Array;
  before?: Buffer[];
}

function png({
  width,
  height,
  depth = 8,
  colourType = 0,
  interlace = 0,
  rows,
  before = [],
}: PngRecipe): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colourType, 0, 0, interlace], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...before,
    chunk('IDAT', deflateSync(rows ?? new Uint8Array(0))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

async function refusal(bytes: Uint8Array, limits?: DecodeLimits): Promise<string> {
  try {
    await decodePicture(bytes, SOURCE, limits);
  } catch (error) {
    expect(error).toBeInstanceOf(InklingError);
    const { message } = error as Error;
    expect(message).toMatch(/^digit\.file [^\n]*\.$/);
    return message;
  }
  return 'no refusal';
}

/** Samples of the pixel at a place. */
async function pixelAt(bytes: Uint8Array, x: number, y: number): Promise<number[]> {
  const { width, channels, data } = await decodePicture(bytes, SOURCE);
  return [...data.subarray((y * width + x) * channels, (y * width + x + 1) * channels)];
}

describe('decodePicture', () => {
  test.each<[string, () => Promise<Buffer>, number]>([
    ['PNG', () => original().png().toBuffer(), 3],
    ['interlaced PNG', () => original().png({ progressive: true }).toBuffer(), 3],
    ['palette PNG', () => original().png({ palette: true }).toBuffer(), 3],
    ['16-bit PNG', () => original().toColourspace('rgb16').png().toBuffer(), 3],
    ['grey 16-bit PNG', () => original().toColourspace('grey16').png().toBuffer(), 1],
    ['grey PNG', () => grey().png().toBuffer(), 1],
    ['clear PNG', () => original().ensureAlpha(0.5).png().toBuffer(), 4],
    ['grey clear PNG', () => grey().ensureAlpha(0.5).png().toBuffer(), 4],
    ['JPEG', () => original().jpeg().toBuffer(), 3],
    ['progressive JPEG', () => original().jpeg({ progressive: true }).toBuffer(), 3],
    ['grey JPEG', () => grey().jpeg().toBuffer(), 1],
    ['CMYK JPEG', () => original().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer(), 3],
    ['WebP', () => original().webp().toBuffer(), 3],
    ['clear lossless WebP', () => original().ensureAlpha(0.5).webp({ lossless: true }).toBuffer(), 4],
    ['GIF', () => original().gif().toBuffer(), 4],
    ['AVIF', () => original().avif({ effort: 0 }).toBuffer(), 3],
    ['TIFF', () => original().tiff({ compression: 'lzw' }).toBuffer(), 3],
    ['grey TIFF', () => grey().tiff().toBuffer(), 1],
  ])('reads %s', async (name, make, channels) => {
    const picture = await decodePicture(await make(), SOURCE);
    expect(picture).toMatchObject({
      width: WIDTH,
      height: HEIGHT,
      channels,
      originalWidth: WIDTH,
      originalHeight: HEIGHT,
    });
    expect(picture.data).toHaveLength(WIDTH * HEIGHT * channels);
    if (/clear/.test(name)) expect(picture.data[3]).toBeCloseTo(128, -1);
    const at = (x: number, y: number) => picture.data[(y * WIDTH + x) * channels];
    // CMYK black is not quite black.
    expect(at(9, 20)).toBeLessThan(60);
    expect(at(30, 20)).toBeGreaterThan(240);
    if (!/grey/.test(name)) {
      const [red, green] = picture.data.subarray((4 * WIDTH + 55) * channels);
      expect(red - green).toBeGreaterThan(90);
    }
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i stands upright', async (orientation) => {
    const bytes = await original().withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
    const picture = await decodePicture(bytes, SOURCE);
    const isTurned = orientation >= 5;
    expect(picture.width).toBe(isTurned ? HEIGHT : WIDTH);
    expect(picture).toMatchObject({ originalWidth: picture.width, originalHeight: picture.height });
    // Where the middle of the bar, at (9, 20) of 60×40, comes to lie.
    const [x, y] = [
      [9, 20],
      [50, 20],
      [50, 19],
      [9, 19],
      [20, 9],
      [19, 9],
      [19, 50],
      [20, 50],
    ][orientation - 1];
    expect(picture.data[(y * picture.width + x) * 3]).toBeLessThan(40);
    const [otherX, otherY] = [picture.width - 1 - x, picture.height - 1 - y];
    expect(picture.data[(otherY * picture.width + otherX) * 3]).toBeGreaterThan(200);
  });

  it('takes the first frame of an animation', async () => {
    const first = await original().png().toBuffer();
    const second = await original().negate().png().toBuffer();
    for (const format of ['gif', 'webp'] as const) {
      const bytes = await sharp([first, second], { join: { animated: true } })
        .toFormat(format)
        .toBuffer();
      expect((await sharp(bytes).metadata()).pages).toBe(2);
      expect(await decodePicture(bytes, SOURCE)).toMatchObject({ width: WIDTH, height: HEIGHT });
      expect((await pixelAt(bytes, 9, 20))[0]).toBeLessThan(60);
    }
  });

  it('keeps white ink on a transparent ground apart from it', async () => {
    const ink = sharp(drawn, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } }).negate();
    const shape = await ink.toColourspace('b-w').raw().toBuffer();
    const white = sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#fff' } });
    const bytes = await white
      .joinChannel(shape, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } })
      .png()
      .toBuffer();
    expect(await pixelAt(bytes, 9, 20)).toEqual([255, 255, 255, 255]);
    expect((await pixelAt(bytes, 30, 20)).at(-1)).toBe(0);
  });

  it('makes large photos smaller, grey and turned ones too, and knows their boxes', async () => {
    const large = original().resize(1200, 800).withMetadata({ orientation: 6 });
    for (const bytes of [
      await large.clone().jpeg().toBuffer(),
      await large.clone().png().toBuffer(),
      await large.clone().webp().toBuffer(),
    ]) {
      const picture = await decodePicture(bytes, SOURCE, { workingPixels: 60_000 });
      expect(picture).toMatchObject({ width: 200, height: 300, originalWidth: 800, originalHeight: 1200 });
      expect(picture.data[(45 * 200 + 95) * 3]).toBeLessThan(40);
      expect(picture.data[(150 * 200 + 95) * 3]).toBeGreaterThan(240);
      expect(boxInOriginal([10.25, 20, 30, 40], picture)).toEqual([41, 80, 120, 160]);
      expect(boxInOriginal([150, 250, 50, 50], picture)).toEqual([600, 1000, 200, 200]);
    }
    const whole = await decodePicture(await large.jpeg().toBuffer(), SOURCE);
    expect(whole.width).toBe(800);
    expect(boxInOriginal([1.5, 2, 3, 4], whole)).toEqual([1.5, 2, 3, 4]);
  });

  test.each([
    [1, 60_000],
    [60_000, 1],
  ])('reads a strip of %i×%i', async (width, height) => {
    const rows = new Uint8Array((width + 1) * height);
    const picture = await decodePicture(png({ width, height, rows }), SOURCE);
    expect(picture).toMatchObject({ width, height, channels: 1 });
    const smaller = await decodePicture(png({ width, height, rows }), SOURCE, { workingPixels: 100 });
    expect(smaller.width * smaller.height).toBeGreaterThan(0);
  });

  it('reads bytes that lie in the middle of a larger buffer', async () => {
    const bytes = png({ width: 2, height: 1, rows: Uint8Array.of(0, 7, 8) });
    const shifted = Buffer.concat([Buffer.from('abc'), bytes]).subarray(3);
    expect([...(await decodePicture(shifted, SOURCE)).data]).toEqual([7, 8]);
  });

  it('reads bits, and a colour that counts as transparent', async () => {
    const bits = png({
      width: 3,
      height: 1,
      depth: 1,
      interlace: 1,
      rows: Uint8Array.of(0, 0x80, 0, 0, 0, 0),
    });
    expect((await decodePicture(bits, SOURCE)).width).toBe(3);
    const key = [chunk('tRNS', Uint8Array.of(0, 7))];
    const keyed = png({ width: 2, height: 1, before: key, rows: Uint8Array.of(0, 7, 9) });
    expect([...(await decodePicture(keyed, SOURCE)).data]).toEqual([7, 7, 7, 0, 9, 9, 9, 255]);
  });
});

describe('what decodePicture refuses', () => {
  it.each([
    ['an empty file', '', /is empty/],
    ['text', 'Dear reader,\n', /is text, not a picture.*name a PNG, JPEG/],
    ['a PDF', '%PDF-1.7\n%\xe2\xe3', /is a PDF document.*export the page/],
    [
      'an SVG',
      '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
      /is an SVG drawing.*never/,
    ],
    ['a bare SVG', '\n <svg width="1" height="1"/>', /is an SVG drawing/],
    ['a web page', '<!DOCTYPE html><html>', /is a web page/],
    ['a HEIC', '\0\0\0\x18ftypheic\0\0\0\0mif1heic', /is a HEIC picture.*save it as JPEG/],
    ['another HEIC', '\0\0\0\x18ftypmif1\0\0\0\0mif1heic', /is a HEIC picture/],
    ['a film', '\0\0\0\x18ftypmp42\0\0\0\0', /is a film/],
    ['a zip', 'PK\x03\x04\x14\0', /is a zip archive.*unpack/],
    ['BMP', 'BM\x46\0\0\0\0\0\0\0', /is a BMP picture.*save it as PNG/],
    ['bytes', '\0\x01\x02\x03', /is no picture of a kind that is known/],
    ['a bare PNG signature', '\x89PNG\r\n\x1a\n', /is a damaged PNG picture \(it is cut short/],
    ['a bare JPEG beginning', '\xff\xd8\xff\xe0', /is a damaged JPEG picture/],
    ['a bare WebP beginning', 'RIFF\x10\0\0\0WEBPVP8 ', /is a damaged WebP picture/],
    ['a bare GIF beginning', 'GIF89a', /is a damaged GIF picture/],
    ['a bare TIFF beginning', 'II*\0', /is a damaged TIFF picture/],
    ['a bare AVIF beginning', '\0\0\0\x18ftypavif\0\0\0\0', /is a damaged AVIF picture/],
  ])('%s', async (_, text, reason) => {
    expect(await refusal(Buffer.from(text, 'latin1'))).toMatch(reason);
  });

  it('more bytes than there may be', async () => {
    expect(await refusal(Buffer.alloc(33 * 2 ** 20))).toMatch(/33554432: make the picture smaller/s);
    expect(await refusal(await original().png().toBuffer(), { bytes: 100 })).toMatch(/more than 100/);
  });

  it('pictures of very many pixels, before they are decoded', async () => {
    const plain = (side: number) =>
      sharp({
        create: { width: side, height: side, channels: 3, background: '#fff' },
        limitInputPixels: false,
      });
    const gif = Buffer.from(await original().gif().toBuffer());
    // The canvas, and the first frame in it.
    for (const at of [6, 8]) gif.writeUInt16LE(20_000, at);
    const frame = gif.indexOf(Buffer.from([0x2c, 0, 0, 0, 0, WIDTH, 0, HEIGHT, 0]));
    for (const at of [frame + 5, frame + 7]) gif.writeUInt16LE(20_000, at);
    const before = process.resourceUsage().maxRSS;
    expect(await refusal(png({ width: 20_000, height: 20_000 }))).toMatch(/20000×20000 pixels, more than 24/);
    expect(await refusal(png({ width: 2 ** 31 - 1, height: 2 ** 31 - 1 }))).toMatch(/digit\.file/);
    expect(await refusal(gif)).toMatch(/20000×20000 pixels/);
    expect(await refusal(png({ width: 4900, height: 4800, depth: 16, colourType: 6 }))).toMatch(/189 MB/);
    // In KiB, and only ever growing.
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(100 * 1024);
    const webp = await plain(5000).webp({ effort: 0 }).toBuffer();
    expect(webp.length).toBeLessThan(100_000);
    expect(await refusal(webp)).toMatch(/5000×5000 pixels, more than 24 million/);
    expect(await refusal(webp, { pixels: 25e6, workingPixels: 1e5 })).toBe('no refusal');
  });

  it('bombs: what they inflate to is not kept', async () => {
    const rows = Buffer.alloc(150e6);
    const bomb = png({ width: 28, height: 28, rows });
    expect(bomb.length).toBeLessThan(200_000);
    const held = process.resourceUsage().maxRSS;
    // Only the pixels that the header tells of are inflated.
    expect(await decodePicture(bomb, SOURCE)).toMatchObject({ width: 28, height: 28 });
    const profile = chunk('iCCP', Buffer.concat([Buffer.from('x\0\0', 'latin1'), deflateSync(rows)]));
    const small = png({ width: 2, height: 1, rows: Uint8Array.of(0, 7, 8), before: [profile] });
    await decodePicture(small, SOURCE).catch((error) => expect(error).toBeInstanceOf(InklingError));
    expect(process.resourceUsage().maxRSS - held).toBeLessThan(100 * 1024);
  });

  it('files that were cut short, wherever that was', async () => {
    for (const make of [
      () => original().png().toBuffer(),
      () => original().jpeg().toBuffer(),
      () => original().webp().toBuffer(),
      () => original().gif().toBuffer(),
    ]) {
      const bytes = await make();
      for (const share of [0.3, 0.6, 0.9]) {
        expect(await refusal(bytes.subarray(0, bytes.length * share))).toMatch(/is a damaged \w+ picture/);
      }
    }
  });

  it('a PNG whose checksums are wrong', async () => {
    const bytes = Buffer.from(await original().png().toBuffer());
    bytes[60] ^= 0x40;
    expect(await refusal(bytes)).toMatch(/is a damaged PNG picture/);
  });

  it('a JPEG that goes over its pixels without end', async () => {
    const bytes = await original().jpeg({ progressive: true }).toBuffer();
    const scan = bytes.subarray(bytes.lastIndexOf(Buffer.from([0xff, 0xda])), -2);
    const endless = Buffer.concat([bytes.subarray(0, -2), ...Array(100).fill(scan), bytes.subarray(-2)]);
    expect(await refusal(endless)).toMatch(/more than 64 scans/);
  });
});
