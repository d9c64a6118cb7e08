/**
 * Strokes that look like a 1 and were not written: the edge of a table, of a sheet, of a shadow.
 */
import { areaOf, MOSTLY, overlapOf } from './looks.ts';
import { DIGIT_SIZE } from './normalise.ts';
import type { Box, PictureReading } from './picture.ts';

/** What was read in one look, and pixels of the picture to one of its own. */
export interface Look {
  reading: PictureReading;
  scale: number;
}

/** A stroke is seen in looks in which it is as many pixels long. */
const VISIBLE = 14;

/**
 * Whether all that was read is a straight 1 that is not there in half of the other looks: a 1 that was written can be seen from near and from
 * afar, and what else looks like a stroke seldom is one twice.
 */
export function isPassingStroke({ digits, rejected }: PictureReading, looks: readonly Look[]): boolean {
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
  return able.length > 1 && 2 * (seeing.length - 1) <= able.length - 1;
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

/** Boxes reach the edge of a picture that are so near to it, as a share of its side. */
const NEAR_EDGE = 0.01;

/** Whether all that was read is a 1 from one edge of the picture to the opposite one, as a sheet or a table makes it. */
export function isSpanningStroke(
  { digits, rejected }: PictureReading,
  { width, height }: { width: number; height: number },
): boolean {
  if (rejected !== false || digits.length !== 1 || digits[0].digit !== 1) return false;
  const [left, top, across, down] = digits[0].box;
  const spans = (begin: number, length: number, side: number) =>
    begin <= NEAR_EDGE * side && begin + length >= (1 - NEAR_EDGE) * side;
  return spans(left, across, width) || spans(top, down, height);
}
