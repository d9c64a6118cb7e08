/** The quick ways with small PNG files agree with a library's. */
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodePicture, type Picture } from '../../src/index.ts';
import { encodePng } from './png.ts';
import { decodeSmallPng } from './smallPng.ts';

const MOST = 320 * 320;

function pattern(width: number, height: number, channels: Picture['channels'], seed = 1): Picture {
  const data = new Uint8Array(width * height * channels);
  for (let i = 0; i < data.length; i++) data[i] = (Math.imul(i + seed, 2654435761) >>> 24) ^ (i % 7);
  return { width, height, channels, data };
}

describe('encodePng', () => {
  it.each([1, 2, 3, 4] as const)('writes what a library reads, with %i channels', async (channels) => {
    const picture = pattern(31, 17, channels);
    const data = await sharp(encodePng(picture)).ensureAlpha().raw().toBuffer();
    const expected = Array.from({ length: 31 * 17 }, (_, i) => {
      const samples = [...picture.data.subarray(i * channels, (i + 1) * channels)];
      const opacity = channels % 2 === 0 ? samples.pop()! : 255;
      return samples.length === 3 ? [...samples, opacity] : [samples[0], samples[0], samples[0], opacity];
    });
    expect([...data]).toEqual(expected.flat());
  });

  it('leaves out colours and opacity that say nothing', () => {
    const data = Uint8Array.from({ length: 28 * 28 * 4 }, (_, i) => (i % 4 === 3 ? 255 : (i >> 2) & 255));
    const grey = decodeSmallPng(encodePng({ width: 28, height: 28, channels: 4, data }), MOST);
    expect(grey?.channels).toBe(1);
    expect([...grey!.data]).toEqual(Array.from({ length: 784 }, (_, i) => i & 255));
  });
});

describe('decodeSmallPng', () => {
  it('reads what a library writes, by any filter', async () => {
    for (const channels of [1, 2, 3, 4] as const) {
      for (const adaptiveFiltering of [false, true]) {
        const picture = pattern(40, 23, channels, channels);
        const raw = { width: 40, height: 23, channels };
        const png = await sharp(picture.data, { raw }).png({ adaptiveFiltering }).toBuffer();
        const decoded = decodeSmallPng(png, MOST);
        expect(decoded).toBeDefined();
        const expected = await decodePicture(png, 'png');
        expect([decoded!.width, decoded!.height, decoded!.channels]).toEqual([40, 23, expected.channels]);
        expect(Buffer.from(decoded!.data).equals(Buffer.from(expected.data))).toBe(true);
      }
    }
  });

  it.each([0, 1, 2, 3, 4])('undoes filter %i', async (kind) => {
    const { data } = pattern(9, 7, 3);
    const at = (y: number, i: number) => (y < 0 || i < 0 ? 0 : data[y * 27 + i]);
    const rows = Buffer.alloc(28 * 7);
    for (let y = 0; y < 7; y++) {
      rows[y * 28] = kind;
      for (let i = 0; i < 27; i++) {
        const [left, up, corner] = [at(y, i - 3), at(y - 1, i), at(y - 1, i - 3)];
        // Of left, up and corner, the one nearest to left + up - corner, the first of equals.
        const nearest = [left, up, corner].reduce((best, value) =>
          Math.abs(left + up - corner - value) < Math.abs(left + up - corner - best) ? value : best,
        );
        rows[y * 28 + 1 + i] = at(y, i) - [0, left, up, (left + up) >> 1, nearest][kind];
      }
    }
    const file = pngOf(encodePng(pattern(9, 7, 3)), deflateSync(rows));
    expect([...decodeSmallPng(file, MOST)!.data]).toEqual([...data]);
    expect([...(await decodePicture(file, 'png')).data]).toEqual([...data]);
  });

  it('leaves to the library what is large, interlaced, damaged or has a palette', async () => {
    const raw = { width: 28, height: 28, channels: 3 } as const;
    const picture = sharp(pattern(28, 28, 3).data, { raw });
    expect(decodeSmallPng(encodePng(pattern(321, 320, 1)), MOST)).toBeUndefined();
    expect(decodeSmallPng(await picture.png({ progressive: true }).toBuffer(), MOST)).toBeUndefined();
    expect(decodeSmallPng(await picture.png({ palette: true }).toBuffer(), MOST)).toBeUndefined();
    expect(decodeSmallPng(await picture.jpeg().toBuffer(), MOST)).toBeUndefined();
    const good = encodePng(pattern(28, 28, 1));
    for (let at = 0; at < good.length - 12; at++) {
      const damaged = good.slice();
      damaged[at] ^= 0x10;
      expect(decodeSmallPng(damaged, MOST), `byte ${at}`).toBeUndefined();
    }
    for (let length = 0; length < good.length - 12; length += 7) {
      expect(decodeSmallPng(good.slice(0, length), MOST), `${length} bytes`).toBeUndefined();
    }
  });

  it('unpacks no more than the picture has', () => {
    const bomb = deflateSync(Buffer.alloc(50_000_000));
    expect(decodeSmallPng(pngOf(encodePng(pattern(28, 28, 1)), bomb), MOST)).toBeUndefined();
  });
});

/** A PNG file with the header of one and other data. */
function pngOf(header: Uint8Array, data: Buffer): Buffer {
  const chunk = (type: string, content: Buffer) => {
    const body = Buffer.concat([Buffer.alloc(4), Buffer.from(type), content, Buffer.alloc(4)]);
    body.writeUInt32BE(content.length, 0);
    body.writeUInt32BE(crc32(body.subarray(4, -4)), body.length - 4);
    return body;
  };
  return Buffer.concat([header.slice(0, 33), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}
