/** A step in brightness is told from a stroke. */
import { describe, expect, it } from 'vitest';
import { findComponents } from './components.ts';
import { type Plane, transposed } from './plane.ts';
import { isStep } from './steps.ts';
import { planeBy } from './testing/draw.ts';

const SIZE = 60;
/** Ink from column 30 to 33, from row 10 to 50, `left` of it and `right` of it paper of some brightness. */
const grey = (left: number, right: number, ink = 40) =>
  planeBy(SIZE, SIZE, (x, y) => (isInk(x, y) ? ink : x < 32 ? left : right));
const isInk = (x: number, y: number) => x >= 30 && x < 34 && y >= 10 && y < 50;
const mask = planeBy(SIZE, SIZE, (x, y) => (isInk(x, y) ? 1 : 0));

function judged(plane: Plane, ink = mask, isDark = true): boolean {
  const labelled = findComponents(ink);
  return isStep(labelled.components[0], plane, labelled, isDark);
}

describe('isStep', () => {
  it.each<[string, boolean, Plane, boolean]>([
    ['a stroke on paper', false, grey(220, 220), true],
    ['a stroke at the edge of a shadow', false, grey(220, 130), true],
    ['the rim of a sheet on a dark table', true, grey(220, 60), true],
    ['chalk on a board', false, grey(30, 30, 200), false],
    ['the rim of a board on a light wall', true, grey(30, 190, 200), false],
  ])('%s: %s', (_, is, plane, isDark) => {
    expect(judged(plane, mask, isDark)).toBe(is);
    expect(judged(transposed(plane), transposed(mask), isDark)).toBe(is);
  });

  it('is nothing compact, and nothing at the edge of the picture', () => {
    const blot = planeBy(SIZE, SIZE, (x, y) => (x >= 30 && x < 42 && y >= 20 && y < 32 ? 1 : 0));
    expect(judged(grey(220, 60), blot)).toBe(false);
    const atEdge = planeBy(SIZE, SIZE, (x, y) => (x < 4 && y >= 10 && y < 50 ? 1 : 0));
    expect(judged(grey(60, 220), atEdge)).toBe(false);
  });
});
