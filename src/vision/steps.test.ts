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

  /** A sheet's lower left corner: paper above and to the right of ink that is bent there, or a stroke as bent. */
  it.each<[string, boolean, number]>([
    ['the bent rim of a sheet', true, 60],
    ['a bent stroke', false, 220],
  ])('%s: %s', (_, is, outside) => {
    const isBent = (x: number, y: number) => x >= 20 && y < 44 && y >= 6 && x < 56 && (x < 24 || y >= 40);
    const bent = planeBy(SIZE, SIZE, (x, y) => (isBent(x, y) ? 1 : 0));
    const isSheet = (x: number, y: number) => x >= 24 && y < 40;
    const plane = planeBy(SIZE, SIZE, (x, y) => (isBent(x, y) ? 40 : isSheet(x, y) ? 220 : outside));
    expect(judged(plane, bent)).toBe(is);
  });

  it('is a band however ragged, and no stroke between others, of whose paper nothing is seen', () => {
    const isBand = (x: number, y: number) =>
      isInk(x, y) || (y % 16 === 0 && x > 22 && x < 44 && y >= 10 && y < 50);
    const ragged = planeBy(SIZE, SIZE, (x, y) => (isBand(x, y) ? 1 : 0));
    expect(judged(grey(220, 60), ragged)).toBe(true);
    // Thick strokes close by, the ink to the left a little fainter than that to the right.
    const shade = (x: number) => (x < 22 ? 70 : x < 26 ? 220 : x < 34 ? 40 : x < 38 ? 220 : 30);
    const isThick = (x: number, y: number) => y >= 10 && y < 50 && shade(x) < 100;
    const three = planeBy(SIZE, SIZE, (x, y) => (isThick(x, y) ? 1 : 0));
    const labelled = findComponents(three);
    const middle = labelled.components.find(({ left }) => left === 26)!;
    const plane = planeBy(SIZE, SIZE, (x, y) => (isThick(x, y) ? shade(x) : 220));
    expect(isStep(middle, plane, labelled, true)).toBe(false);
  });

  it('is nothing compact, and nothing at the edge of the picture', () => {
    const blot = planeBy(SIZE, SIZE, (x, y) => (x >= 30 && x < 42 && y >= 20 && y < 32 ? 1 : 0));
    expect(judged(grey(220, 60), blot)).toBe(false);
    const atEdge = planeBy(SIZE, SIZE, (x, y) => (x < 4 && y >= 10 && y < 50 ? 1 : 0));
    expect(judged(grey(60, 220), atEdge)).toBe(false);
  });
});
