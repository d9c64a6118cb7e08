/**
 * The evaluation set: each picture follows from a seed, its category and its number, so that the hundredth picture
 * is the same however many are made.
 *
 * Digits are MNIST's, magnified until they look written, or our own strokes, or those of fonts that were handwriting. For
 * development MNIST's are the 5,000 that training sets aside for validation; for a report they are those of the test set,
 * and the fonts are others.
 */
import type { Dataset } from '../../src/data/dataset.ts';
import { loadMnist } from '../../src/data/mnist.ts';
import { splitDataset } from '../../src/data/split.ts';
import { FONT_LETTERS, FONTS, type Font, fontGlyph } from './fonts.ts';
import { mnistGlyph, ownDigit } from './glyphs.ts';
import { drawing, drawnRow } from './kinds/canvas.ts';
import { card } from './kinds/card.ts';
import { flatbed } from './kinds/flatbed.ts';
import { letterAlone, nothing } from './kinds/nothing.ts';
import { phonePhoto } from './kinds/phone.ts';
import { distantPhotoOfOne, photoOfLines, photoOfOne, photoOfRow } from './kinds/photo.ts';
import { scan } from './kinds/scan.ts';
import { sketch } from './kinds/sketch.ts';
import { tiny } from './kinds/tiny.ts';
import { Lot } from './lot.ts';
import type { Hand, Maker, Sample, Whose } from './sample.ts';

export type SplitName = 'development' | 'report';

const MAKERS = {
  photo: photoOfOne,
  'photo-far': distantPhotoOfOne,
  canvas: drawing,
  phone: phonePhoto,
  sketch,
  flatbed,
  scan,
  tiny,
  rows: photoOfRow,
  'drawn-rows': drawnRow,
  pages: photoOfLines,
  card,
  nothing: (_, lot) => nothing(lot),
  'fonts-drawn': drawing,
  'fonts-phone': phonePhoto,
  'fonts-rows': drawnRow,
  'fonts-marker': drawing,
  'fonts-letters': letterAlone,
} satisfies Record<string, Maker>;

export type Category = keyof typeof MAKERS;

export const CATEGORIES = Object.keys(MAKERS) as Category[];

/** As training splits it with `--seed 1`, by which the shipped networks were made: none of these digits was theirs. */
const SPLIT_SEED = 1;
const VALIDATION_COUNT = 5_000;
/** Report pictures differ from those of development in everything, not only in their digits. */
const SEEDS: Record<SplitName, number> = { development: 20_250_000, report: 77_010_000 };
const OWN_SHARE = 0.25;
/** By how many heights of a digit a marker, a finger or a fat brush is wider than what a font was written with. */
const MARKER = [0.04, 0.16] as const;

/** MNIST's digits for a split. */
export async function digitsFor(split: SplitName, directory?: string): Promise<Dataset> {
  const { train, test } = await loadMnist({ directory });
  if (split === 'report') return test;
  return splitDataset(train, VALIDATION_COUNT, SPLIT_SEED).validation;
}

/** One picture. Without `digits` all are in our own hand, for those who have no MNIST. */
export function makeSample(
  category: Category,
  number: number,
  split: SplitName,
  digits?: Dataset,
): Promise<Sample & { hand: Whose }> {
  const lot = new Lot(SEEDS[split], codeOf(category), number);
  const [whose, hand] = handOf(category, split, lot, digits);
  return MAKERS[category](hand, lot).then((sample) => ({ ...sample, hand: whose }));
}

function handOf(category: Category, split: SplitName, lot: Lot, digits?: Dataset): [Whose, Hand] {
  if (category.startsWith('fonts-')) {
    const font = lot.pick<Font>(FONTS[split]);
    const wider = category === 'fonts-marker' ? lot.between(...MARKER) : 0;
    const sign = () => (category === 'fonts-letters' ? lot.pick(FONT_LETTERS) : `${lot.whole(0, 9)}`);
    return ['font', () => fontGlyph(font, sign(), lot, wider)];
  }
  if (lot.isLucky(OWN_SHARE) || digits === undefined) {
    return ['own', (stroke) => ownDigit(lot.whole(0, 9), lot, stroke)];
  }
  return ['MNIST', () => mnistGlyph(digits, lot.whole(0, digits.labels.length - 1))];
}

/** So that a category's pictures stay the same when another category is added. */
function codeOf(category: Category): number {
  return [...category].reduce((code, letter) => (code * 31 + letter.charCodeAt(0)) | 0, 7);
}
