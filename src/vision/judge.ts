/** Whether what was read in a picture was worth reading: a doodle is a digit to whoever must name one. */
import type { Atom, AtomLine } from './atoms.ts';
import type { Candidate } from './candidates.ts';
import { distanceOf, type Extent, heightOf, widthOf } from './components.ts';
import type { PictureReading, ReadDigit } from './picture.ts';
import { DOUBT_BETWEEN_DIGITS, LEAST_READ, LEAST_SURENESS, LEAST_SURENESS_ALONE, ROW } from './settings.ts';

/** How likely a digit is what it is read as, and a digit at all: 0 to 1. */
export function sureness({ confidence, notDigit }: ReadDigit): number {
  return confidence * (1 - notDigit);
}

/** That of several, on average. */
export function surenessOf(digits: readonly ReadDigit[]): number {
  return digits.reduce((sum, digit) => sum + sureness(digit), 0) / digits.length;
}

/** That of the one of which it is the least. */
export function leastSurenessOf(digits: readonly ReadDigit[]): number {
  return Math.min(...digits.map(sureness));
}

/** Of a row that is less like digits on average, half says nothing. */
const LEAST_ON_AVERAGE = 0.6;

/**
 * How much they look like digits: on average, or half of a row. A 1 that may be a 7 is a digit all the same, and a row stays
 * one though some of its digits were found badly, unless many were.
 */
function likenessOf(digits: readonly ReadDigit[]): number {
  const likenesses = digits.map(
    ({ confidence, notDigit }) => confidence ** DOUBT_BETWEEN_DIGITS * (1 - notDigit),
  );
  const mean = likenesses.reduce((sum, one) => sum + one, 0) / digits.length;
  if (digits.length < ROW || mean < LEAST_ON_AVERAGE) return mean;
  const half = likenesses.toSorted((a, b) => a - b)[digits.length >> 1];
  return Math.max(mean, half);
}

export const MOSTLY_ELSE = 'Most of what is in the picture does not look like digits.';

/**
 * The reading, or its rejection with the reason; the digits stay, as what was turned away. `share` is how much of the
 * writing's ink was read, 0 to 1.
 */
export function judge(reading: PictureReading, share = 1): PictureReading {
  const { digits } = reading;
  if (reading.rejected !== false || digits.length === 0) return reading;
  if (share < LEAST_READ) {
    return { text: '', digits, rejected: MOSTLY_ELSE };
  }
  const least = digits.length > 1 ? LEAST_SURENESS : LEAST_SURENESS_ALONE;
  if (likenessOf(digits) >= least) return reading;
  return { text: '', digits, rejected: reasonFor(digits) };
}

function reasonFor(digits: readonly ReadDigit[]): string {
  if (digits.length > 1) return 'What is in the picture does not look like digits.';
  const [{ digit, confidence, probabilities, notDigit }] = digits;
  if (notDigit >= 0.5) return `It has something of a ${digit}, but does not look like a digit.`;
  const second = probabilities.reduce(
    (best, probability, i) => (i !== digit && (best < 0 || probability > probabilities[best]) ? i : best),
    -1,
  );
  return confidence < LEAST_SURENESS
    ? `It could be a ${digit} or a ${second}, and is not clearly either.`
    : `It may be a ${digit}, but may as well be no digit.`;
}

/** What is written, and what of it is read, and as which digits. */
export interface Written {
  lines: readonly AtomLine[];
  read: readonly Candidate[];
  digits: readonly number[];
}

/**
 * How much of the ink around what was read was read, 0 to 1; of all the ink where that was nothing but 1s, since much looks
 * like one. What is read as a digit only since it was seen in pieces does not count: a ring with something inside, which is a
 * face or a button rather than a 0, and a letter of several strokes that hang together. Two such strokes are a letter, and so
 * nothing is digits, where all else could be letters too; nor is anything where most of what was read is cut up.
 */
export function readShare({ lines, read, digits }: Written): number {
  const own = read.map(({ line, first, last }) => lines[line].atoms.slice(first, last + 1));
  const mayBeText = digits.every((digit) => OFTEN_LETTERS.includes(digit));
  if (mayBeText && lettersOf(own, digits, PAIR).size > 0) return 0;
  if (isCutUp(own)) return 0;
  const all = digits.every((digit) => digit === 1)
    ? lines.flatMap(({ atoms }) => atoms)
    : atomsAround(
        lines,
        read.map(({ extent }) => extent),
      );
  const readerOf = new Map(own.flatMap((atoms, i) => atoms.map((atom) => [atom, i] as const)));
  const letters = lettersOf(own, digits, LETTER);
  const counted = own.filter((atoms, i) => {
    if (letters.has(atoms[0].component)) return false;
    if (digits[i] !== 0) return true;
    const notOfOthers = all.filter((atom) => (readerOf.get(atom) ?? i) === i);
    return !holdsStrokes(read[i].extent, mainComponentOf(atoms), notOfOthers);
  });
  return inkOf(counted.flat()) / inkOf(all);
}

/** What is written is within so many heights of its highest digit; what is further away is a table or the next page. */
const AROUND = 4;

function atomsAround(lines: readonly AtomLine[], boxes: readonly Extent[]): Atom[] {
  const reach = AROUND * Math.max(0, ...boxes.map(heightOf));
  const isNear = (atom: Atom) => boxes.some((box) => distanceOf(atom, box) <= reach);
  return lines.flatMap(({ atoms }) => atoms.filter(isNear));
}

function inkOf(atoms: readonly Atom[]): number {
  return atoms.reduce((sum, { area }) => sum + area, 0);
}

/** What is inside of a ring is at least this share of its width or height away from its outline box. */
const INSIDE = 0.12;
/** One thing inside of a 0 may be its dot or its slash; a mouth is this much wider than high, */
const MOUTH_ASPECT = 1.3;
/** and this share of the ring's width. */
const MOUTH_WIDTH = 0.25;

/** Whether a ring has more inside than a 0 has. `atoms`: of the ring, and what no other digit is made of. */
function holdsStrokes(ring: Extent, component: number, atoms: readonly Atom[]): boolean {
  const inside = atoms.filter((atom) => atom.component !== component && isInside(atom, ring));
  return (
    inside.length > 1 ||
    inside.some(
      (one) => widthOf(one) > MOUTH_ASPECT * heightOf(one) && widthOf(one) > MOUTH_WIDTH * widthOf(ring),
    )
  );
}

function mainComponentOf(atoms: readonly Atom[]): number {
  return atoms.reduce((largest, atom) => (atom.area > largest.area ? atom : largest)).component;
}

function isInside(one: Extent, ring: Extent): boolean {
  const [across, down] = [INSIDE * widthOf(ring), INSIDE * heightOf(ring)];
  return (
    one.left >= ring.left + across &&
    one.right <= ring.right - across &&
    one.top >= ring.top + down &&
    one.bottom <= ring.bottom - down
  );
}

/** Digits that are one or two straight strokes. */
const STROKES = [1, 7];
/** So many of them that hang together are a letter, such as m or w; */
const LETTER = 3;
/** so many are one, such as n or V, in a word whose other letters are strokes and rings. */
const PAIR = 2;
/** What letters look like that look like digits: rings and strokes. */
const OFTEN_LETTERS = [0, ...STROKES];

/** A component is no wider than this share of its height for each digit that it is cut into but one: letters are. */
const NARROW = 0.95;
/** In a word so many are cut, */
const FEWEST_CUT = 2;
/** which is this share of all that was read, */
const CUT_SHARE = 0.5;

/** Whether what was read is mostly in pieces of what is as narrow as a letter: a word, all cut up. */
function isCutUp(read: readonly Atom[][]): boolean {
  const firsts = read.map(([atom]) => atom);
  const together = [...Map.groupBy(firsts, ({ component }) => component).values()];
  const cut = together.filter((parts) => parts[0].componentAspect < NARROW * (parts.length - 1));
  return cut.length >= FEWEST_CUT && cut.length >= CUT_SHARE * together.length;
}

/** Components that were read as so many digits or more, none of them more than strokes. */
function lettersOf(read: readonly Atom[][], digits: readonly number[], fewest: number): Set<number> {
  const together = Map.groupBy(read.keys(), (i) => read[i][0].component);
  const letters = [...together].filter(
    ([, parts]) => parts.length >= fewest && areStraight(parts.map((i) => digits[i])),
  );
  return new Set(letters.map(([component]) => component));
}

/** Whether digits are nothing but straight strokes, of which letters are made too. */
export function areStraight(digits: readonly number[]): boolean {
  return digits.every((digit) => STROKES.includes(digit));
}
