import { expect, test } from 'vitest';
import { zeroPadding2d } from './index.ts';
import { zeroPadding2dBackward, zeroPadding2dForward } from './reference.ts';

const shape = [1, 2, 2, 1];
const padding = [
  [1, 0],
  [0, 2],
] as const;

test('zeros go around, and only inner gradients come back', () => {
  const y = new Float64Array(12).fill(77);
  zeroPadding2dForward(Float64Array.of(1, 2, 3, 4), shape, padding, y);
  expect([...y]).toEqual([0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0]);
  const dx = new Float64Array(4);
  const dy = Float64Array.from(y.keys());
  zeroPadding2dBackward(dy, shape, padding, dx);
  expect([...dx]).toEqual([4, 5, 8, 9]);
});

test('shapes follow, and what does not fit is refused', () => {
  const attributes = zeroPadding2d.parse({ padding });
  expect(zeroPadding2d.layout([[3, 5, 6, 7]], attributes).output).toEqual([3, 6, 8, 7]);
  expect(zeroPadding2d.parse({ padding: 2 }).padding).toEqual([
    [2, 2],
    [2, 2],
  ]);
  expect(() => zeroPadding2d.layout([[3, 5]], attributes)).toThrow(
    'needs inputs of [height, width, channels], not [5]',
  );
  expect(() => zeroPadding2d.parse({ padding: 'same' })).toThrow(
    'padding must be a whole number or [[top, bottom], [left, right]], not "same"',
  );
});
