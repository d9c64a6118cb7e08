import { describe, expect, it } from 'vitest';
import { isCutOff, isFilling, isPassingStroke, seenTwice, wholeOf } from './passing.ts';
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

describe('seenTwice', () => {
  const one = reading('1', 0.998, [[100, 60, 20, 90]]);
  const again = reading('1', 0.999, [[98, 58, 24, 96]]);
  const elsewhere = reading('1', 0.999, [[200, 60, 20, 90]]);
  const unsure = reading('1', 0.9, [[100, 60, 20, 90]]);
  it.each<[string, PictureReading[], PictureReading | undefined]>([
    ['a 1 that two looks see', [rejected, one, again], one],
    ['none that one sees', [rejected, rejected, one], undefined],
    ['none in two places', [rejected, one, elsewhere], undefined],
    ['none of which one is unsure', [rejected, one, unsure], undefined],
    ['none that the edge cuts off', [rejected, sheet, sheet], undefined],
    ['no other digit', [rejected, written, written], undefined],
  ])('%s', (_, readings, stroke) => {
    expect(
      seenTwice(
        readings.map((own, i) => ({ reading: own, scale: i + 1 })),
        picture,
      ),
    ).toBe(stroke);
  });
});
