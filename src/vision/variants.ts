/**
 * The same digit a little otherwise: leaning more or less, turned, narrower, wider. Where a network is in doubt, what it says of
 * these on average is worth more than what it says of one ("test-time augmentation": Krizhevsky, Sutskever and Hinton,
 * "ImageNet classification with deep convolutional neural networks", 2012, section 4.1).
 */
import { DIGIT_SIZE } from './normalise.ts';

/** Maps places of the variant, from its middle, to places of the picture: x' = a·x + b·y, y' = c·x + d·y. */
type Warp = readonly [a: number, b: number, c: number, d: number];

const TURN = 0.1;
const SLANT = 0.16;
const STRETCH = 1.14;

const WARPS: readonly Warp[] = [
  [1, SLANT, 0, 1],
  [1, -SLANT, 0, 1],
  [Math.cos(TURN), Math.sin(TURN), -Math.sin(TURN), Math.cos(TURN)],
  [Math.cos(TURN), -Math.sin(TURN), Math.sin(TURN), Math.cos(TURN)],
  [STRETCH, 0, 0, 1],
  [1 / STRETCH, 0, 0, 1],
  [STRETCH, 0, 0, STRETCH],
];

/** Pictures of 28×28 bytes of what another of them shows. */
export function variantsOf(image: Uint8Array): Uint8Array[] {
  return WARPS.map((warp) => warped(image, warp));
}

function warped(image: Uint8Array, [a, b, c, d]: Warp): Uint8Array {
  const result = new Uint8Array(image.length);
  const middle = (DIGIT_SIZE - 1) / 2;
  for (let row = 0, i = 0; row < DIGIT_SIZE; row++) {
    for (let column = 0; column < DIGIT_SIZE; column++, i++) {
      const x = column - middle;
      const y = row - middle;
      result[i] = Math.round(valueAt(image, a * x + b * y + middle, c * x + d * y + middle));
    }
  }
  return result;
}

/** Between the four pixels around a place; paper outside. */
function valueAt(image: Uint8Array, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  if (left < 0 || top < 0 || left + 1 >= DIGIT_SIZE || top + 1 >= DIGIT_SIZE) return 0;
  const at = top * DIGIT_SIZE + left;
  const upper = image[at] + (image[at + 1] - image[at]) * (x - left);
  const lower = image[at + DIGIT_SIZE] + (image[at + DIGIT_SIZE + 1] - image[at + DIGIT_SIZE]) * (x - left);
  return upper + (lower - upper) * (y - top);
}
