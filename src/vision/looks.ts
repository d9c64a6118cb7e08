/**
 * A large picture is read from near and from afar. From afar a blurred or fat stroke is a thin one with sharp edges, and the
 * grain and the ruling of the paper are gone; from near digits that touch can be told apart. Which of the looks to believe
 * is what the network says of each.
 */
import { averageCells } from './cells.ts';
import type { Grey } from './grey.ts';
import { leastSurenessOf, sureness, surenessOf } from './judge.ts';
import type { Box, PictureReading, ReadDigit } from './picture.ts';
import { BEYOND_DOUBT, CLEARLY_SURER, ROW, SIDES_FROM_AFAR, SURE_FROM_AFAR } from './settings.ts';

/** The planes of a picture to read: itself, and what it is from further and further away. */
export function looksAt(grey: Grey): Grey[] {
  const { plane, scale, isLight } = grey;
  const shorter = Math.min(plane.width, plane.height);
  const cells = SIDES_FROM_AFAR.map((side) => Math.round(shorter / side)).filter((cell) => cell > 1);
  const further = [...new Set(cells)].map((cell) => ({
    plane: averageCells(plane, cell),
    scale: scale * cell,
    isLight,
  }));
  return [grey, ...further];
}

/** Of two readings of a picture the one to believe, the second being from further away. */
export function surer(near: PictureReading, far: PictureReading): PictureReading {
  if (far.rejected !== false) return near;
  if (isFuller(far, near)) return far;
  if (isFuller(near, far)) return near;
  const surenessFar = surenessOf(far.digits);
  if (near.rejected === false && near.digits.length < ROW) {
    if (isMore(far, near)) return far;
    if (isMore(near, far)) return near;
  }
  // What is written small is lost from afar, where something else looks like a stroke.
  if (near.rejected === false && isStrokes(far) !== isStrokes(near) && areApart(near, far)) {
    if (isStrokes(far)) return near;
    // And from near an edge looks like one, where from afar nothing does.
    if (surenessFar >= SURE_BESIDE) return far;
  }
  if (near.rejected !== false) return surenessFar >= SURE_FROM_AFAR && !isStrokes(far) ? far : near;
  if (near.digits.length >= ROW && leastSurenessOf(near.digits) >= BEYOND_DOUBT) return near;
  if (far.digits.length >= near.digits.length) return surenessFar > surenessOf(near.digits) ? far : near;
  // Small digits are lost from afar: of a row of them none may be, nor one that is sure.
  if (near.digits.length >= ROW || isSureBeside(near, far)) return near;
  return surenessFar > surenessOf(near.digits) + CLEARLY_SURER ? far : near;
}

/**
 * Whether two looks see the same, but the first sees it better: a whole digit where the other sees a part of it, or the
 * same digits without strokes that the other sees and that are large enough to be seen in both. The edge of a table or of a
 * shadow is a 1 in one look, and nothing in the next.
 */
function isMore({ digits: better }: PictureReading, { digits: worse }: PictureReading): boolean {
  if (better.length === 1 && worse.length === 1) {
    const isPart = overlapOf(better[0].box, worse[0].box) > MOSTLY;
    const isLarger = areaOf(better[0].box) > LARGER * areaOf(worse[0].box);
    return isPart && isLarger && surenessOf(better) >= SURE_WHOLE;
  }
  if (worse.length <= better.length || surenessOf(better) < SURE_BESIDE) return false;
  const heights = better.map(({ box }) => box[3]);
  const lowest = TALL_ENOUGH * Math.min(...heights);
  const beyond = worse.filter(({ box }) => better.every((other) => overlapOf(box, other.box) === 0));
  const areStrokes = beyond.every(({ digit, box }) => digit === 1 && box[3] >= lowest);
  const areAlike = better.every((one) =>
    worse.some(({ digit, box }) => digit === one.digit && overlapOf(box, one.box) > MOSTLY),
  );
  return areStrokes && areAlike && worse.length - beyond.length === better.length;
}

/**
 * Whether a reading sees all that another does, and beside it digits that are as large and at least this sure: a shadow that
 * touches a digit hides it in one look, and not in the next.
 */
export function isFuller(
  full: PictureReading,
  { digits: fewer, rejected }: PictureReading,
  least = SURE_BESIDE,
): boolean {
  if (full.rejected !== false || rejected !== false || full.digits.length <= fewer.length) return false;
  const beyond = full.digits.filter(({ box }) => fewer.every((other) => overlapOf(box, other.box) === 0));
  if (beyond.length + fewer.length !== full.digits.length) return false;
  const areAlike = fewer.every((one) =>
    full.digits.some(({ digit, box }) => digit === one.digit && overlapOf(box, one.box) > MOSTLY),
  );
  const height = fewer.reduce((sum, { box }) => sum + box[3], 0) / fewer.length;
  const areDigits = beyond.every(
    (one) =>
      one.digit !== 1 && sureness(one) >= least && Math.abs(Math.log2(one.box[3] / height)) <= AS_LARGE,
  );
  return areAlike && areDigits;
}

/** Whether a reading has a digit wherever there is one of some. */
export function areSeen(some: readonly ReadDigit[], { digits }: PictureReading): boolean {
  return some.every(({ box }) => digits.some((own) => overlapOf(box, own.box) > MOSTLY));
}

/** Whether one reading has a digit that surely is one, and no mere stroke, where the other sees nothing. */
function isSureBeside({ digits }: PictureReading, { digits: others }: PictureReading): boolean {
  return digits.some(
    (one) =>
      one.digit !== 1 &&
      sureness(one) >= BEYOND_DOUBT &&
      others.every(({ box }) => overlapOf(box, one.box) === 0),
  );
}

/** Whether a reading has a digit without a doubt wherever another has one at all, and no mere stroke beside them. */
export function isBeyondDoubt(one: PictureReading, { digits: others }: PictureReading): boolean {
  return (
    one.rejected === false &&
    leastSurenessOf(one.digits) >= BEYOND_DOUBT &&
    areSeen(others, one) &&
    one.digits.every(({ digit, box }) => digit !== 1 || others.some((other) => overlapOf(box, other.box) > 0))
  );
}

/** Whether no digit of one reading touches one of the other. */
export function areApart({ digits: some }: PictureReading, { digits: others }: PictureReading): boolean {
  return some.every(({ box }) => others.every((other) => overlapOf(box, other.box) === 0));
}

/** Boxes are in the same place if they share this much of the smaller one. */
export const MOSTLY = 0.6;
/** A digit has this many times the area of what is but a part of it, */
const LARGER = 1.4;
/** and is as sure as this. */
const SURE_WHOLE = 0.9;
/** What is no stroke is believed, beside what is one in another look, if it is as sure as this. */
const SURE_BESIDE = 0.9;
/** Digits are as large as others from half to twice their height, as a logarithm. */
const AS_LARGE = 1;
/** Strokes are seen in any look that sees digits if they are this share of their height. */
const TALL_ENOUGH = 0.5;

/** What two boxes share, as a share of the smaller. */
export function overlapOf(one: Box, other: Box): number {
  const across = Math.min(one[0] + one[2], other[0] + other[2]) - Math.max(one[0], other[0]);
  const down = Math.min(one[1] + one[3], other[1] + other[3]) - Math.max(one[1], other[1]);
  if (across <= 0 || down <= 0) return 0;
  return (across * down) / Math.min(areaOf(one), areaOf(other));
}

export function areaOf([, , width, height]: Box): number {
  return width * height;
}

/** Whether a picture that looks like one digit as it is, is read better after all by looking for digits in it. */
export function isClearer(found: PictureReading, asItIs: PictureReading): boolean {
  return (
    found.rejected === false &&
    found.digits.length === 1 &&
    surenessOf(found.digits) > surenessOf(asItIs.digits)
  );
}

/** Whether it is all ones: much is a stroke from afar. */
export function isStrokes({ digits }: PictureReading): boolean {
  return digits.every(({ digit }) => digit === 1);
}

/** What was found of something is most of it if it is this share of its width, and of its height. */
const MOST_OF = 0.85;

/** Whether digits together are about as wide as something, and as high. */
export function isMostOf(digits: readonly ReadDigit[], [, , width, height]: Box): boolean {
  const boxes = digits.map(({ box }) => box);
  const left = Math.min(...boxes.map(([x]) => x));
  const top = Math.min(...boxes.map(([, y]) => y));
  const right = Math.max(...boxes.map(([x, , across]) => x + across));
  const bottom = Math.max(...boxes.map(([, y, , down]) => y + down));
  return right - left >= MOST_OF * width && bottom - top >= MOST_OF * height;
}
