import { describe, expect, it } from 'vitest';
import {
  couldBeSheet,
  isCutOff,
  isFilling,
  isPassingStroke,
  seen,
  wholeOf,
  withoutEdges,
} from './passing.ts';
import type { Box, PictureReading, ReadDigit } from './picture.ts';

function reading(
  text: string,
  confidence: number,
  [box]: readonly Box[],
  image: Uint8Array = new Uint8Array(784),
): PictureReading {
  const digit: ReadDigit = {
    ...{ digit: Number(text), confidence, notDigit: 0, box, image },
    probabilities: Array.from({ length: 10 }, (_, own) => (own === Number(text) ? confidence : 0)),
  };
  return { text, digits: [digit], rejected: false };
}
function rowOf(text: string, boxes: readonly Box[]): PictureReading {
  const digits = [...text.replaceAll('\n', '')].map((name, i) => reading(name, 0.99, [boxes[i]]).digits[0]);
  return { text, digits, rejected: false };
}
const rejected: PictureReading = { text: '', digits: [], rejected: 'Nothing looks like a digit.' };

/** A picture of 28×28 with straight lines from x, y to x, y. */
function withLines(...lines: readonly (readonly [number, number, number, number])[]): Uint8Array {
  const image: Uint8Array = new Uint8Array(784);
  for (const [x, y, toX, toY] of lines) {
    for (let i = 0; i <= 40; i++) {
      const column = Math.round(x + ((toX - x) * i) / 40);
      image[Math.round(y + ((toY - y) * i) / 40) * 28 + column] = 255;
    }
  }
  return image;
}

describe('isPassingStroke', () => {
  const box: Box = [50, 20, 10, 80];
  const one = reading('1', 0.998, [box]);
  const moved = reading('1', 0.998, [[10, 0, 90, 300]]);
  const looks = (...readings: PictureReading[]) =>
    readings.map((own, i) => ({ reading: own, scale: 1 + 2 * i }));
  const flagged = reading('1', 0.84, [box], withLines([8, 10, 14, 4], [14, 4, 14, 24]));
  const leaning = reading('1', 0.99, [box], withLines([8, 24, 20, 4]));
  it.each<[string, boolean, PictureReading, PictureReading[]]>([
    ['a 1 that is there in every look', false, one, [one, one, one]],
    ['a 1 that one of two others sees', false, one, [one, rejected, one]],
    ['a 1 that none of two others sees', true, one, [one, rejected, rejected]],
    ['squares and folds', true, { ...one, text: '1\n11' }, [one, one]],
    ['a row of ones', false, { ...one, text: '11' }, [one, one]],
    ['what is elsewhere in the next look', true, one, [one, moved]],
    ['another digit', false, reading('7', 0.99, [box]), [reading('7', 0.99, [box]), rejected]],
    ['a 1 that is too small from afar', false, reading('1', 1, [[5, 5, 4, 20]]), [one, rejected]],
    ['a thin 1 with a flag, that only one look sees', false, flagged, [flagged, rejected]],
    ['a straight one that leans', true, leaning, [leaning, rejected]],
    ['a 1 in the only look there is', false, one, [one]],
  ])('%s: %s', (_, is, best, readings) => expect(isPassingStroke(best, looks(...readings))).toBe(is));
});

const picture = { width: 304, height: 228 };
const sheet = reading('1', 0.999, [[20, 0, 102, 228]]);
const written = reading('4', 0.97, [[157, 124, 55, 86]]);

describe('isCutOff', () => {
  it.each<[string, boolean, string, Box]>([
    ['a sheet from top to bottom', true, '1', [20, 0, 102, 228]],
    ['a table from left to right', true, '1', [1, 90, 302, 20]],
    ['the corner of a sheet', true, '7', [0, 65, 200, 163]],
    ['a digit that begins at one edge', false, '1', [20, 0, 102, 216]],
    ['a digit inside', false, '7', [20, 20, 102, 150]],
  ])('%s: %s', (_, is, text, box) => expect(isCutOff(reading(text, 0.99, [box]), picture)).toBe(is));
});

describe('isFilling', () => {
  it.each<[string, boolean, PictureReading]>([
    ['a digit as large as the picture', true, reading('4', 0.995, [[4, 0, 296, 226]])],
    ['an unsure one', false, reading('4', 0.97, [[4, 0, 296, 226]])],
    ['one with paper beside it', false, reading('4', 0.995, [[40, 0, 200, 226]])],
    ['nothing', false, rejected],
  ])('%s: %s', (_, is, own) => expect(isFilling(own, picture)).toBe(is));
});

describe('wholeOf', () => {
  const unsure = reading('4', 0.9, [[157, 124, 55, 86]]);
  it.each<[string, PictureReading, PictureReading, PictureReading | undefined]>([
    ['prefers what is whole to what is cut off', sheet, written, written],
    ['in whatever order', written, sheet, written],
    ['unless it is unsure', sheet, unsure, undefined],
    ['or rejected', sheet, rejected, undefined],
    [
      'or a stroke',
      reading('6', 0.97, [[0, 0, 300, 228]]),
      reading('1', 0.999, [[40, 20, 10, 90]]),
      undefined,
    ],
    ['says nothing of two that are whole', written, unsure, undefined],
    ['and of two that are not', sheet, sheet, undefined],
  ])('%s', (_, one, other, whole) => expect(wholeOf(one, other, picture)).toBe(whole));
});

describe('seen', () => {
  const one = reading('1', 0.998, [[100, 60, 20, 90]]);
  const again = reading('1', 0.999, [[98, 58, 24, 96]]);
  const elsewhere = reading('1', 0.999, [[200, 60, 20, 90]]);
  const unsure = reading('1', 0.98, [[100, 60, 20, 90]]);
  it.each<[string, 'twice' | 'thrice', PictureReading[], PictureReading | undefined]>([
    ['a 1 that two looks see', 'twice', [rejected, one, again], one],
    ['none that one sees', 'twice', [rejected, rejected, one], undefined],
    ['none in two places', 'twice', [rejected, one, elsewhere], undefined],
    ['none of which one is unsure', 'twice', [rejected, one, unsure], undefined],
    ['none that the edge cuts off', 'twice', [rejected, sheet, sheet], undefined],
    ['no other digit', 'twice', [rejected, written, written], undefined],
    ['a less sure one that three see', 'thrice', [elsewhere, unsure, again, one], unsure],
    ['none of three that two see', 'thrice', [one, again, elsewhere], undefined],
  ])('%s', (_, often, readings, stroke) => {
    const looks = readings.map((own, i) => ({ reading: own, scale: i + 1 }));
    expect(seen(often, looks, picture)).toBe(stroke);
  });
});

describe('withoutEdges', () => {
  const row: Box[] = [20, 60, 100, 140].map((left) => [left, 100, 30, 40]);
  it.each<[string, string, string, Box[]]>([
    ['a thumb below a row', '4823\n1', '4823', [...row, [60, 190, 20, 38]]],
    ['and above it', '1\n4823', '4823', [[60, 0, 20, 38], ...row]],
    ['the end of a sheet', '14823', '4823', [[0, 110, 4, 20], ...row]],
    ['no 1 as high as the others', '14823', '14823', [[0, 100, 4, 38], ...row]],
    ['no 1 inside', '4823\n1', '4823\n1', [...row, [60, 180, 20, 38]]],
    ['no other digit', '4823\n7', '4823\n7', [...row, [60, 190, 20, 38]]],
    ['nothing beside few digits', '48\n1', '48\n1', [row[0], row[1], [60, 190, 20, 38]]],
    ['no two 1s', '4823\n11', '4823\n11', [...row, [60, 190, 20, 38], [90, 190, 20, 38]]],
  ])('drops %s', (_, text, left, boxes) => {
    const dropped = withoutEdges(rowOf(text, boxes), picture);
    expect(dropped.text).toBe(left);
    expect(dropped.digits.map(({ digit }) => digit).join('')).toBe(left.replaceAll('\n', ''));
  });

  it('leaves alone what was turned away', () => {
    expect(withoutEdges(rejected, picture)).toBe(rejected);
  });
});

describe('couldBeSheet', () => {
  const row: Box[] = [
    [50, 12, 28, 38],
    [90, 8, 30, 44],
    [130, 10, 28, 40],
  ];
  it.each<[string, boolean, string, Box]>([
    ['a stroke beside two', true, '147', [10, 10, 8, 40]],
    ['a stroke of a row', false, '1847', [10, 10, 8, 40]],
    ['a 0 of a row', false, '0847', [10, 10, 30, 40]],
    ['a stroke much higher than a row', true, '1847', [10, 0, 8, 90]],
    ['and one much lower', true, '1847', [10, 10, 8, 20]],
    ['a ring that is alone', true, '0', [10, 10, 30, 40]],
    ['a 7', false, '7', [10, 10, 30, 40]],
  ])('%s: %s', (_, is, text, box) => {
    const own = rowOf(text, [box, ...row]);
    expect(couldBeSheet(own.digits[0], own)).toBe(is);
  });
});
