/**
 * Strokes that nobody wrote: the rim of a sheet or of a table beside a row of digits, which is a 1 or a 7 to those who see ink
 * alone. A stroke has the same paper on both of its sides, and a rim has a desk on one of them.
 */
import type { Candidate, View } from './candidates.ts';
import { colourAt, distanceOf, lightOf } from './colours.ts';
import { heightOf } from './components.ts';
import { areStraight } from './judge.ts';
import type { Box, Picture, PictureReading, ReadDigit } from './picture.ts';
import { linesOf, withLines } from './readLines.ts';
import { sourceOf } from './turn.ts';

/** Pixels of the picture from the upper left corner of a digit's box. */
type Place = readonly [x: number, y: number];

/** Places across a stroke: before it, in it, and behind it. */
type Section = readonly [before: Place, ink: Place, behind: Place];

/** A digit, and where to look beside its stroke if it may be a rim. */
export interface StrokeDigit extends ReadDigit {
  sections?: readonly Section[];
}

/** A section of a stroke is no wider than this share of the digit's height. */
const WIDEST = 0.35;
/** Before and behind it is so many pixels of the plane away, and as many more as this share of its width. */
const AWAY = 1.5;
const AWAY_SHARE = 0.5;
/** At least so many sections tell something, */
const FEWEST = 6;
/** where they are this share of the digit's rows. */
const LEAST_ROWS = 0.5;

/** Finds the sections of candidates, row by row; none of what is no stroke. */
export function sectionFinder({ labelled, lines, turn, scale }: View) {
  const { width, labels } = labelled;
  return (digit: number, { line, first, last, extent, shared }: Candidate, box: Box): Section[] => {
    if (!areStraight([digit])) return [];
    const own = new Set(lines[line].atoms.slice(first, last + 1).map(({ label }) => label));
    const isOwn = (i: number) => own.has(labels[i]) || shared?.has(i);
    const placeAt = (x: number, y: number): Place => {
      const [sourceX, sourceY] = sourceOf(turn, x + 0.5, y + 0.5);
      return [scale * sourceX - box[0], scale * sourceY - box[1]];
    };
    const sections: Section[] = [];
    for (let y = extent.top; y < extent.bottom; y++) {
      let left = extent.left;
      while (left < extent.right && !isOwn(y * width + left)) left++;
      let right = extent.right;
      while (right > left && !isOwn(y * width + right - 1)) right--;
      const across = right - left;
      if (across === 0 || across > WIDEST * heightOf(extent)) continue;
      const away = Math.round(AWAY + AWAY_SHARE * across);
      const [before, behind] = [left - away, right - 1 + away];
      if (before < 0 || behind >= width) continue;
      sections.push([placeAt(before, y), placeAt((left + right - 1) / 2, y), placeAt(behind, y)]);
    }
    return sections.length >= Math.max(FEWEST, LEAST_ROWS * heightOf(extent)) ? sections : [];
  };
}

/** The sides of a rim differ by this share of what ink differs from them, and by so many shades at least, of 255 of each channel, */
const UNLIKE = 0.4;
const LEAST_UNLIKE = 5;
/** in this share of its sections, the same side being the lighter one. */
const MOST_SECTIONS = 0.85;

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
  return seen >= FEWEST && Math.max(lighterBefore, lighterBehind) >= MOST_SECTIONS * seen;
}
