import { expect, test } from 'vitest';
import { Purpose, RandomStream } from '../../../kernels/random/reference.ts';
import { syntheticDigits } from '../synthetic/index.ts';
import { drawLayout } from './layout.ts';
import { DigitSource } from './shapes.ts';

const source = new DigitSource(syntheticDigits({ count: 10, seed: 3 }));
const layouts = Array.from({ length: 400 }, (_, index) =>
  drawLayout({ source, scannedShare: 0, threshold: 0.3 }, new RandomStream(3, Purpose.pages, index)),
);

/** Wider than any pen that is not a marker. */
const FAT = 0.21;

test('pages are written with pens, and about a sixth of them with markers', () => {
  const pens = layouts.map(({ pen }) => pen);
  expect(Math.min(...pens)).toBeGreaterThanOrEqual(0.05);
  expect(Math.max(...pens)).toBeLessThanOrEqual(0.34);
  const markers = pens.filter((pen) => pen > FAT).length / pens.length;
  expect(markers).toBeGreaterThan(0.08);
  expect(markers).toBeLessThan(0.25);
});

test('what is written with a marker has more room beside it', () => {
  const gapOf = (isFat: boolean) => {
    const gaps = layouts
      .filter(({ pen }) => pen > FAT === isFat)
      .flatMap(({ items }) =>
        items.slice(1).flatMap(({ x }, i) => {
          const { x: before, size, shape } = items[i];
          // The first of a second line lies further left.
          return x > before ? [x - before - size * shape.width] : [];
        }),
      )
      .toSorted((one, other) => one - other);
    return gaps[gaps.length >> 1];
  };
  expect(gapOf(true) - gapOf(false)).toBeGreaterThan(0.08);
});

test('everything lies on its page', () => {
  for (const { items, width, height } of layouts) {
    for (const { shape, x, y, size } of items) {
      expect(Math.min(x, y)).toBeGreaterThan(0);
      expect(x + size * shape.width).toBeLessThan(width);
      expect(y + size * shape.height).toBeLessThan(height);
    }
  }
});
