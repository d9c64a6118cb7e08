import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InklingError } from '../errors.ts';
import { datasetFromIdx, isGzip, parseIdxImages, parseIdxLabels } from './idx.ts';
import { uncompress } from './uncompress.ts';

function idx(magic: number, sizes: number[], elements: ArrayLike<number>): Uint8Array {
  const header = 4 + 4 * sizes.length;
  const bytes = new Uint8Array(header + elements.length);
  const view = new DataView(bytes.buffer);
  [magic, ...sizes].forEach((word, position) => {
    view.setUint32(4 * position, word);
  });
  bytes.set(elements, header);
  return bytes;
}

const images = (count: number, height = 2, width = 3) =>
  idx(
    0x803,
    [count, height, width],
    Array.from({ length: count * height * width }, (_, position) => position),
  );
const labels = (...values: number[]) => idx(0x801, [values.length], values);

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(InklingError);
    return (error as InklingError).message;
  }
  throw new Error('nothing was thrown');
}

describe('IDX', () => {
  test('reads pictures and labels', () => {
    expect(parseIdxImages(images(2), 'f')).toMatchObject({ count: 2, height: 2, width: 3 });
    expect([...parseIdxImages(images(1), 'f').pixels]).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...parseIdxLabels(labels(9, 0, 3), 'f', 10)]).toEqual([9, 0, 3]);
  });

  test('reads from the middle of a larger buffer', () => {
    const inside = new Uint8Array(100);
    inside.set(labels(1, 2), 5);
    expect([...parseIdxLabels(inside.subarray(5, 15), 'f', 10)]).toEqual([1, 2]);
  });

  test.each<[string, () => unknown, RegExp]>([
    ['empty', () => parseIdxImages(new Uint8Array(), 'f'), /only 0 bytes/],
    [
      'labels for pictures',
      () => parseIdxImages(labels(1), 'f'),
      /begins with 0x00000801, where .* 0x00000803/,
    ],
    ['pictures for labels', () => parseIdxLabels(images(1), 'f', 10), /begins with 0x00000803/],
    ['cut header', () => parseIdxImages(images(1).subarray(0, 11), 'f'), /within its header, after 11 of 16/],
    [
      'cut pixels',
      () => parseIdxImages(images(2).subarray(0, 27), 'f'),
      /cut short, with 11 of the 12 bytes/,
    ],
    ['trailing', () => parseIdxLabels(idx(0x801, [1], [1, 2, 3]), 'f', 10), /2 bytes follow after the 1/],
    ['no pictures', () => parseIdxImages(images(0), 'f'), /holds no pictures/],
    ['no labels', () => parseIdxLabels(labels(), 'f', 10), /holds no labels/],
    ['no height', () => parseIdxImages(idx(0x803, [1, 0, 3], []), 'f'), /0 pixels high/],
    ['absurd width', () => parseIdxImages(idx(0x803, [1, 3, 2 ** 31], []), 'f'), /2147483648 pixels wide/],
    ['absurd count', () => parseIdxImages(idx(0x803, [2 ** 32 - 1, 9, 9], [1]), 'f'), /cut short, with 1 of/],
    [
      'label 10',
      () => parseIdxLabels(labels(1, 10), 'f', 10),
      /label number 2 is 10, and labels go from 0 to 9/,
    ],
  ])('%s is one sentence that names the file', (_, run, words) => {
    const message = messageOf(run);
    expect(message).toMatch(words);
    expect(message).toMatch(/^f is not usable: [^.]*; get the file again\.$/);
  });

  test('pictures and labels must be as many', () => {
    const pair = { images: { path: 'a', bytes: images(2) }, labels: { path: 'b', bytes: labels(1, 2, 3) } };
    expect(messageOf(() => datasetFromIdx(pair, 'x'))).toMatch(/a holds 2 pictures but b holds 3 labels/);
    pair.labels.bytes = labels(1, 2);
    expect(datasetFromIdx(pair, 'x')).toMatchObject({ name: 'x', shape: [2, 3, 1], labels: { length: 2 } });
  });

  test('bytes from strangers end in a result or an InklingError', async () => {
    const valid = fc.constantFrom(images(2), labels(1, 2, 3));
    const mutated = fc
      .tuple(
        valid,
        fc.array(fc.tuple(fc.nat(40), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
        fc.nat(40),
      )
      .map(([bytes, changes, length]) => {
        const copy = bytes.slice(0, Math.max(1, length));
        for (const [position, value] of changes) copy[position % copy.length] = value;
        return copy;
      });
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      mutated,
      mutated.map((bytes) => gzipSync(bytes)),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (bytes) => {
        for (const parse of [
          () => parseIdxImages(bytes, 'f').pixels,
          () => parseIdxLabels(bytes, 'f', 10),
          () => uncompress(bytes, 1000, 'f'),
        ]) {
          try {
            expect((await parse()).length).toBeLessThanOrEqual(1000);
          } catch (error) {
            if (!(error instanceof InklingError)) throw error;
            expect(error.message).toMatch(/^f is not usable: /);
          }
        }
      }),
      { numRuns: 1500 },
    );
  });
});

describe('gzip', () => {
  test('is told by its content and undone', async () => {
    const packed = gzipSync(images(2));
    expect(isGzip(packed)).toBe(true);
    expect(await uncompress(packed, 28, 'f')).toEqual(images(2));
    expect(await uncompress(images(2), 28, 'f')).toEqual(images(2));
  });

  test('that unpacks to too much is refused before it does', async () => {
    const bomb = gzipSync(new Uint8Array(50_000_000));
    const before = process.memoryUsage().arrayBuffers;
    await expect(uncompress(bomb, 1_000_000, 'f')).rejects.toThrow(/more than the 1000000 bytes/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
    await expect(uncompress(new Uint8Array(9), 8, 'f')).rejects.toThrow(/larger than the 8 bytes/);
  });

  test('that is damaged or cut says so', async () => {
    const packed = gzipSync(images(9));
    await expect(uncompress(packed.subarray(0, -9), 999, 'f')).rejects.toThrow(/compression is damaged/);
    packed[12] ^= 0xff;
    await expect(uncompress(packed, 999, 'f')).rejects.toThrow(/compression is damaged/);
  });
});
