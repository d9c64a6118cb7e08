/** The region holds all ink and paper around it, and never leaves the sheet. */
import { expect, test } from 'vitest';
import { inkedRegion } from './region.ts';
import type { Stroke } from './stroke.ts';

const stroke = (points: [number, number][], isEraser = false): Stroke => ({
  points: points.map(([x, y]) => ({ x, y, pressure: 0.5 })),
  width: 10,
  isEraser,
});

test('ink and a margin, of all strokes together', () => {
  const strokes = [
    stroke([
      [100, 80],
      [120.4, 150],
    ]),
    stroke([[200, 100]]),
  ];
  expect(inkedRegion(strokes, 320, 240)).toEqual({ left: 71, top: 51, width: 158, height: 128 });
});

test('no further than the sheet goes, and no ink is no region', () => {
  expect(inkedRegion([stroke([[-50, 2]]), stroke([[330, 239]])], 320, 240)).toEqual({
    ...{ left: 0, top: 0, width: 320, height: 240 },
  });
  expect(inkedRegion([], 320, 240)).toBeUndefined();
  expect(inkedRegion([stroke([[50, 50]], true)], 320, 240)).toBeUndefined();
  expect(inkedRegion([stroke([[-400, -400]])], 320, 240)).toBeUndefined();
});
