/** What shape says about a digit before it is read: how wide and high it is. */
import { DIGIT_SIZE } from './normalise.ts';

/**
 * Mean and deviation of the logarithm of width over height, for each digit: of 20,000 training images of MNIST, the
 * ink above 0.3.
 */
const ASPECTS: readonly (readonly [mean: number, deviation: number])[] = [
  [-0.107, 0.2],
  [-0.907, 0.46],
  [-0.073, 0.23],
  [-0.233, 0.22],
  [-0.236, 0.21],
  [-0.066, 0.27],
  [-0.335, 0.22],
  [-0.264, 0.22],
  [-0.283, 0.22],
  [-0.393, 0.21],
];

/** Deviations that are within the ordinary, and cost nothing. */
const ORDINARY = 2;
const MOST_COST = 3;

/** How unlikely, as a negative logarithm above the ordinary, a digit of a class has the aspect of this picture. */
export function aspectCost(image: Uint8Array, digit: number): number {
  const deviations = widenessOf(image, digit);
  return deviations === Infinity ? MOST_COST : deviationCost(deviations) / 2;
}

/** By how many deviations a picture is wider than its digit usually is; infinite where it is blank. */
function widenessOf(image: Uint8Array, digit: number): number {
  const aspect = ASPECTS[digit];
  if (aspect === undefined) return 0;
  let left = DIGIT_SIZE;
  let right = 0;
  let top = DIGIT_SIZE;
  let bottom = 0;
  for (let y = 0, i = 0; y < DIGIT_SIZE; y++) {
    for (let x = 0; x < DIGIT_SIZE; x++, i++) {
      if (image[i] < 0.3 * 255) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = y + 1;
    }
  }
  if (right <= left) return Infinity;
  return (Math.log((right - left) / (bottom - top)) - aspect[0]) / aspect[1];
}

/** How unlikely a digit is as high as this in a line whose digits are usually `usual` high. */
export function heightCost(height: number, usual: number): number {
  return deviationCost(Math.log(height / usual) / 0.22);
}

/** How unlikely a single stroke is as thin as this among digits whose strokes are `usual` wide: it may be a line of the paper. */
export function thinnessCost(thickness: number, usual: number): number {
  return deviationCost(Math.max(0, Math.log(usual / thickness)) / 0.3);
}

function deviationCost(deviations: number): number {
  const beyond = Math.max(0, Math.abs(deviations) - ORDINARY);
  return Math.min(MOST_COST, (beyond * beyond) / 2);
}
