/** Ink in a shadow is as dark as beside it, once brightness is a share of the paper's. */
import { describe, expect, it } from 'vitest';
import type { Grey } from './grey.ts';
import { areSmall, isInkBeside, litBy, litFor, litForAny } from './lit.ts';
import type { Box, PictureReading } from './picture.ts';
import { planeBy } from './testing/draw.ts';

const SIDE = 80;
/** Pixels of the picture to one of the plane. */
const SCALE = 2;
const [PAPER, SHADED, INK] = [200, 90, 0.3];

const isIn = ([left, top, width, height]: Box, x: number, y: number) =>
  SCALE * x >= left && SCALE * x < left + width && SCALE * y >= top && SCALE * y < top + height;
/** Only the outer part of a box is ink, as wide as a stroke. */
const isStroke = (box: Box, x: number, y: number) => {
  const [left, top, width, height] = box;
  return isIn(box, x, y) && !isIn([left + 6, top + 6, width - 12, height - 12], x, y);
};
/** Rings on paper, with a shadow to the right of a slanting line, and some grain. */
function rings(boxes: readonly Box[], { ink = INK, edge = Infinity } = {}): Grey {
  const brightness = (x: number, y: number) => {
    const paper = x + y / 4 > edge ? SHADED : PAPER;
    const share = boxes.some((box) => isStroke(box, x, y)) ? ink : 1;
    return share * paper + ((7 * x + 3 * y) % 5);
  };
  return { plane: planeBy(SIDE, SIDE, brightness), scale: SCALE, isLight: true };
}

const [read, next, far] = [20, 60, 130].map((x): Box => [x, 60, 24, 40]);
const digit = { digit: 0, confidence: 1, probabilities: [], notDigit: 0, image: new Uint8Array(784) };
const reading: PictureReading = { text: '0', digits: [{ ...digit, box: read }], rejected: false };

describe('litBy', () => {
  it('leaves of a shadow nothing, and all ink as dark', () => {
    const boxes = [read, next, far];
    // The edge of the shadow goes through the second.
    const seen = rings(boxes, { edge: 48 });
    const { seen: lit, left, top } = litBy(seen, reading);
    const { plane, scale, isLight } = lit;
    expect({ scale, isLight, left, top }).toEqual({ scale: SCALE, isLight: true, left: 0, top: 0 });
    const values = (isWanted: (x: number, y: number) => boolean) =>
      [...plane.data].filter((_, i) => isWanted(i % SIDE, Math.floor(i / SIDE)));
    const paper = values((x, y) => !boxes.some((box) => isIn(box, x, y)));
    const inks = boxes.map((box) => values((x, y) => isStroke(box, x, y)));
    // The edge's own pixels are between the two.
    const dark = paper.filter((value) => value < 190);
    expect(dark.length).toBeLessThan(0.03 * paper.length);
    for (const ink of inks) {
      expect(ink.length).toBeGreaterThan(100);
      // Where the shadow's edge goes through a stroke, its paper is the darker one.
      const mean = ink.reduce((sum, value) => sum + value, 0) / ink.length;
      expect(mean).toBeGreaterThan(55);
      expect(mean).toBeLessThan(110);
    }
  });
});

describe('litBy, of a large picture', () => {
  const SIZE = 1000;
  const plane = planeBy(SIZE, SIZE, () => PAPER);
  const digitsIn = (...boxes: Box[]): PictureReading => ({
    ...reading,
    digits: boxes.map((box) => ({ ...digit, box })),
  });

  it('is the part of it where a row of such digits may be', () => {
    const { seen, left, top } = litBy({ plane, scale: 3, isLight: true }, digitsIn([1500, 1500, 60, 90]));
    expect(seen.scale).toBe(3);
    expect([left, left + 3 * seen.plane.width].map((x) => Math.abs(x - 1530))).toEqual([948, 948]);
    expect([top, top + 3 * seen.plane.height].map((y) => Math.abs(y - 1545))).toEqual([333, 333]);
  });

  it('is in less detail where they are large', () => {
    const { seen, left, top } = litBy({ plane, scale: 1, isLight: true }, digitsIn([300, 200, 300, 500]));
    expect(seen.scale).toBe(6);
    expect({ left, top, width: seen.plane.width }).toEqual({ left: 0, top: 0, width: 167 });
  });
});

describe('isInkBeside', () => {
  it.each<[string, boolean, Grey]>([
    ['nothing', false, rings([read])],
    ['what may be a digit', true, rings([read, next])],
    ['what may be a digit, in a shadow', true, rings([read, next], { edge: 40 })],
    ['nothing but a shadow', false, rings([read], { edge: 40 })],
    ['a speck', false, rings([read, [70, 80, 6, 6]])],
    ['what is far away', false, rings([read, far])],
    [
      'what is larger than a few digits',
      false,
      rings([read, ...[0, 16, 32, 48].map((x): Box => [56 + x, 50, 14, 60])]),
    ],
    ['light ink', false, rings([read, next], { ink: 1.2 })],
  ])('beside a digit, %s: %s', (_, is, grey) => expect(isInkBeside(grey, reading)).toBe(is));
});

describe('litForAny', () => {
  it('leaves of a shadow nothing, and all ink as dark, of small and of large digits', () => {
    const large: Box = [40, 60, 60, 70];
    const shadowed = [rings([read, next], { edge: 48 }), rings([large], { edge: 30 })];
    for (const [grey, boxes] of [
      [shadowed[0], [read, next]],
      [shadowed[1], [large]],
    ] as const) {
      const lit = [...litForAny(grey)].at(-1)!;
      expect({ scale: lit.scale, isLight: lit.isLight }).toEqual({ scale: SCALE, isLight: true });
      const { data } = lit.plane;
      const isAt = (i: number, is: typeof isIn) =>
        boxes.some((box) => is(box, i % SIDE, Math.floor(i / SIDE)));
      const [paper, ink] = [
        data.filter((_, i) => !isAt(i, isIn)),
        data.filter((_, i) => isAt(i, (box, x, y) => isStroke(box, x, y))),
      ];
      expect(paper.filter((value) => value < 190).length).toBeLessThan(0.04 * paper.length);
      expect(ink.filter((value) => value > 130).length).toBeLessThan(0.08 * ink.length);
    }
  });

  it('takes large planes in less detail', () => {
    const grey = { plane: planeBy(900, 1200, () => PAPER), scale: 2, isLight: true };
    expect([...litForAny(grey)].map(({ plane, scale }) => [plane.width, plane.height, scale])).toEqual([
      [450, 600, 4],
      [225, 300, 8],
    ]);
    expect(litFor(grey).scale).toBe(8);
  });

  it('is for digits of up to four tenths of the picture', () => {
    const grey = rings([read]);
    const of = (box: Box) => areSmall({ ...reading, digits: [{ ...digit, box }] }, grey);
    expect([of([0, 0, 30, 60]), of([0, 0, 60, 30]), of([0, 0, 30, 70]), of([0, 0, 70, 30])]).toEqual([
      ...[true, true, false, false],
    ]);
  });
});
