/** Smaller and larger planes. */
import { expect, test } from 'vitest';
import { resample } from './resample.ts';
import { planeBy, planeOf } from './testing/draw.ts';

const all = (width: number, height: number) => ({ left: 0, top: 0, right: width, bottom: height });

test('at its own size a part is what it was', () => {
  const plane = planeOf('123', '456', '789');
  const part = resample(plane, { left: 1, top: 0, right: 3, bottom: 2 }, 1);
  expect(part).toEqual(planeOf('23', '56'));
});

test('smaller is the mean, and ink as a whole stays the same', () => {
  expect(resample(planeOf('13', '57'), all(2, 2), 0.5).data[0]).toBeCloseTo(0.4, 6);
  const plane = planeBy(37, 23, (x, y) => ((x * 31 + y * 17) % 10) / 10);
  const ink = plane.data.reduce((a, b) => a + b);
  for (const scale of [0.1, 0.37, 0.5, 0.9]) {
    const small = resample(plane, all(37, 23), scale);
    expect(small.data.reduce((a, b) => a + b) / scale ** 2).toBeCloseTo(ink, 2);
    expect([small.width, small.height]).toEqual([Math.ceil(37 * scale), Math.ceil(23 * scale)]);
  }
});

test('larger lies between its neighbours, with paper around it', () => {
  const large = resample(planeOf('##', '##'), all(2, 2), 4);
  expect([large.width, large.height]).toEqual([8, 8]);
  expect(large.data[3 * 8 + 3]).toBeCloseTo(1, 6);
  expect(large.data[0]).toBeLessThan(1);
  expect(large.data[0]).toBeGreaterThan(0);
});

test('a margin is empty, and a single pixel is no trouble', () => {
  const one = resample(planeOf('#'), all(1, 1), 0.01, 2);
  expect([one.width, one.height]).toEqual([5, 5]);
  expect([...one.data].filter((value) => value !== 0)).toHaveLength(1);
  expect(resample(planeOf('#'), all(1, 1), 20).data.every((value) => value > 0 && value <= 1)).toBe(true);
});
