/**
 * Which parts of a picture a reading rests on: occlusion (Zeiler and Fergus, "Visualizing and understanding
 * convolutional networks", 2014). A patch of paper is laid over the digit at every place in turn, and the digit's
 * probability falls where it hides what matters.
 */
import { DIGIT_SIZE } from './normalise.ts';
import type { DigitClassifier } from './reader.ts';

const PATCH = 5;
const STEP = 2;

/**
 * For each of 28×28 pixels, how much of the digit's probability is lost on average when a patch hides it: -1 to 1.
 * `image` is 28×28 bytes; `digit` the class to explain.
 */
export async function explain(
  classifier: DigitClassifier,
  image: Uint8Array,
  digit: number,
): Promise<Float32Array> {
  const corners: number[] = [];
  for (let y = 1 - PATCH; y < DIGIT_SIZE; y += STEP) {
    for (let x = 1 - PATCH; x < DIGIT_SIZE; x += STEP) corners.push(x, y);
  }
  const pictures: Uint8Array[] = [image];
  for (let i = 0; i < corners.length; i += 2) {
    const hidden = image.slice();
    coverPatch(corners[i], corners[i + 1], (pixel) => {
      hidden[pixel] = 0;
    });
    pictures.push(hidden);
  }
  const [whole, ...answers] = await classifier.classify(pictures);
  const losses = new Float32Array(image.length);
  const counts = new Uint8Array(image.length);
  for (const [i, answer] of answers.entries()) {
    coverPatch(corners[2 * i], corners[2 * i + 1], (pixel) => {
      losses[pixel] += whole[digit] - answer[digit];
      counts[pixel]++;
    });
  }
  return losses.map((loss, pixel) => loss / counts[pixel]);
}

/** Calls back with each pixel under the patch whose upper left corner is at column x, row y. */
function coverPatch(x: number, y: number, cover: (pixel: number) => void): void {
  for (let row = Math.max(0, y); row < Math.min(DIGIT_SIZE, y + PATCH); row++) {
    for (let column = Math.max(0, x); column < Math.min(DIGIT_SIZE, x + PATCH); column++) {
      cover(row * DIGIT_SIZE + column);
    }
  }
}
