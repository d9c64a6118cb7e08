/**
 * What looks like a digit, mostly like a 1, and was not written: the edge of a table, of a sheet, of a shadow.
 */
import { DIGIT_NAMES } from '../data/dataset.ts';
import type { Section } from './find.ts';
import { surenessOf } from './judge.ts';
import { areaOf, isStrokes, MOSTLY, overlapOf } from './looks.ts';
import { DIGIT_SIZE } from './normalise.ts';
import type { Box, Picture, PictureReading, ReadDigit } from './picture.ts';
import { SURE_FROM_AFAR } from './settings.ts';
import { colourAt, distanceOf, lightOf } from './surroundings.ts';

/** What was read in one look, and pixels of the picture to one of its own. */
export interface Look {
  reading: PictureReading;
  scale: number;
}

/** A stroke is seen in looks in which it is as many pixels long. */
const VISIBLE = 14;

/** Lines of nothing but 1s: so look the squares and the folds of paper. */
const LINES_OF_ONES = /^1+(\n1+)+$/;

/**
 * Whether all that was read is a straight 1 that is not there in most of the other looks: a 1 that was written can be seen
 * from near and from afar, and what else looks like a stroke seldom is one twice. Or lines of nothing but 1s.
 */
export function isPassingStroke({ text, digits, rejected }: PictureReading, looks: readonly Look[]): boolean {
  if (rejected === false && LINES_OF_ONES.test(text)) return true;
  if (rejected !== false || digits.length !== 1 || digits[0].digit !== 1 || !isStraight(digits[0].image))
    return false;
  const [{ box }] = digits;
  const able = looks.filter(({ scale }) => Math.max(box[2], box[3]) >= VISIBLE * scale);
  const seeing = able.filter(
    ({ reading }) =>
      reading.rejected === false &&
      reading.digits.some((other) => other.digit === 1 && isSamePlace(other.box, box)),
  );
  // The look that it was read in sees it.
  return able.length > 1 && 2 * (seeing.length - 1) < able.length - 1;
}

function isSamePlace(one: Box, other: Box): boolean {
  const ratio = areaOf(one) / areaOf(other);
  return overlapOf(one, other) > MOSTLY && Math.max(ratio, 1 / ratio) < SAME_SIZE;
}

/** The box of one stroke from near and from afar differs by less than this factor. */
const SAME_SIZE = 2.5;

/** Pixels of 28 that a straight stroke deviates from its axis, as a root of the mean square; one with a flag 1.5 or more. */
const STRAIGHT = 1.3;

/** Whether what is in a picture of 28×28 is one straight line, however it leans. */
function isStraight(image: Uint8Array): boolean {
  let [mass, x, y, xx, xy, yy] = [0, 0, 0, 0, 0, 0];
  for (const [i, ink] of image.entries()) {
    const column = i % DIGIT_SIZE;
    const row = Math.floor(i / DIGIT_SIZE);
    mass += ink;
    x += ink * column;
    y += ink * row;
    xx += ink * column * column;
    xy += ink * column * row;
    yy += ink * row * row;
  }
  if (mass === 0) return true;
  const [meanX, meanY] = [x / mass, y / mass];
  const across = xx / mass - meanX * meanX;
  const down = yy / mass - meanY * meanY;
  const both = xy / mass - meanX * meanY;
  // The smaller eigenvalue of the covariance is the variance across the axis.
  const least = (across + down) / 2 - Math.hypot((across - down) / 2, both);
  return least < STRAIGHT * STRAIGHT;
}

interface Size {
  width: number;
  height: number;
}

/** Boxes reach the edge of a picture that are so near to it, as a share of its side. */
const NEAR_EDGE = 0.01;

/**
 * Whether all that was read is one digit that reaches two edges of the picture: a digit that fills it, or a sheet, a table or a
 * shadow that is cut off there.
 */
export function isCutOff({ digits, rejected }: PictureReading, { width, height }: Size): boolean {
  if (rejected !== false || digits.length !== 1) return false;
  const [left, top, across, down] = digits[0].box;
  const reached = [
    left <= NEAR_EDGE * width,
    top <= NEAR_EDGE * height,
    left + across >= (1 - NEAR_EDGE) * width,
    top + down >= (1 - NEAR_EDGE) * height,
  ];
  return reached.filter((is) => is).length > 1;
}

/** A digit that was cut out reaches all edges, but for so much of a side, */
const NEARLY = 0.05;
/** and is as sure as this: doodles fill pictures too. */
const SURE_FILLING = 0.99;

/** Whether all that was read is surely one digit as large as the picture. */
export function isFilling({ digits, rejected }: PictureReading, { width, height }: Size): boolean {
  if (rejected !== false || digits.length !== 1 || surenessOf(digits) < SURE_FILLING) return false;
  const [left, top, across, down] = digits[0].box;
  const [right, bottom] = [width - left - across, height - top - down];
  return Math.max(left, right) < NEARLY * width && Math.max(top, bottom) < NEARLY * height;
}

/**
 * Of two readings the one that is sure and not cut off, where the other is cut off; undefined where that tells nothing. A
 * stroke is whole where it is but a part of a digit that fills the picture.
 */
export function wholeOf(
  one: PictureReading,
  other: PictureReading,
  picture: Size,
): PictureReading | undefined {
  const isWhole = (reading: PictureReading) =>
    reading.rejected === false &&
    !isStrokes(reading) &&
    !isCutOff(reading, picture) &&
    surenessOf(reading.digits) >= SURE_FROM_AFAR;
  if (isCutOff(one, picture) && isWhole(other)) return other;
  return isCutOff(other, picture) && isWhole(one) ? one : undefined;
}

/** A stroke that so many looks see is believed if all of them are as sure as this. */
const SURE_SEEN = { twice: 0.99, thrice: 0.97 };

/**
 * A 1 that two or three looks see in the same place, and that no edge of the picture cuts off: one that was written, though
 * from nearer there was something else to see, or nothing.
 */
export function seen(
  often: keyof typeof SURE_SEEN,
  looks: readonly Look[],
  { width, height }: Size,
): PictureReading | undefined {
  const ones = looks
    .map(({ reading }) => reading)
    .filter(
      ({ rejected, digits }) =>
        rejected === false &&
        digits.length === 1 &&
        digits[0].digit === 1 &&
        surenessOf(digits) >= SURE_SEEN[often],
    );
  const times = often === 'twice' ? 2 : 3;
  return ones.find(({ digits: [{ box }] }) => {
    const [left, top, across, down] = box;
    const isInside = left > 0 && top > 0 && left + across < width && top + down < height;
    return isInside && ones.filter(({ digits: [other] }) => isSamePlace(other.box, box)).length >= times;
  });
}

/** A line of so many digits shows how high those beside it are. */
const ENOUGH = 3;
/** A stroke at the edge of the picture is no 1 of a line if it is lower than this share of its digits. */
const LOW = 0.7;

/**
 * A row without the strokes at the picture's edge that are no part of it: a thumb below it, which is a 1 on a line of its
 * own, and the end of a sheet beside it, which is a 1 that is too low.
 */
export function withoutEdges(reading: PictureReading, { width, height }: Size): PictureReading {
  const lines = linesOf(reading);
  if (reading.rejected !== false || lines.every(({ length }) => length < ENOUGH)) return reading;
  const isAtEdge = ([left, top, across, down]: Box) =>
    left <= 0 || top <= 0 || left + across >= width || top + down >= height;
  const kept = lines.map((line) =>
    line.filter(({ digit, box }) => {
      if (digit !== 1 || !isAtEdge(box)) return true;
      if (line.length === 1) return false;
      const others = line.filter((other) => other.box !== box);
      const mean = others.reduce((sum, other) => sum + other.box[3], 0) / others.length;
      return others.length < ENOUGH || box[3] >= LOW * mean;
    }),
  );
  return withLines(reading, kept);
}

/** Digits of a row are as high as the others up to this much more or less, as a logarithm. */
const AS_HIGH = 0.5;

/**
 * Whether a digit that was read may be the edge of a sheet, or all of it: a 1 or a 0, but for one that is about as high as the
 * others of a row.
 */
export function couldBeSheet(one: ReadDigit, { digits }: PictureReading): boolean {
  if (one.digit > 1) return false;
  const heights = digits.filter((other) => other !== one).map(({ box }) => box[3]);
  if (heights.length < ENOUGH) return true;
  const usual = heights.sort((a, b) => a - b)[heights.length >> 1];
  return Math.abs(Math.log2(one.box[3] / usual)) > AS_HIGH;
}

/** A digit, and where to look beside its stroke if it may be a rim. */
export interface StrokeDigit extends ReadDigit {
  sections?: readonly Section[];
}

/** The sides of a rim differ by this share of what ink differs from them, and by so many shades at least, of 255 of each channel, */
const UNLIKE = 0.4;
const LEAST_UNLIKE = 5;
/** in this share of its sections, the same side being the lighter one. */
const MOST_SECTIONS = 0.85;

/** Too few sections tell nothing. */
const FEWEST_SECTIONS = 6;

/** The reading without the rims at either end of its lines, but for one that is all rims; and without any sections. */
export function withoutRims(reading: PictureReading, picture: Picture): PictureReading {
  const written = reading.rejected === false ? withoutRimsOf(reading, picture) : reading;
  return { ...written, digits: written.digits.map(({ sections: _, ...digit }: StrokeDigit) => digit) };
}

function withoutRimsOf(reading: PictureReading, picture: Picture): PictureReading {
  if (reading.digits.length < 2) return reading;
  const isWritten = (digit: ReadDigit) => !isRim(digit, picture);
  const kept = linesOf(reading).map((line) => {
    const first = line.findIndex(isWritten);
    return first < 0 ? [] : line.slice(first, 1 + line.findLastIndex(isWritten));
  });
  const count = kept.flat().length;
  return count === 0 || count === reading.digits.length ? reading : withLines(reading, kept);
}

/**
 * Whether a stroke is the rim of a sheet or of a table: a stroke has the same paper on both of its sides, and a rim has a desk on
 * one of them.
 */
function isRim({ sections = [], box: [left, top] }: StrokeDigit, picture: Picture): boolean {
  let [seen, lighterBefore, lighterBehind] = [0, 0, 0];
  for (const section of sections) {
    const [before, ink, behind] = section.map(([x, y]) => colourAt(picture, left + x, top + y));
    if (!before || !ink || !behind) continue;
    seen++;
    const contrast = Math.max(distanceOf(before, ink), distanceOf(behind, ink));
    if (distanceOf(before, behind) < Math.max(LEAST_UNLIKE, UNLIKE * contrast)) continue;
    if (lightOf(before) > lightOf(behind)) lighterBefore++;
    else lighterBehind++;
  }
  return seen >= FEWEST_SECTIONS && Math.max(lighterBefore, lighterBehind) >= MOST_SECTIONS * seen;
}

/** The digits of each line of the text. */
function linesOf({ text, digits }: PictureReading): ReadDigit[][] {
  let at = 0;
  return text.split('\n').map(({ length }) => {
    at += length;
    return digits.slice(at - length, at);
  });
}

/** The reading with these digits alone, line by line; lines without any are left out. */
function withLines(reading: PictureReading, lines: readonly ReadDigit[][]): PictureReading {
  const written = lines.filter(({ length }) => length > 0);
  const text = written.map((line) => line.map(({ digit }) => DIGIT_NAMES[digit]).join('')).join('\n');
  return { ...reading, digits: written.flat(), text };
}
