/** Pictures from pages: the same for the same seed, of all classes, and what a network can learn. */
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../errors.ts';
import { READER_CLASSES, withClasses } from '../dataset.ts';
import { syntheticDigits } from '../synthetic/index.ts';
import { pageDigits } from './index.ts';
import { drawPage } from './page.ts';
import { DigitSource } from './shapes.ts';

const digits = syntheticDigits({ count: 300, seed: 4 });
const COUNT = 400;
const pages = pageDigits({ digits, count: COUNT, seed: 6 });

describe('pictures from pages', () => {
  test('have eleven classes: digits about alike, and a good part none', () => {
    expect(pages.shape).toEqual([28, 28, 1]);
    expect(pages.classNames).toEqual(READER_CLASSES);
    const counts = READER_CLASSES.map((_, label) => pages.labels.filter((one) => one === label).length);
    for (const count of counts.slice(0, 10)) expect(count).toBeGreaterThan(0.025 * COUNT);
    expect(counts[10]).toBeGreaterThan(0.15 * COUNT);
    expect(counts[10]).toBeLessThan(0.5 * COUNT);
  });

  test('are in the form of MNIST: ink within 20 × 20, about the middle', () => {
    for (const [i, label] of pages.labels.entries()) {
      const image = pages.images.subarray(i * 784, (i + 1) * 784);
      const mass = image.reduce((sum, ink) => sum + ink, 0);
      expect(mass).toBeGreaterThan(0);
      if (label === 10) continue;
      const x = image.reduce((sum, ink, at) => sum + ink * (at % 28), 0) / mass;
      const y = image.reduce((sum, ink, at) => sum + ink * Math.floor(at / 28), 0) / mass;
      expect(Math.abs(x - 13.5)).toBeLessThan(1.5);
      expect(Math.abs(y - 13.5)).toBeLessThan(1.5);
    }
  });

  test('are the same in a smaller set, and others for another seed or other digits', () => {
    const fewer = pageDigits({ digits, count: 40, seed: 6 });
    expect([...fewer.labels]).toEqual([...pages.labels.subarray(0, 40)]);
    expect(Buffer.compare(fewer.images, pages.images.subarray(0, 40 * 784))).toBe(0);
    const other = pageDigits({ digits, count: 40, seed: 7 });
    expect(Buffer.compare(fewer.images, other.images)).not.toBe(0);
    const others = pageDigits({ digits: syntheticDigits({ count: 300, seed: 5 }), count: 40, seed: 6 });
    expect(Buffer.compare(fewer.images, others.images)).not.toBe(0);
  });

  test('tell how far they are', () => {
    const shares: number[] = [];
    pageDigits({ digits, count: 30, seed: 6, onProgress: (share) => shares.push(share) });
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual(shares.toSorted((one, other) => one - other));
  });

  test.each([
    [{ count: 0 }, 'The number of pictures from pages is 0'],
    [{ seed: -1 }, 'The seed of the pages is -1'],
    [{ digits: withClasses(digits, READER_CLASSES) }, 'join pages to a set of such digits'],
    [{ digits: { ...digits, shape: [14, 56, 1] as const } }, 'Pages are made of the digits 0 to 9'],
  ])('%j is refused in a sentence', (wrong, message) => {
    const options = { digits, count: 10, seed: 1, ...wrong };
    expect(() => pageDigits(options)).toThrow(UsageError);
    expect(() => pageDigits(options)).toThrow(message);
  });
});

test('the truth of a page lies in its picture, and its ink where it is said to be', () => {
  const source = new DigitSource(digits);
  for (let index = 0; index < 80; index++) {
    const { picture, truth, owners } = drawPage(source, 9, index);
    expect(picture.data).toHaveLength(picture.width * picture.height * picture.channels);
    expect(owners).toHaveLength(picture.width * picture.height);
    for (const [item, { box, core }] of truth.entries()) {
      let seen = 0;
      owners.forEach((owner, i) => {
        if (owner !== item + 1) return;
        const [column, row] = [i % picture.width, Math.floor(i / picture.width)];
        expect(column - box[0] >= -1 && column - box[0] <= box[2]).toBe(true);
        expect(row - box[1] >= -1 && row - box[1] <= box[3]).toBe(true);
        seen++;
      });
      expect(seen).toBe(core);
    }
  }
});
