/**
 * Synthetic digits: handwriting by formula, for machines that have no MNIST.
 *
 * Picture i shows the digit i mod 10, in a writer's style of its own: a skeleton is drawn, deformed, inked and
 * normalised the way MNIST was. A network trained on nothing else reads real handwriting well, though not as well as
 * one trained on MNIST. Every picture has a random stream of its own, so picture i of a seed is the same in a set of a
 * hundred and in a set of a million.
 */
import { Purpose, RandomStream } from '../../../kernels/random/reference.ts';
import { UsageError } from '../../errors.ts';
import { type Dataset, DIGIT_NAMES } from '../dataset.ts';
import { trace } from './deform.ts';
import { drawGlyph } from './glyphs.ts';
import { BOX_SIZE, fitToBox, PICTURE_SIZE, placeByMass } from './normalise.ts';
import { drawTraces } from './render.ts';
import { drawStyle } from './style.ts';

export interface SyntheticOptions {
  /** How many pictures: 1 to 10,000,000. */
  count: number;
  /** Any whole number from 0 to 2^53 - 1. */
  seed: number;
  /** Name of the data set; `synthetic` unless told. */
  name?: string;
}

const LARGEST_COUNT = 10_000_000;

/** Draws picture `index` of a seed to `picture`, 28 × 28 bytes that are all 0. */
function drawDigit(digit: number, seed: number, index: number, picture: Uint8Array): void {
  const random = new RandomStream(seed, Purpose.synthetic, index);
  const style = drawStyle(random);
  const traces = trace(drawGlyph(digit, random, style.looseness), style, random);
  const box = new Float64Array(BOX_SIZE * BOX_SIZE);
  fitToBox(traces, style.penWidth);
  drawTraces(box, BOX_SIZE, traces, style.penWidth, style.softness);
  placeByMass(box, picture);
}

/** A data set of synthetic digits: 28 × 28 × 1, labels 0, 1, …, 9, 0, 1, … */
export function syntheticDigits({ count, seed, name = 'synthetic' }: SyntheticOptions): Dataset {
  if (!Number.isInteger(count) || count < 1 || count > LARGEST_COUNT) {
    throw new UsageError(
      `The number of synthetic digits is ${count}; ask for a whole number from 1 to ${LARGEST_COUNT}.`,
    );
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new UsageError(
      `The seed of the synthetic digits is ${seed}; give a whole number from 0 to 2^53 - 1.`,
    );
  }
  const size = PICTURE_SIZE * PICTURE_SIZE;
  const images = new Uint8Array(count * size);
  const labels = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    labels[index] = index % 10;
    drawDigit(labels[index], seed, index, images.subarray(index * size, (index + 1) * size));
  }
  return { name, images, labels, shape: [PICTURE_SIZE, PICTURE_SIZE, 1], classNames: DIGIT_NAMES };
}
