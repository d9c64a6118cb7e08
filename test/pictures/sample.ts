/** One picture of the set and what is on it. */
import type { Picture } from '../../src/vision/picture.ts';
import type { Glyph } from './glyphs.ts';
import type { TruthBox } from './layout.ts';
import type { Lot } from './lot.ts';

export interface Sample {
  /** What it is in words, such as `photo on squared paper, pencil`. */
  kind: string;
  /** Lines joined by `\n`; empty where it holds no digit. */
  text: string;
  /** One for each digit of the text, in its order. */
  boxes: TruthBox[];
  picture: Picture;
}

/** Who wrote the digits of a picture. */
export type Whose = 'MNIST' | 'own' | 'font';

/** Gives digits for a picture: all of one hand. `stroke` is the thickness of our own handwriting, in heights. */
export type Hand = (stroke: number) => Glyph;

export type Maker = (hand: Hand, lot: Lot) => Promise<Sample>;
