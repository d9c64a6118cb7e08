/**
 * From a picture that already holds one centred digit to 28×28 pixels of ink.
 *
 * Pictures come in any size, dark on light or light on dark. The edge of such a picture is paper, so the median
 * brightness near the edge tells which of the two it is. Ink is then the distance from paper, the picture
 * is laid in the middle of a square, and each of the 28×28 cells takes the average of the area it covers, which
 * is what a camera or a careful anti-aliasing would see. A picture that already looks like those of MNIST is
 * passed on as it is. Finding digits in a photo is another matter.
 */
import { InklingError } from '../errors.ts';

/** Brightness of a picture, row by row: 0 is black, 1 is white. */
export interface GreyPicture {
  width: number;
  height: number;
  pixels: Float32Array;
}

/** Height and width of a digit, in pixels. */
export const DIGIT_SIZE = 28;

/** MNIST keeps four of 28 pixels free at each edge; about this share of the shorter side is looked at for paper. */
const EDGE_SHARE = 1 / 8;
/** A difference of fewer steps than eight, of the 255 that common pictures have, is dirt and not a digit. */
const FAINTEST_CONTRAST = 8 / 255;

/**
 * The digit as 28×28 bytes, row by row: 255 is ink, 0 is paper. `source` is what messages call the picture.
 * Throws an `InklingError` where the picture is blank.
 */
export function toDigit(picture: GreyPicture, source = 'The picture'): Uint8Array<ArrayBuffer> {
  const { width, height, pixels } = picture;
  const paper = paperBrightness(picture);
  let darkest = 1;
  let lightest = 0;
  for (const brightness of pixels) {
    if (brightness < darkest) darkest = brightness;
    if (brightness > lightest) lightest = brightness;
  }
  if (!(lightest - darkest >= FAINTEST_CONTRAST)) {
    throw new InklingError(`${source} is blank: no ink stands out from the paper.`);
  }
  if (width === DIGIT_SIZE && height === DIGIT_SIZE && paper === 0) {
    return Uint8Array.from(pixels, (brightness) => Math.round(brightness * 255));
  }

  // Ink is on that side of the paper's brightness where there is more room. What lies on the other side is gloss.
  const inkBrightness = lightest - paper > paper - darkest ? lightest : darkest;
  const ink = pixels.map((brightness) => Math.max(0, (brightness - paper) / (inkBrightness - paper)));
  const digit = averageOverSquare(ink, width, height, DIGIT_SIZE);
  // Strokes thinner than a cell come out pale: stretched again, they are as black as a pen's.
  const darkestInk = digit.reduce((most, amount) => Math.max(most, amount), 0);
  return Uint8Array.from(digit, (amount) => Math.round((255 * amount) / darkestInk));
}

/**
 * Lays a picture (height × width values) in the middle of a square of zeros, and averages that over size × size
 * equal cells. The square is never built, so that a picture of 1×60,000 pixels costs no more than its pixels.
 */
export function averageOverSquare(
  values: ArrayLike<number>,
  width: number,
  height: number,
  size: number,
): Float64Array {
  const side = Math.max(width, height);
  const columns = averageRows(values, height, width, side, size);
  return averageRows(columns, size, height, side, size);
}

/** Averages each row, centred on a line of length `side`, over `size` cells; rows × length becomes size × rows. */
function averageRows(
  values: ArrayLike<number>,
  rows: number,
  length: number,
  side: number,
  size: number,
): Float64Array {
  const transposed = new Float64Array(size * rows);
  const cellsPerValue = size / side;
  const start = (side - length) / 2;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < length; i++) {
      const begin = (start + i) * cellsPerValue;
      const end = (start + i + 1) * cellsPerValue;
      for (let cell = Math.floor(begin); cell < end && cell < size; cell++) {
        const overlap = Math.min(end, cell + 1) - Math.max(begin, cell);
        transposed[cell * rows + row] += overlap * values[row * length + i];
      }
    }
  }
  return transposed;
}

/** The median brightness of a band along the four edges, to the nearest 1/255. */
function paperBrightness({ width, height, pixels }: GreyPicture): number {
  const band = Math.max(1, Math.round(Math.min(width, height) * EDGE_SHARE));
  const histogram = new Uint32Array(256);
  let count = 0;
  for (let y = 0; y < height; y++) {
    const isEdgeRow = y < band || y >= height - band;
    for (let x = 0; x < width; x++) {
      if (!isEdgeRow && x === band) x = Math.max(x, width - band);
      histogram[Math.round(pixels[y * width + x] * 255)]++;
      count++;
    }
  }
  let level = 0;
  for (let below = histogram[0]; 2 * below < count; below += histogram[level]) level++;
  return level / 255;
}
