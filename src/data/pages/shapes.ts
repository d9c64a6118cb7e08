/** Shapes for a page: digits that are scanned or drawn, and what is no digit. */
import type { RandomStream } from '../../../kernels/random/reference.ts';
import type { Dataset } from '../dataset.ts';
import type { Stroke } from '../synthetic/curve.ts';
import { trace } from '../synthetic/deform.ts';
import { drawGlyph } from '../synthetic/glyphs.ts';
import { Hand } from '../synthetic/hand.ts';
import { drawStyle } from '../synthetic/style.ts';
import { drawDoodle } from './doodles.ts';
import { flaggedOne } from './flaggedOne.ts';
import { drawLetter, LETTER_NAMES } from './letters.ts';
import { ScannedDigit, type Window } from './scanned.ts';
import { Drawing, type Shape } from './shape.ts';

const SIZE = 28 * 28;
const DIGITS = 10;

/** Digits to write again, by what they are. */
export class DigitSource {
  readonly #images: Uint8Array;
  readonly #positions: number[][] = Array.from({ length: DIGITS }, () => []);

  constructor({ images, labels }: Dataset) {
    this.#images = images;
    labels.forEach((label, position) => {
      if (label < DIGITS) this.#positions[label].push(position);
    });
  }

  /** The pixels of one of the digits at random, or undefined where there is none. */
  pick(digit: number, random: RandomStream): Uint8Array | undefined {
    const positions = this.#positions[digit];
    if (positions.length === 0) return undefined;
    const at = positions[random.below(positions.length)] * SIZE;
    return this.#images.subarray(at, at + SIZE);
  }
}

/** What the shapes of a page have in common. */
export interface Hands {
  source: DigitSource;
  /** How many of the digits are those of the source, and not our own; 0 to 1. */
  scannedShare: number;
  /** Of their lines; see `ScannedDigit`. */
  threshold: number;
}

/** MNIST's 1s hardly ever have a flag, and look like its 7s with one. So this share of our own digits is turned into 1s, */
const MORE_ONES = 0.1;
/** and this share of our 1s is sure to have a flag. */
const FLAGGED_ONES = 0.7;
/** By how much digits are narrower and wider than those of the data set `synthetic`, as a power. */
const WIDER = 1.2;

/** By how much narrow letters are narrower, as a power: some hands make an E as narrow as a 1; */
const LETTERS_NARROWER = 1.5;
/** and how far off their points are at most, in heights. */
const LOOSEST_LETTER = 0.07;

/** A digit of any kind. */
export function digitShape({ source, scannedShare, threshold }: Hands, random: RandomStream): Shape {
  const digit = random.below(DIGITS);
  const pixels = random.uniform() < scannedShare ? source.pick(digit, random) : undefined;
  if (pixels) return new ScannedDigit(pixels, threshold, digit);
  const style = drawStyle(random);
  const own = random.uniform() < MORE_ONES ? 1 : digit;
  const strokes =
    own === 1 && random.uniform() < FLAGGED_ONES
      ? flaggedOne(new Hand(random, style.looseness))
      : drawGlyph(own, random, style.looseness);
  return new Drawing(trace(strokes, { ...style, aspect: style.aspect ** WIDER }, random), own);
}

/** Something that is no digit. */
export function otherShape(hands: Hands, random: RandomStream): Shape {
  const kind = random.uniform();
  if (kind < 0.48) return letterShape(random);
  return kind < 0.85 ? fromStrokes(drawDoodle(random), random) : fragment(hands, random);
}

export function letterShape(random: RandomStream): Shape {
  const name = LETTER_NAMES[random.below(LETTER_NAMES.length)];
  return fromStrokes(
    drawLetter(name, random, random.between(0.005, LOOSEST_LETTER)),
    random,
    LETTERS_NARROWER,
  );
}

/** Doodles and letters lean, but are not turned by as much as a hand might that draws nothing but digits. */
function fromStrokes(strokes: readonly Stroke[], random: RandomStream, narrower = 1): Shape {
  const style = drawStyle(random);
  const aspect = Math.min(style.aspect, style.aspect ** narrower);
  return new Drawing(trace(strokes, { ...style, aspect, slant: 0.5 * style.slant }, random));
}

/** From where halves of a digit can be cut off such that nobody takes the rest for a digit, as the head of a 2 for a 7. */
const HALVES: Partial<Record<number, readonly (keyof Window)[]>> = {
  0: ['top', 'bottom'],
  2: ['top'],
  3: ['top', 'right'],
  4: ['right'],
  5: ['top', 'bottom'],
  8: ['right'],
};
const HALVED = Object.keys(HALVES).map(Number);

/** Half of a digit. */
function fragment({ source, threshold }: Hands, random: RandomStream): Shape {
  const digit = HALVED[random.below(HALVED.length)];
  const sides = HALVES[digit]!;
  const side = sides[random.below(sides.length)];
  const pixels = source.pick(digit, random);
  if (!pixels) return letterShape(random);
  const share = random.between(0.4, 0.58);
  const window = { left: 0, right: 1, top: 0, bottom: 1 };
  window[side] = side === 'top' || side === 'left' ? 1 - share : share;
  return new ScannedDigit(pixels, threshold, undefined, window);
}
