/**
 * One brightness for each pixel, of a picture made small enough to be looked at as a whole.
 *
 * Ink and paper may differ in any colour: red ink on a green card is nothing to a camera for black and white. So the
 * axis in colour space along which neighbouring pixels differ most is found first (the principal axis of the colours'
 * differences from their surroundings, where large differences count for more), and pixels are laid on it. Opacity
 * is a channel too: a drawing in one colour on a clear ground is in the opacity alone, and other clear pictures are
 * laid on the ground that shows them best.
 */
import { meanAround } from './around.ts';
import type { Picture } from './picture.ts';
import { createPlane, type Plane } from './plane.ts';
import { LARGEST_ANALYSED_AREA } from './settings.ts';

/** A plane of brightness, and how many pixels of the picture each of its own is wide and high. */
export interface Grey {
  plane: Plane;
  scale: number;
  /** Whether brightness is a sum of light with no weight below zero, such that shadows multiply it. */
  isLight: boolean;
}

/** Pixels of the thumbnail in which colours are compared. */
const THUMBNAIL_AREA = 40_000;
const LUMINANCE = [0.299, 0.587, 0.114] as const;
/** Colours whose deviation is less are one colour, with noise. */
const ONE_COLOUR = 14;
/** Opacity of less than this anywhere makes a picture a clear one. */
const OPAQUE = 250;

/** How a pixel becomes a brightness: weights of its channels, on a ground where it is clear. */
interface Mixture {
  /** Of red, green and blue; of the first channel alone where there is one, or where all are the same. */
  weights: readonly number[];
  /** The brightness of what shows through; undefined where opacity is not looked at. */
  ground?: number;
  /** The opacity alone is the brightness, turned round: clear is light. */
  isOpacityAlone?: boolean;
}

export function toGrey(picture: Picture): Grey {
  const { width, height } = picture;
  const scale = Math.max(1, Math.ceil(Math.sqrt((width * height) / LARGEST_ANALYSED_AREA)));
  const mixture = chooseMixture(picture);
  const plane = mixCells(picture, mixture, scale);
  return { plane, scale, isLight: mixture.weights.every((weight) => weight >= 0) };
}

function chooseMixture(picture: Picture): Mixture {
  const { channels } = picture;
  const isColoured = channels >= 3 && hasColour(picture);
  if (!isColoured && channels % 2 === 1) return { weights: [1] };
  const thumbnail = sampleThumbnail(picture, isColoured);
  const weightsOf = ({ planes }: Thumbnail) => (isColoured ? principalAxis(planes) : [1]);
  if (isOpaque(thumbnail)) return { weights: weightsOf(thumbnail) };
  const { opacity, colours, share, isOneColour, isLight } = opaquePart(thumbnail);
  if (isOneColour) return { weights: [0], isOpacityAlone: true };
  // Where most is opaque, the clear rest takes no part; else a light drawing shows on black, a dark one on white.
  const ground = share > 0.5 ? colours : colours.map(() => (isLight ? 0 : 255));
  for (const [channel, { data }] of thumbnail.planes.entries()) {
    for (let i = 0; i < data.length; i++) {
      data[i] = ground[channel] + (opacity[i] / 255) * (data[i] - ground[channel]);
    }
  }
  const weights = weightsOf(thumbnail);
  return { weights, ground: weights.reduce((sum, weight, i) => sum + weight * ground[i], 0) };
}

/** Whether red, green and blue differ in any pixel. */
function hasColour({ channels, data }: Picture): boolean {
  for (let at = 0; at < data.length; at += channels) {
    if (data[at] !== data[at + 1] || data[at] !== data[at + 2]) return true;
  }
  return false;
}

function isOpaque({ opacity }: Thumbnail): boolean {
  for (let i = 0; i < opacity.length; i++) if (opacity[i] < OPAQUE) return false;
  return true;
}

interface Thumbnail {
  /** Red, green and blue, or one plane of grey. */
  planes: Plane[];
  opacity: Uint8Array;
}

/** Single pixels in a regular grid. */
function sampleThumbnail({ width, height, channels, data }: Picture, isColoured: boolean): Thumbnail {
  const step = Math.max(1, Math.floor(Math.sqrt((width * height) / THUMBNAIL_AREA)));
  const columns = Math.ceil(width / step);
  const rows = Math.ceil(height / step);
  const sampled = (channel: number) => {
    const plane = createPlane(columns, rows);
    for (let row = 0, i = 0; row < rows; row++) {
      let at = row * step * width * channels + channel;
      for (let column = 0; column < columns; column++, at += step * channels) plane.data[i++] = data[at];
    }
    return plane;
  };
  const planes = (isColoured ? [0, 1, 2] : [0]).map(sampled);
  const opacity = new Uint8Array(columns * rows).fill(255);
  if (channels % 2 === 0) opacity.set(sampled(channels - 1).data);
  return { planes, opacity };
}

/** What the opaque pixels look like: their mean colour, their share, and whether they are of one colour. */
function opaquePart({ planes, opacity }: Thumbnail) {
  let total = 0;
  for (let i = 0; i < opacity.length; i++) total += opacity[i];
  total ||= 1;
  let spread = 0;
  const colours = planes.map(({ data }) => {
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < data.length; i++) {
      sum += opacity[i] * data[i];
      squares += opacity[i] * data[i] * data[i];
    }
    const mean = sum / total;
    spread = Math.max(spread, Math.sqrt(Math.max(0, squares / total - mean * mean)));
    return mean;
  });
  const brightness = colours.reduce((sum, value) => sum + value, 0) / colours.length;
  return {
    opacity,
    colours,
    share: total / (255 * opacity.length),
    isOneColour: spread < ONE_COLOUR,
    isLight: brightness > 127,
  };
}

/** Weights of red, green and blue; their absolute values add up to 1, and white is never darker than black. */
function principalAxis(planes: readonly Plane[]): number[] {
  const { width, height } = planes[0];
  const reach = Math.max(1, Math.round(Math.min(width, height) / 12));
  const means = planes.map((plane) => meanAround(plane, reach));
  const [reds, greens, blues] = planes.map(({ data }) => data);
  const [meanReds, meanGreens, meanBlues] = means.map(({ data }) => data);
  const moments = new Float64Array(9);
  for (let i = 0; i < reds.length; i++) {
    const red = reds[i] - meanReds[i];
    const green = greens[i] - meanGreens[i];
    const blue = blues[i] - meanBlues[i];
    const weight = red * red + green * green + blue * blue;
    if (weight === 0) continue;
    moments[0] += weight * red * red;
    moments[1] += weight * red * green;
    moments[2] += weight * red * blue;
    moments[4] += weight * green * green;
    moments[5] += weight * green * blue;
    moments[8] += weight * blue * blue;
  }
  moments[3] = moments[1];
  moments[6] = moments[2];
  moments[7] = moments[5];
  let axis: number[] = [...LUMINANCE];
  // The power method: forty rounds tell axes apart whose spreads differ by a tenth.
  for (let round = 0; round < 40; round++) {
    const next = [0, 1, 2].map(
      (row) => moments[3 * row] * axis[0] + moments[3 * row + 1] * axis[1] + moments[3 * row + 2] * axis[2],
    );
    const length = Math.hypot(...next);
    if (!(length > 0)) return [...LUMINANCE];
    axis = next.map((value) => value / length);
  }
  const sum = axis[0] + axis[1] + axis[2];
  if (sum < 0) axis = axis.map((value) => -value);
  // A small weight below zero is noise, and without it shadows multiply the light.
  const largest = Math.max(...axis.map(Math.abs));
  axis = axis.map((value) => (value < 0 && value > -0.15 * largest ? 0 : value));
  const total = axis.reduce((all, value) => all + Math.abs(value), 0);
  return axis.map((value) => value / total);
}

/** The mean brightness of squares of `scale` × `scale` pixels; those at the right and lower edges may be smaller. */
function mixCells(picture: Picture, mixture: Mixture, scale: number): Plane {
  const { width, height } = picture;
  const plane = createPlane(Math.ceil(width / scale), Math.ceil(height / scale));
  const sums = plane.data;
  const pixels = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    mixRow(picture, mixture, y, pixels);
    let at = Math.floor(y / scale) * plane.width;
    if (scale === 1) {
      sums.set(pixels, at);
      continue;
    }
    for (let left = 0; left < width; left += scale, at++) {
      const right = Math.min(width, left + scale);
      let sum = 0;
      for (let x = left; x < right; x++) sum += pixels[x];
      sums[at] += sum;
    }
  }
  if (scale === 1) return plane;
  for (let row = 0, i = 0; row < plane.height; row++) {
    const tall = Math.min(scale, height - row * scale);
    for (let column = 0; column < plane.width; column++, i++) {
      sums[i] /= tall * Math.min(scale, width - column * scale);
    }
  }
  return plane;
}

/** The brightness of the pixels of row `y`. */
function mixRow(
  { width, channels, data }: Picture,
  { weights, ground, isOpacityAlone }: Mixture,
  y: number,
  pixels: Float64Array,
): void {
  const start = y * width * channels;
  if (isOpacityAlone) {
    for (let x = 0, at = start + channels - 1; x < width; x++, at += channels) pixels[x] = 255 - data[at];
    return;
  }
  const [red, green, blue] = weights;
  if (weights.length === 1) {
    for (let x = 0, at = start; x < width; x++, at += channels) pixels[x] = data[at];
  } else {
    for (let x = 0, at = start; x < width; x++, at += channels) {
      pixels[x] = red * data[at] + green * data[at + 1] + blue * data[at + 2];
    }
  }
  if (ground === undefined) return;
  for (let x = 0, at = start + channels - 1; x < width; x++, at += channels) {
    pixels[x] = ground + (data[at] / 255) * (pixels[x] - ground);
  }
}
