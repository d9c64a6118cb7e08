import { describe, expect, test } from 'vitest';
import { Purpose, RandomStream } from '../../../kernels/random/reference.ts';
import { drawGlyph } from './glyphs.ts';

/** How a glyph is built, such as `2+1`: the number of runs of each stroke. */
function structures(digit: number): Set<string> {
  const found = new Set<string>();
  for (let i = 0; i < 300; i++) {
    const strokes = drawGlyph(digit, new RandomStream(3, Purpose.synthetic, i), 0);
    found.add(strokes.map((runs) => runs.length).join('+'));
  }
  return found;
}

describe('drawGlyph', () => {
  test.each([
    [1, 'plain', '1'],
    [1, 'with a flag', '2'],
    [1, 'with flag and foot', '2+1'],
    [2, 'round or looped', '1'],
    [2, 'with a corner', '2'],
    [3, 'with a flat head', '3'],
    [3, 'with a cusp', '2'],
    [4, 'with a round hook', '1+1'],
    [4, 'with corners', '2+1'],
    [5, 'smooth like an S', '1'],
    [5, 'in one go', '3'],
    [5, 'with its bar apart', '2+1'],
    [7, 'sharp', '2'],
    [7, 'round', '1'],
    [7, 'with a serif', '3'],
    [7, 'with a crossing bar', '2+1'],
    [8, 'in one stroke', '1'],
    [8, 'as two rings', '1+1'],
    [9, 'in one sweep', '1'],
    [9, 'with a corner', '2'],
  ])('writes a %i %s', (digit, _variant, structure) => {
    expect(structures(digit)).toContain(structure);
  });

  test('joins runs and keeps every digit near its place', () => {
    for (let digit = 0; digit < 10; digit++) {
      for (let i = 0; i < 200; i++) {
        for (const stroke of drawGlyph(digit, new RandomStream(4, Purpose.synthetic, i), 0)) {
          stroke.forEach((run, r) => {
            if (r > 0) expect(run[0]).toEqual(stroke[r - 1].at(-1));
            for (const [x, y] of run) {
              expect(Math.abs(x - 0.3)).toBeLessThan(1);
              expect(Math.abs(y - 0.5)).toBeLessThan(0.75);
            }
          });
        }
      }
    }
  });
});
