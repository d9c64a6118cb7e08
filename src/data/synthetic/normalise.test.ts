import { describe, expect, test } from 'vitest';
import { BOX_SIZE, fitToBox, PICTURE_SIZE, placeByMass } from './normalise.ts';
import { drawTraces } from './render.ts';

/** First and last index of a positive value. */
function extent(values: number[]): [number, number] {
  return [values.findIndex((value) => value > 0), values.findLastIndex((value) => value > 0)];
}

describe('fitToBox', () => {
  test.each([
    ['tall', [0, 0, 0.2, 5]],
    ['wide', [-3, 1, 4, 1.5]],
  ])('makes a %s line fill the box along its longer side', (kind, coordinates) => {
    const trace = { line: Float64Array.from(coordinates), widths: Float64Array.of(0.5, 1.5) };
    fitToBox([trace], 4);
    const box = new Float64Array(BOX_SIZE * BOX_SIZE);
    drawTraces(box, BOX_SIZE, [trace], 4, 0.5);
    const rows = Array<number>(BOX_SIZE).fill(0);
    const columns = Array<number>(BOX_SIZE).fill(0);
    box.forEach((ink, i) => {
      rows[Math.floor(i / BOX_SIZE)] += ink;
      columns[i % BOX_SIZE] += ink;
    });
    const [longer, shorter] = kind === 'tall' ? [rows, columns] : [columns, rows];
    expect(extent(longer)).toEqual([0, BOX_SIZE - 1]);
    const [first, last] = extent(shorter);
    expect(last - first).toBeLessThan(10);
  });

  test('keeps the aspect', () => {
    const line = Float64Array.of(0, 0, 3, 4);
    fitToBox([{ line, widths: Float64Array.of(1, 1) }], 2);
    expect((line[2] - line[0]) / (line[3] - line[1])).toBeCloseTo(3 / 4);
    expect(line[3] - line[1]).toBeCloseTo(BOX_SIZE - 2);
  });
});

describe('placeByMass', () => {
  test('puts the centre of mass in the middle', () => {
    const box = new Float64Array(BOX_SIZE * BOX_SIZE);
    box[10 * BOX_SIZE + 7] = 1;
    box[10 * BOX_SIZE + 8] = 0.5;
    const picture = new Uint8Array(PICTURE_SIZE * PICTURE_SIZE);
    placeByMass(box, picture);
    expect(picture[14 * PICTURE_SIZE + 13]).toBe(255);
    expect(picture[14 * PICTURE_SIZE + 14]).toBe(128);
  });

  test('drops what the shift pushes out of the picture', () => {
    const box = new Float64Array(BOX_SIZE * BOX_SIZE);
    box.fill(1, 0, 3 * BOX_SIZE);
    box[BOX_SIZE * BOX_SIZE - 1] = 0.1;
    const picture = new Uint8Array(PICTURE_SIZE * PICTURE_SIZE);
    placeByMass(box, picture);
    expect(picture.filter((value) => value === 255)).toHaveLength(3 * BOX_SIZE);
    expect(picture.filter((value) => value === 26)).toHaveLength(0);
  });
});
