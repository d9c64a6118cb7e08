/**
 * Augmentation: from the pictures of a batch, in bytes, to the network's input, each a little different every time.
 *
 * In this order a picture's strokes are made thicker or thinner, it is bent and mapped, lines are drawn over it, its
 * shade is changed, a part is shown in negative, a square is wiped out, and its values are normalised:
 *
 * - *Thickness*: each pixel goes `thickness` of the way to the largest of itself and its four neighbours, or to the
 *   smallest (grey-scale dilation and erosion by a cross).
 * - *Outlines*: instead, what dilation and erosion by that cross leave between them (the morphological gradient: Rivest,
 *   Soille, Beucher, "Morphological gradients", 1993).
 * - *Place*: a pixel of the result is taken from a place in the picture that an affine map says, moved by an elastic
 *   field, where the four pixels around it are mixed (bilinear).
 * - The *elastic field* is that of Simard, Steinkraus, Platt, "Best practices for convolutional neural networks applied
 *   to visual document analysis", 2003, which smooth a random displacement of every pixel with a wide bell. Here a
 *   coarse grid of points is displaced and pixels between follow by a cubic B-spline. The spline is nearly a bell, with
 *   a deviation of spacing / √3, so that a spacing of 7 gives their 4 pixels at a hundredth of the work, and no pixel
 *   needs more than 16 points. A field of theirs, of 34 times a number from -1 to 1, moves a pixel as far as 5 here.
 * - *Lines*: straight, with ink where a pixel's middle is nearer than half their thickness, and half a pixel of grey
 *   on either side of that.
 * - *Shade*: v ← ½ + contrast · (v - ½) + brightness + noise, held between 0 and 1. The noise is the sum of the four
 *   bytes of one random word, scaled: close to normal, and never more than 3.5 deviations from zero.
 * - *Negative*: 1 - v in a rectangle, or in all but that.
 * Outlines, lines, shade and negative are for a share of the pictures only, `spoiled`.
 * - *Cut-out*: a square that may hang over the edge is made paper. DeVries, Taylor, "Improved regularization of
 *   convolutional neural networks with cutout", 2017.
 *
 * Beyond its edges a picture is paper, 0. Each pixel of the result depends on at most 4 × 4 of the picture.
 */
import type { FloatArray, RandomPosition } from '../operation.ts';
import { Purpose, RandomStream } from '../random/reference.ts';
import { drawField, drawPicture, type Line, type PictureDraw, type Rectangle } from './draw.ts';
import type { Augmentation } from './spec.ts';

/** Mean and deviation that input has after normalising is (value - mean) / deviation. */
export interface SourceAttributes {
  augmentation: Augmentation;
  normalisation: { mean: number; deviation: number };
}

/** Four bytes, each any number from 0 to 255 alike: mean and deviation of their sum. */
export const BYTE_SUM = { mean: 510, deviation: Math.sqrt((4 * (256 ** 2 - 1)) / 12) };

/** One value of a picture [height, width, channels] in bytes, or paper beside it. */
type Look = (row: number, column: number, channel: number) => number;

/** Picture `indices[i]` of `pictures` becomes the i-th of `y`, which has the shape [images, height, width, channels]. */
export function augmentPictures(
  pictures: Uint8Array,
  indices: Int32Array,
  y: FloatArray,
  [images, height, width, channels]: readonly number[],
  { augmentation, normalisation }: SourceAttributes,
  position: Pick<RandomPosition, 'seed' | 'step'>,
): void {
  const size = height * width * channels;
  const changesShade = augmentation.contrast > 0 || augmentation.brightness > 0 || augmentation.noise > 0;
  for (let slot = 0; slot < images; slot++) {
    const draw = drawPicture(augmentation, [height, width], position, slot);
    const field = drawField(augmentation, [height, width], position, slot);
    const noise = new RandomStream(position.seed, Purpose.noise, position.step, slot);
    const from = indices[slot] * size;
    const isInside = (row: number, column: number) =>
      row >= 0 && row < height && column >= 0 && column < width;
    const plain: Look = (row, column, channel) =>
      isInside(row, column) ? pictures[from + (row * width + column) * channels + channel] / 255 : 0;
    const thick: Look = (row, column, channel) =>
      isInside(row, column) ? thickened(plain, draw, row, column, channel) : 0;
    let at = slot * size;
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const [x, y0] = placeOf(draw, field, [height, width], row, column);
        for (let channel = 0; channel < channels; channel++, at++) {
          let value = mixed(thick, x, y0, channel);
          for (const line of draw.lines) value = Math.max(value, inkOf(line, row, column));
          if (changesShade) value = shaded(value, draw, noise.word());
          if (isWithin(draw.negative, row, column) !== draw.negative.isAround) value = 1 - value;
          if (isWithin(draw.cut, row, column)) value = 0;
          y[at] = (value - normalisation.mean) / normalisation.deviation;
        }
      }
    }
  }
}

function thickened(
  look: Look,
  { thickness, isOutlined }: PictureDraw,
  row: number,
  column: number,
  channel: number,
): number {
  const value = look(row, column, channel);
  const cross = [
    value,
    look(row - 1, column, channel),
    look(row + 1, column, channel),
    look(row, column - 1, channel),
    look(row, column + 1, channel),
  ];
  if (isOutlined) return Math.max(...cross) - Math.min(...cross);
  const goal = thickness > 0 ? Math.max(...cross) : Math.min(...cross);
  return value + Math.abs(thickness) * (goal - value);
}

/** Where the pixel comes from: column and row, in pixels. */
function placeOf(
  { xx, xy, yx, yy, shiftX, shiftY }: PictureDraw,
  field: Float64Array,
  [height, width]: readonly [number, number],
  row: number,
  column: number,
): [number, number] {
  const centreX = (width - 1) / 2;
  const centreY = (height - 1) / 2;
  const across = column - centreX;
  const down = row - centreY;
  const at = 2 * (row * width + column);
  return [
    xx * across + xy * down + centreX + shiftX + field[at],
    yx * across + yy * down + centreY + shiftY + field[at + 1],
  ];
}

function mixed(look: Look, x: number, y: number, channel: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const topLeft = look(top, left, channel);
  const bottomLeft = look(top + 1, left, channel);
  const upper = topLeft + (look(top, left + 1, channel) - topLeft) * (x - left);
  const lower = bottomLeft + (look(top + 1, left + 1, channel) - bottomLeft) * (x - left);
  return upper + (lower - upper) * (y - top);
}

function shaded(value: number, { contrast, brightness, noise }: PictureDraw, word: number): number {
  const sum = (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24);
  const disturbance = (noise * (sum - BYTE_SUM.mean)) / BYTE_SUM.deviation;
  return Math.min(1, Math.max(0, (value - 0.5) * contrast + 0.5 + brightness + disturbance));
}

/** How much of a pixel a line covers, by the distance of its middle from the line. */
function inkOf({ x, y, alongX, alongY, radius }: Line, row: number, column: number): number {
  const [fromX, fromY] = [column + 0.5 - x, row + 0.5 - y];
  const length = alongX ** 2 + alongY ** 2;
  const share = length > 0 ? Math.min(1, Math.max(0, (fromX * alongX + fromY * alongY) / length)) : 0;
  const distance = Math.hypot(fromX - share * alongX, fromY - share * alongY);
  return Math.min(1, Math.max(0, radius + 0.5 - distance));
}

function isWithin({ top, bottom, left, right }: Rectangle, row: number, column: number): boolean {
  return row >= top && row < bottom && column >= left && column < right;
}
