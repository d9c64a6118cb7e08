/** Pictures that are in MNIST's form already: a digit of 20 pixels in 28×28, white on black or black on white. */
import { DIGIT_SIZE } from './normalise.ts';
import type { Box, Picture } from './picture.ts';

export interface Form {
  /** 28×28 bytes, 255 for ink. */
  image: Uint8Array<ArrayBuffer>;
  /** Of the ink. */
  box: Box;
}

/** MNIST's pictures have four pixels of paper at each side; where the centre of mass asks for it, a few fewer. */
const MARGIN = 1;
/** Of a digit in that form, the larger of height and width, in pixels. */
const SMALLEST = 18;
const LARGEST = 24;
/** Paper is of one shade, but for this many steps of 255. */
const SHADES = 2;

/** Undefined where a picture has another form: it may be read all the same, but its digits have to be found. */
export function formOf({ width, height, channels, data }: Picture): Form | undefined {
  if (width !== DIGIT_SIZE || height !== DIGIT_SIZE || channels % 2 === 0) return undefined;
  const grey = new Uint8Array(DIGIT_SIZE * DIGIT_SIZE);
  for (let i = 0; i < grey.length; i++) {
    const at = i * channels;
    if (channels === 3 && (data[at] !== data[at + 1] || data[at] !== data[at + 2])) return undefined;
    grey[i] = data[at];
  }
  const isNegative = grey[0] > 127;
  const image = isNegative ? grey.map((value) => 255 - value) : grey;
  let darkest = 0;
  let [left, top, right, bottom] = [DIGIT_SIZE, DIGIT_SIZE, 0, 0];
  for (let y = 0, i = 0; y < DIGIT_SIZE; y++) {
    for (let x = 0; x < DIGIT_SIZE; x++, i++) {
      if (image[i] <= SHADES) continue;
      darkest = Math.max(darkest, image[i]);
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = y + 1;
    }
  }
  const size = Math.max(right - left, bottom - top);
  const isInside = Math.min(left, top) >= MARGIN && Math.max(right, bottom) <= DIGIT_SIZE - MARGIN;
  if (darkest < 200 || !isInside || size < SMALLEST || size > LARGEST) return undefined;
  return { image, box: [left, top, right - left, bottom - top] };
}
