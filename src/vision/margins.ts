/**
 * Drawings and screenshots have margins of one exact shade, often wide ones. Nothing is in them, and looking at them takes as long
 * as looking at the drawing: so all but a little is cut off first. A photograph's paper is never of one shade.
 */
import type { Picture } from './picture.ts';

/** A picture without its margins, and where in the whole it was. */
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
/** Samples that differ by no more are of one shade: a screenshot may have been saved with a little loss. */
const SHADES = 2;

export function withoutMargins(picture: Picture): Trimmed {
  const { width, height } = picture;
  const whole = { picture, left: 0, top: 0 };
  const extent = inkExtent(picture);
  if (extent === undefined) return whole;
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
function inkExtent(picture: Picture) {
  const { width, height } = picture;
  let top = 0;
  while (top < height && isPaper(picture, 0, width, top, top + 1)) top++;
  if (top === height) return undefined;
  let bottom = height;
  while (isPaper(picture, 0, width, bottom - 1, bottom)) bottom--;
  let left = 0;
  while (isPaper(picture, left, left + 1, top, bottom)) left++;
  let right = width;
  while (isPaper(picture, right - 1, right, top, bottom)) right--;
  return { left, top, right, bottom };
}

/** Whether all pixels of a rectangle are as the picture's first is; those wholly clear are alike, whatever their colour. */
function isPaper(
  { width, channels, data }: Picture,
  left: number,
  right: number,
  top: number,
  bottom: number,
): boolean {
  const isClear = channels % 2 === 0 && data[channels - 1] === 0;
  // Channel by channel, for then one comparison is all there is to do for a pixel.
  for (let c = isClear ? channels - 1 : 0; c < channels; c++) {
    const least = isClear ? 0 : data[c] - SHADES;
    const most = isClear ? 0 : data[c] + SHADES;
    for (let y = top; y < bottom; y++) {
      const end = (y * width + right) * channels;
      for (let at = (y * width + left) * channels + c; at < end; at += channels) {
        if (data[at] < least || data[at] > most) return false;
      }
    }
  }
  return true;
}

function cut({ width, channels, data }: Picture, left: number, top: number, w: number, h: number): Picture {
  const part = new Uint8Array(w * h * channels);
  for (let y = 0; y < h; y++) {
    const start = ((top + y) * width + left) * channels;
    part.set(data.subarray(start, start + w * channels), y * w * channels);
  }
  return { width: w, height: h, channels, data: part };
}
