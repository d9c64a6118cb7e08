/**
 * Colour without brightness. A hard shadow across a digit has stronger edges than the digit; but it leaves the shares of red,
 * green and blue as they are, and blue ink on brown card has others than the card, in the shadow and beside it.
 *
 * The plane is made as `grey` makes its own, but of two chromaticities in place of three channels: it is their projection on
 * the axis along which neighbouring pixels differ most.
 */
import { meanAround } from './around.ts';
import type { Grey } from './grey.ts';
import type { Picture } from './picture.ts';
import { createPlane, type Plane } from './plane.ts';

/** Pixels of the plane. Cameras and JPEG keep less detail of colour than of brightness. */
const LARGEST_AREA = 300_000;
/** In the dark colour is noise: chromaticities are as if there were so much more light, of all three channels together. */
const DARKNESS = 30;
/** Opacity of less than this anywhere makes a picture a clear one, whose colours are not known. */
const OPAQUE = 250;
/** Of chromaticities from −1 to 1 to brightness. */
const MIDDLE = 128;
const GAIN = 255;
/** A picture whose chromaticities deviate by less along their axis, of 255, has but one hue. */
const ONE_HUE = 2;

/** The plane to look for ink in; undefined where the picture has no colours, or but one hue. */
export function toHue(picture: Picture): Grey | undefined {
  const { width, height, channels } = picture;
  if (channels < 3) return undefined;
  const scale = Math.max(1, Math.ceil(Math.sqrt((width * height) / LARGEST_AREA)));
  const chroma = chromaticities(picture, scale);
  if (!chroma) return undefined;
  const [across, along] = axisOf(chroma);
  const [one, other] = chroma.map(({ data }) => data);
  const plane = createPlane(chroma[0].width, chroma[0].height);
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < one.length; i++) {
    const value = across * one[i] + along * other[i];
    plane.data[i] = MIDDLE + value;
    sum += value;
    squares += value * value;
  }
  const mean = sum / one.length;
  if (squares / one.length - mean * mean < ONE_HUE * ONE_HUE) return undefined;
  for (let i = 0; i < one.length; i++) plane.data[i] = Math.min(255, Math.max(0, plane.data[i] - mean));
  return { plane, scale, isLight: false };
}

/** How far the means of cells are from grey, towards red or green and towards blue or yellow. */
function chromaticities({ width, height, channels, data }: Picture, scale: number): Plane[] | undefined {
  const columns = Math.ceil(width / scale);
  const rows = Math.ceil(height / scale);
  const planes = [createPlane(columns, rows), createPlane(columns, rows)];
  const [reds, greens, blues] = [0, 1, 2].map(() => new Float64Array(columns));
  for (let row = 0, i = 0; row < rows; row++) {
    for (const sums of [reds, greens, blues]) sums.fill(0);
    const bottom = Math.min(height, (row + 1) * scale);
    for (let y = row * scale; y < bottom; y++) {
      for (let x = 0, at = y * width * channels; x < width; x++, at += channels) {
        if (channels === 4 && data[at + 3] < OPAQUE) return undefined;
        const column = (x / scale) | 0;
        reds[column] += data[at];
        greens[column] += data[at + 1];
        blues[column] += data[at + 2];
      }
    }
    for (let column = 0; column < columns; column++, i++) {
      const count = (bottom - row * scale) * (Math.min(width, (column + 1) * scale) - column * scale);
      const [red, green, blue] = [reds[column], greens[column], blues[column]];
      const light = red + green + blue + DARKNESS * count;
      planes[0].data[i] = (GAIN * (red - green)) / light;
      planes[1].data[i] = (GAIN * (blue - (red + green) / 2)) / light;
    }
  }
  return planes;
}

/** The direction in which values differ most from those around them, large differences counting for more. */
function axisOf([one, other]: readonly Plane[]): [number, number] {
  const reach = Math.max(1, Math.round(Math.min(one.width, one.height) / 12));
  const [oneAround, otherAround] = [one, other].map((plane) => meanAround(plane, reach).data);
  let [squares, products, otherSquares] = [0, 0, 0];
  for (let i = 0; i < oneAround.length; i++) {
    const u = one.data[i] - oneAround[i];
    const v = other.data[i] - otherAround[i];
    const weight = u * u + v * v;
    squares += weight * u * u;
    products += weight * u * v;
    otherSquares += weight * v * v;
  }
  const angle = 0.5 * Math.atan2(2 * products, squares - otherSquares);
  return [Math.cos(angle), Math.sin(angle)];
}
