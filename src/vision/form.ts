/**
 * Pictures in which nothing has to be found: those in MNIST's form already, a digit of 20 pixels in 28×28, white on black or
 * black on white; and one mark on paper of one shade, of which no threshold need take anything away.
 */
import { type Extent, findComponents, heightOf, widthOf } from './components.ts';
import type { Grey } from './grey.ts';
import { DIGIT_SIZE, normalise } from './normalise.ts';
import type { Box, Picture } from './picture.ts';
import { createPlane } from './plane.ts';
import { WIDEST_ALONE } from './settings.ts';

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
/** MNIST's digits have their centre of mass at so many pixels from the left and from the top. */
const MIDDLE = 14.5;
/** An edge that from no pixel to the next gets darker by more than this share of the darkest was blurred or magnified, */
const SHARP = 0.6;
/** which took it further out than it was, for as long as it is fainter than this share. */
const FAINTEST_BLURRED = 0.3;
/** Marks differ from their paper by so many steps of 255, */
const LEAST_CONTRAST = 60;
/** and have at least so many pixels in height or width. */
const LEAST_SIZE = 12;

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

export interface Mark extends Form {
  isOnePiece: boolean;
}

/** All that is not paper as one digit; undefined where the paper around it has more shades than one. */
export function markOf({ plane, scale }: Grey): Mark | undefined {
  const { width, height, data } = plane;
  const paper = data[0];
  const isPaper = (x: number, y: number) => Math.abs(data[y * width + x] - paper) <= SHADES;
  for (let x = 0; x < width; x++) if (!isPaper(x, 0) || !isPaper(x, height - 1)) return undefined;
  for (let y = 0; y < height; y++) if (!isPaper(0, y) || !isPaper(width - 1, y)) return undefined;
  const inkAt = (i: number) => Math.abs(data[i] - paper);
  let [most, steepest] = [0, 0];
  for (let i = 1; i < data.length; i++) {
    most = Math.max(most, inkAt(i));
    steepest = Math.max(steepest, Math.abs(data[i] - data[i - 1]));
  }
  if (most < LEAST_CONTRAST) return undefined;
  const faintest = steepest < SHARP * most ? FAINTEST_BLURRED * most : SHADES;
  const extent: Extent = { left: width, top: height, right: 0, bottom: 0 };
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (inkAt(i) <= faintest) continue;
      extent.left = Math.min(extent.left, x);
      extent.right = Math.max(extent.right, x + 1);
      extent.top = Math.min(extent.top, y);
      extent.bottom = y + 1;
    }
  }
  const [across, down] = [widthOf(extent), heightOf(extent)];
  if (Math.max(across, down) < LEAST_SIZE || across > WIDEST_ALONE * down) return undefined;
  const ink = createPlane(across, down);
  for (let i = 0; i < ink.data.length; i++) {
    const own = inkAt((extent.top + Math.floor(i / across)) * width + extent.left + (i % across));
    ink.data[i] = own <= SHADES ? 0 : own / most;
  }
  return {
    image: normalise(ink, { left: 0, top: 0, right: across, bottom: down }, MIDDLE),
    box: [scale * extent.left, scale * extent.top, scale * across, scale * down],
    isOnePiece: findComponents(ink).components.length === 1,
  };
}
