import { describe, expect, test } from 'vitest';
import { drawTraces } from './render.ts';

const SIZE = 12;

function draw(line: number[], penWidth: number, widths = Array(line.length / 2).fill(1)): Float64Array {
  const pixels = new Float64Array(SIZE * SIZE);
  const trace = { line: Float64Array.from(line), widths: Float64Array.from(widths) };
  drawTraces(pixels, SIZE, [trace], penWidth, 0.5);
  return pixels;
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

describe('drawTraces', () => {
  test('inks the area of the line, in greys from 0 to 1', () => {
    const pixels = draw([3, 6, 9, 6], 3);
    expect(sum(pixels)).toBeCloseTo(6 * 3 + Math.PI * 1.5 ** 2, -0.5);
    expect(Math.min(...pixels)).toBe(0);
    expect(Math.max(...pixels)).toBe(1);
  });

  test('makes edges grey by how much of the pixel is covered', () => {
    const pixels = draw([3, 6.25, 9, 6.25], 2);
    const column = [4, 5, 6, 7, 8].map((row) => pixels[row * SIZE + 6]);
    expect(column).toEqual([0, 0.75, 1, 0.25, 0]);
  });

  test('draws a dot for a line without length', () => {
    expect(sum(draw([6, 6, 6, 6], 4))).toBeCloseTo(Math.PI * 4, -0.5);
  });

  test('widens along the line', () => {
    const pixels = draw([1, 6, 11, 6], 2, [0.5, 3]);
    const column = (x: number) => Array.from({ length: SIZE }, (_, y) => pixels[y * SIZE + x]);
    const thickness = (x: number) => sum(Float64Array.from(column(x)));
    expect(thickness(9)).toBeGreaterThan(2 * thickness(2));
  });

  test('does not darken where lines cross', () => {
    const once = draw([3, 6, 9, 6], 3);
    const twice = draw([3, 6, 9, 6, 3, 6], 3);
    expect(twice).toEqual(once);
  });

  test('ignores what lies outside', () => {
    expect(sum(draw([-9, -9, -5, -5], 2))).toBe(0);
  });
});
