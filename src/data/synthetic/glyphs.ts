/**
 * The skeletons of the ten digits, as people write them.
 *
 * Each digit has a function that draws one of its shapes: first it picks a variant (a 1 with or without a flag, a 4
 * open or closed, …), then it aims the pen at a handful of points whose places have ranges of their own. The numbers
 * were chosen by eye from how digits are taught and written, and widened where a network trained on them misread
 * pictures of MNIST's training set; its test set took no part. y grows downwards, a digit is about 1 high and 0.6
 * wide, and it need not be centred, because size and place are normalised later.
 */
import type { RandomStream } from '../../../kernels/random/reference.ts';
import type { Stroke } from './curve.ts';
import { eight, five, nine, seven, six } from './glyphs-five-to-nine.ts';
import { four, one, three, two, zero } from './glyphs-zero-to-four.ts';
import { Hand } from './hand.ts';

const GLYPHS = [zero, one, two, three, four, five, six, seven, eight, nine] as const;

/** The strokes of one way to write `digit` (0 to 9), each point off by about `looseness` digit heights. */
export function drawGlyph(digit: number, random: RandomStream, looseness: number): Stroke[] {
  return GLYPHS[digit](new Hand(random, looseness));
}
