/**
 * Pictures for a network that reads pages: what a finder of digits hands over, with what it is.
 *
 * Digits of a data set, and of our own strokes, are written on pages with letters, doodles, rulings and shadows; each page
 * goes through the very finder that reads people's pictures, and each crop it makes gets its label from what lies there. So
 * a network is trained on what it will be given: digits as they come out of a photo, and eleventh, what is none: letters,
 * halves, two at once, dirt.
 *
 * Every page has random streams of its own, so that picture i of a seed and a set of digits is the same in a set of a
 * hundred and in one of a million.
 */
import { Purpose, RandomStream } from '../../../kernels/random/reference.ts';
import { UsageError } from '../../errors.ts';
import { type Dataset, DIGIT_NAMES, READER_CLASSES } from '../dataset.ts';
import { examplesOf } from './examples.ts';
import { drawPage } from './page.ts';
import { DigitSource } from './shapes.ts';

export interface PagesOptions {
  /** The digits to write on pages: 28 × 28 × 1, classes 0 to 9. Which of them are used is left to chance. */
  digits: Dataset;
  /** How many pictures: 1 to 10,000,000. */
  count: number;
  /** Any whole number from 0 to 2^53 - 1. */
  seed: number;
  /** Name of the data set; `pages` unless told. */
  name?: string;
  /** Called after each page with the share of pictures that are made, 1 in the end. */
  onProgress?: (share: number) => void;
}

const SIDE = 28;
const LARGEST_COUNT = 10_000_000;
/** The stream that draws lots among a page's crops, as its layer; the page itself is drawn from layer 0. */
const LOT = 1;

/** Pictures of 28 × 28 × 1 from pages, with eleven classes. */
export function pageDigits({ digits, count, seed, name = 'pages', onProgress }: PagesOptions): Dataset {
  checkOptions(digits, count, seed);
  const source = new DigitSource(digits);
  const images = new Uint8Array(count * SIDE * SIDE);
  const labels = new Uint8Array(count);
  let made = 0;
  for (let index = 0; made < count; index++) {
    const page = drawPage(source, seed, index);
    for (const { image, label } of examplesOf(page, new RandomStream(seed, Purpose.pages, index, LOT))) {
      if (made === count) break;
      images.set(image, made * SIDE * SIDE);
      labels[made++] = label;
    }
    onProgress?.(made / count);
  }
  return { name, images, labels, shape: [SIDE, SIDE, 1], classNames: READER_CLASSES };
}

function checkOptions(digits: Dataset, count: number, seed: number): void {
  if (digits.shape.join() !== `${SIDE},${SIDE},1` || digits.classNames.join() !== DIGIT_NAMES.join()) {
    throw new UsageError(
      `Pages are made of the digits 0 to 9 in pictures of 28×28×1, and ${digits.name} has other classes or sizes; join pages to a set of such digits.`,
    );
  }
  if (!Number.isInteger(count) || count < 1 || count > LARGEST_COUNT) {
    throw new UsageError(
      `The number of pictures from pages is ${count}; ask for a whole number from 1 to ${LARGEST_COUNT}.`,
    );
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new UsageError(`The seed of the pages is ${seed}; give a whole number from 0 to 2^53 - 1.`);
  }
}
