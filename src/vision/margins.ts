/**
 * Drawings and screenshots have margins of one exact shade, often wide ones. Nothing is in them, and looking at them takes as long
 * as looking at the drawing: so all but a little is cut off first, and so is a frame. A photograph's paper is never of one shade,
 * but a gallery or a print may put margins around it, which are cut off to its sides. A digit cut out without any gets some.
 */
import type { Extent } from './components.ts';
import type { Picture } from './picture.ts';
import { cut, frameOf, isOneShade } from './shades.ts';

/** A picture with other margins, and where it begins in the one that it was made from. */
export interface Trimmed {
  picture: Picture;
  left: number;
  top: number;
}

/** Paper left around the ink at each side, as a share of the larger side of all ink, */
const KEPT_SHARE = 0.15;
/** and in pixels at least. */
const KEPT_PIXELS = 12;
/** What is not made smaller by this much is left as it is. */
const WORTHWHILE = 0.85;
export function withoutMargins(picture: Picture): Trimmed {
  const { width, height } = picture;
  const frame = frameOf(picture);
  if (frame > 0) {
    const inside = cut(picture, frame, frame, width - 2 * frame, height - 2 * frame);
    const { picture: part, left, top } = withoutMargins(inside);
    return { picture: part, left: left + frame, top: top + frame };
  }
  const whole = { picture, left: 0, top: 0 };
  const extent = inkExtent(picture);
  if (extent === undefined) return whole;
  const inner = pictureWithin(picture, extent);
  if (inner && !isOneShade(picture, inner.left, inner.right, inner.top, inner.bottom)) {
    const inside = cut(picture, inner.left, inner.top, inner.right - inner.left, inner.bottom - inner.top);
    const { picture: part, left, top } = withoutMargins(inside);
    return { picture: part, left: left + inner.left, top: top + inner.top };
  }
  const kept = Math.max(
    KEPT_PIXELS,
    Math.ceil(KEPT_SHARE * Math.max(extent.right - extent.left, extent.bottom - extent.top)),
  );
  const left = Math.max(0, extent.left - kept);
  const top = Math.max(0, extent.top - kept);
  const right = Math.min(width, extent.right + kept);
  const bottom = Math.min(height, extent.bottom + kept);
  if ((right - left) * (bottom - top) > WORTHWHILE * width * height) return whole;
  return { picture: cut(picture, left, top, right - left, bottom - top), left, top };
}

/** Of what is not of the shade of the corner; undefined where all is. */
function inkExtent(picture: Picture): Extent | undefined {
  const { width, height } = picture;
  let top = 0;
  while (top < height && isOneShade(picture, 0, width, top, top + 1, 0)) top++;
  if (top === height) return undefined;
  let bottom = height;
  while (isOneShade(picture, 0, width, bottom - 1, bottom, 0)) bottom--;
  let left = 0;
  while (isOneShade(picture, left, left + 1, top, bottom, 0)) left++;
  let right = width;
  while (isOneShade(picture, right - 1, right, top, bottom, 0)) right--;
  return { left, top, right, bottom };
}

/** What differs from the margins by more than this is of the photo: less is what keeping it with loss has left beside it. */
const CLEARLY_OTHER = 24;
/** A line of pixels is of the photo if this share of it is, */
const LEAST_OTHER = 0.03;
/** which begins no deeper than this inside of what is not of the margins' shade; */
const DEPTHS = Array.from({ length: 16 }, (_, depth) => depth);
/** and one along a side of it if this share is: strokes touch a box around them in few places. */
const FILLED = 0.97;
/** Sides may be blended with the margins for so many pixels. */
const BLENDED = 2;
/** The shorter side of a photo has at least so many pixels, */
const SMALLEST_PHOTO = 64;
/** and this share of the longer one: a bar is a 1. */
const NARROWEST_PHOTO = 1 / 3;

/** The photo that has margins around it, in a gallery or in print; undefined where it is strokes that they are around. */
function pictureWithin({ width, height, channels, data }: Picture, extent: Extent): Extent | undefined {
  if (extent.right - extent.left === width && extent.bottom - extent.top === height) return undefined;
  const margin = data.subarray(0, channels);
  const isOther = (x: number, y: number) =>
    margin.some(
      (value, channel) => Math.abs(data[(y * width + x) * channels + channel] - value) > CLEARLY_OTHER,
    );
  const shareOf = (isColumn: boolean, at: number, from: number, to: number) => {
    let other = 0;
    for (let i = from; i < to; i++) if (isColumn ? isOther(at, i) : isOther(i, at)) other++;
    return other / (to - from);
  };
  const { left, top, right, bottom } = extent;
  const depthOf = (isColumn: boolean, at: number, step: number, from: number, to: number) =>
    BLENDED + DEPTHS.findIndex((depth) => shareOf(isColumn, at + step * depth, from, to) >= LEAST_OTHER);
  const inner = {
    left: left + depthOf(true, left, 1, top, bottom),
    top: top + depthOf(false, top, 1, left, right),
    right: right - depthOf(true, right - 1, -1, top, bottom),
    bottom: bottom - depthOf(false, bottom - 1, -1, left, right),
  };
  const [shorter, longer] = [inner.right - inner.left, inner.bottom - inner.top].sort((a, b) => a - b);
  if (shorter < Math.max(SMALLEST_PHOTO, NARROWEST_PHOTO * longer)) return undefined;
  const isFilled =
    shareOf(false, inner.top, inner.left, inner.right) >= FILLED &&
    shareOf(false, inner.bottom - 1, inner.left, inner.right) >= FILLED &&
    shareOf(true, inner.left, inner.top, inner.bottom) >= FILLED &&
    shareOf(true, inner.right - 1, inner.top, inner.bottom) >= FILLED;
  return isFilled ? inner : undefined;
}

/** Paper put around a picture whose digit was cut out without any, as a share of its larger side. */
const ADDED_SHARE = 0.3;

/** A cut-out's edges are of the paper's shade, give or take this much of 255 for light and grain, */
const NEAR_SHADE = 64;
/** for at least this share of their length: those of a scene are not; */
const LEAST_PAPER = 0.6;
/** and half of their pixels differ from the next by no more than this: those of noise do. */
const MOST_GRAIN = 16;

/**
 * A picture with margins of the shade that is in the middle of all along its edges, and where the picture is in it; undefined
 * where its edges do not look like paper.
 */
export function withMargins({ width, height, channels, data }: Picture): Trimmed | undefined {
  const added = Math.ceil(ADDED_SHARE * Math.max(width, height));
  const [wide, tall] = [width + 2 * added, height + 2 * added];
  const columns = Array.from({ length: width }, (_, x) => x);
  const rows = Array.from({ length: height }, (_, y) => y * width);
  const along = [
    ...[columns, columns.map((x) => (height - 1) * width + x)],
    ...[rows, rows.map((start) => start + width - 1)],
  ].flat();
  const channelsOf = (pixel: number) => data.subarray(pixel * channels, (pixel + 1) * channels);
  const shade = Array.from({ length: channels }, (_, channel) =>
    middle(along.map((pixel) => channelsOf(pixel)[channel])),
  );
  const distance = (one: ArrayLike<number>, other: ArrayLike<number>) =>
    Math.max(...shade.map((_, channel) => Math.abs(one[channel] - other[channel])));
  const isPaper = (pixel: number) => distance(shade, channelsOf(pixel)) <= NEAR_SHADE;
  if (along.filter(isPaper).length < LEAST_PAPER * along.length) return undefined;
  const steps = along.slice(1).map((pixel, i) => distance(channelsOf(along[i]), channelsOf(pixel)));
  if (middle(steps) > MOST_GRAIN) return undefined;
  const framed = new Uint8Array(wide * tall * channels);
  for (let i = 0; i < framed.length; i++) framed[i] = shade[i % channels];
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width * channels, (y + 1) * width * channels);
    framed.set(row, ((y + added) * wide + added) * channels);
  }
  return { picture: { width: wide, height: tall, channels, data: framed }, left: -added, top: -added };
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
