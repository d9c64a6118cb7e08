/**
 * Why a network took a picture for a digit: occlusion.
 *
 * A square of paper is laid over the picture at every place in turn, and the fall of the digit's probability is the
 * weight of what was covered. A pixel gets the mean over all squares that cover it.
 *
 * Source: M. Zeiler and R. Fergus, Visualizing and Understanding Convolutional Networks, 2014, section 4.2.
 */
import { DIGIT_SIZE } from './centred.ts';
import type { DigitClassifier } from './reader.ts';

const SQUARE = 5;

/**
 * For each of the 28×28 pixels how much it speaks for a class: above 0 where covering it makes the class less likely.
 *
 * @param image 28×28 bytes, 255 for ink.
 * @param digit the class.
 */
export async function explain(
  classifier: DigitClassifier,
  image: Uint8Array,
  digit: number,
): Promise<Float32Array> {
  const places: { left: number; top: number }[] = [];
  for (let top = 1 - SQUARE; top < DIGIT_SIZE; top += 2) {
    for (let left = 1 - SQUARE; left < DIGIT_SIZE; left += 2) places.push({ left, top });
  }
  const pictures = places.map(({ left, top }) => {
    const covered = Uint8Array.from(image);
    forEachPixel(left, top, (pixel) => {
      covered[pixel] = 0;
    });
    return covered;
  });
  const [[...whole], ...answers] = await classifier.classify([image, ...pictures]);
  const heat = new Float32Array(DIGIT_SIZE ** 2);
  const covers = new Uint8Array(DIGIT_SIZE ** 2);
  for (const [i, { left, top }] of places.entries()) {
    forEachPixel(left, top, (pixel) => {
      heat[pixel] += whole[digit] - answers[i][digit];
      covers[pixel]++;
    });
  }
  return heat.map((sum, pixel) => sum / covers[pixel]);
}

function forEachPixel(left: number, top: number, use: (pixel: number) => void): void {
  for (let y = Math.max(0, top); y < Math.min(DIGIT_SIZE, top + SQUARE); y++) {
    for (let x = Math.max(0, left); x < Math.min(DIGIT_SIZE, left + SQUARE); x++) use(y * DIGIT_SIZE + x);
  }
}
