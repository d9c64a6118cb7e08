import { describe, expect, test } from 'vitest';
import { type Dataset, DIGIT_NAMES, subset } from '../dataset.ts';
import { syntheticDigits } from '../synthetic/index.ts';
import { CORRUPTION_NAMES, type CorruptionName, corrupt } from './index.ts';

const digits = syntheticDigits({ count: 12, seed: 3 });

/** A set of one picture, 255 where `isInk` says so. */
function picture(isInk: (row: number, column: number) => boolean, height = 28, width = 28): Dataset {
  const images = Uint8Array.from({ length: height * width }, (_, i) =>
    isInk(Math.floor(i / width), i % width) ? 255 : 0,
  );
  return {
    name: 'one',
    images,
    labels: Uint8Array.of(1),
    shape: [height, width, 1],
    classNames: DIGIT_NAMES,
  };
}

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);
const share = (values: Uint8Array, isCounted: (value: number) => boolean) =>
  values.filter(isCounted).length / values.length;

/** Those with numbers for each severity. */
const GRADED: CorruptionName[] = [
  ...['shotNoise', 'impulseNoise', 'glassBlur', 'motionBlur', 'shear', 'scale', 'rotate', 'brightness'],
  ...['translate', 'fog', 'gaussianBlur'],
] as CorruptionName[];

describe.each(CORRUPTION_NAMES)('%s', (name) => {
  test('changes every picture, and nothing but the pictures', () => {
    const corrupted = corrupt(digits, name);
    expect(corrupted).toMatchObject({ name: `${digits.name}/${name}`, shape: digits.shape });
    expect(corrupted.labels).toBe(digits.labels);
    for (let i = 0; i < 12; i++) {
      const pixels = [i * 784, (i + 1) * 784] as const;
      expect(corrupted.images.slice(...pixels)).not.toEqual(digits.images.slice(...pixels));
    }
  });

  test('is the same for a seed and a position, whatever else is in the set', () => {
    expect(corrupt(digits, name, { seed: 7 }).images).toEqual(corrupt(digits, name, { seed: 7 }).images);
    const first = corrupt(subset(digits, [0], 'first'), name, { seed: 7 });
    expect(first.images).toEqual(corrupt(digits, name, { seed: 7 }).images.slice(0, 784));
  });

  test('at severity 0 is nothing, and takes all five others', () => {
    expect(corrupt(digits, name, { severity: 0 }).images).toEqual(digits.images);
    for (let severity = 1; severity <= 5; severity++) corrupt(digits, name, { severity });
  });

  test('is at home on other sizes than 28×28', () => {
    const wide = picture((row, column) => row > 4 && row < 12 && column === 20, 16, 40);
    const { images } = corrupt(wide, name);
    expect(images).toHaveLength(640);
    expect(images).not.toEqual(wide.images);
  });
});

test.each(GRADED)('%s is further from the picture the higher its severity', (name) => {
  const distances = [1, 3, 5].map((severity) => {
    const { images } = corrupt(digits, name, { severity });
    return sum(images.map((value, i) => Math.abs(value - digits.images[i])));
  });
  expect(distances[0]).toBeLessThan(distances[1]);
  expect(distances[1]).toBeLessThan(distances[2]);
});

describe('what each is', () => {
  const grey = { ...picture(() => true, 100, 100), images: new Uint8Array(10_000).fill(102) };

  test('shot noise counts photons: whole numbers of them, whose variance is their mean', () => {
    const { images } = corrupt(grey, 'shotNoise', { severity: 3 });
    const photons = Float64Array.from(images, (value) => (value * 12) / 255);
    for (const count of photons) expect(count).toBeCloseTo(Math.round(count), 1);
    const mean = sum(photons) / 1e4;
    expect(mean).toBeCloseTo(0.4 * 12, 0.8);
    expect(sum(photons.map((count) => (count - mean) ** 2)) / 1e4 / mean).toBeCloseTo(1, 1);
  });

  test('impulse noise loses 17 % of the pixels, half to ink and half to paper', () => {
    const { images } = corrupt(grey, 'impulseNoise');
    expect(share(images, (value) => value === 255)).toBeCloseTo(0.085, 1.5);
    expect(share(images, (value) => value === 0)).toBeCloseTo(0.085, 1.5);
    expect(share(images, (value) => value === 102)).toBeCloseTo(0.83, 1.5);
  });

  test('blurs leave an even picture even', () => {
    for (const name of ['gaussianBlur', 'glassBlur', 'motionBlur'] as const) {
      expect(new Set(corrupt(grey, name).images)).toEqual(new Set([102]));
    }
  });

  test('a Gaussian blur of a point is round, and keeps its ink', () => {
    const point = picture((row, column) => row === 14 && column === 14);
    const { images } = corrupt(point, 'gaussianBlur', { severity: 1 });
    expect(images[14 * 28 + 14]).toBe(Math.round(255 / (2 * Math.PI)));
    expect(images[14 * 28 + 16]).toBe(images[16 * 28 + 14]);
    expect(Math.abs(sum(images) - 255)).toBeLessThan(12);
  });

  test('translate moves by three pixels along both axes', () => {
    const point = picture((row, column) => row === 14 && column === 14);
    const place = corrupt(point, 'translate').images.indexOf(255);
    expect([11, 17]).toContain(Math.floor(place / 28));
    expect([11, 17]).toContain(place % 28);
  });

  test('scale leaves 70 % of width and height', () => {
    const square = picture((row, column) => row >= 4 && row < 24 && column >= 4 && column < 24);
    expect(sum(corrupt(square, 'scale').images) / sum(square.images)).toBeCloseTo(0.49, 1.5);
  });

  test('rotate turns by 0.4 and keeps the ink; shear keeps rows apart', () => {
    const bar = picture((row, column) => row >= 6 && row < 22 && (column === 13 || column === 14));
    const turned = corrupt(bar, 'rotate').images;
    expect(sum(turned) / sum(bar.images)).toBeCloseTo(1, 1);
    const top = Math.round(8 * Math.tan(0.4));
    const row = turned.slice(7 * 28, 8 * 28);
    const middle = sum(row.map((value, column) => (value * column) / 100)) / (sum(row) / 100);
    expect(Math.abs(Math.abs(middle - 13.5) - top)).toBeLessThan(1);
  });

  test('brightness adds half of the range', () => {
    expect(new Set(corrupt(grey, 'brightness').images)).toEqual(new Set([Math.round(102 + 127.5)]));
  });

  test('stripe turns the outer quarters to their negative', () => {
    const { images } = corrupt(
      picture(() => false),
      'stripe',
    );
    const row = Array.from(images.slice(0, 28));
    expect(row).toEqual(Array.from({ length: 28 }, (_, column) => (column < 7 || column >= 21 ? 255 : 0)));
  });

  test('fog keeps the ink darkest and covers everything', () => {
    const { images } = corrupt(digits, 'fog');
    expect(share(images, (value) => value > 0)).toBeGreaterThan(0.95);
  });

  test('lines cross the paper: dotted from edge to edge, zigzags between their margins', () => {
    const blank = picture(() => false);
    const columnsWithInk = (name: CorruptionName) => {
      const { images } = corrupt(blank, name);
      return Array.from({ length: 28 }, (_, column) =>
        images.some((value, i) => i % 28 === column && value > 60),
      );
    };
    expect(columnsWithInk('dottedLine')).toEqual(Array.from({ length: 28 }, (_, c) => c % 4 >= 2 && c < 27));
    const zigzag = columnsWithInk('zigzag');
    expect(zigzag.slice(0, 2)).toEqual([false, false]);
    expect(zigzag.slice(3, 24).every(Boolean)).toBe(true);
  });

  test('edges are thin lines around the ink', () => {
    const square = picture((row, column) => row >= 8 && row < 20 && column >= 8 && column < 20);
    const { images } = corrupt(square, 'cannyEdges');
    expect(new Set(images)).toEqual(new Set([0, 255]));
    expect(images[14 * 28 + 14]).toBe(0);
    const across = Array.from(images.slice(14 * 28, 15 * 28));
    expect(across.filter((value) => value === 255).length).toBeGreaterThanOrEqual(2);
    expect(across.filter((value) => value === 255).length).toBeLessThanOrEqual(4);
  });
});

test('what it refuses', () => {
  expect(() => corrupt(digits, 'shotNois' as CorruptionName)).toThrow('did you mean shotNoise?');
  expect(() => corrupt(digits, 'fog', { severity: 6 })).toThrow('from 0 to 5, not 6');
  expect(() => corrupt({ ...digits, shape: [28, 28, 3] }, 'fog')).toThrow('for grey pictures');
});
