/** Rectangles of one shade, the frames that they are, and cutting parts out of pictures. */
import type { Picture } from './picture.ts';

/** Samples that differ by no more are of one shade: a screenshot may have been saved with a little loss. */
const SHADES = 2;

/** Whether all pixels of a rectangle are as its first is, or as `first`; those wholly clear are alike, whatever their colour. */
export function isOneShade(
  { width, channels, data }: Picture,
  left: number,
  right: number,
  top: number,
  bottom: number,
  first = top * width + left,
): boolean {
  const from = first * channels;
  const isClear = channels % 2 === 0 && data[from + channels - 1] === 0;
  // Channel by channel, for then one comparison is all there is to do for a pixel.
  for (let c = isClear ? channels - 1 : 0; c < channels; c++) {
    const least = isClear ? 0 : data[from + c] - SHADES;
    const most = isClear ? 0 : data[from + c] + SHADES;
    for (let y = top; y < bottom; y++) {
      const end = (y * width + right) * channels;
      for (let at = (y * width + left) * channels + c; at < end; at += channels) {
        if (data[at] < least || data[at] > most) return false;
      }
    }
  }
  return true;
}

/** A part of a picture, `w` pixels wide and `h` high. */
export function cut(
  { width, channels, data }: Picture,
  left: number,
  top: number,
  w: number,
  h: number,
): Picture {
  const part = new Uint8Array(w * h * channels);
  for (let y = 0; y < h; y++) {
    const start = ((top + y) * width + left) * channels;
    part.set(data.subarray(start, start + w * channels), y * w * channels);
  }
  return { width: w, height: h, channels, data: part };
}

/** Frames are no thicker, and no further inside, than this share of the shorter side; or than some pixels. */
const DEEPEST_SHARE = 0.03;
const DEEPEST_PIXELS = 3;

/**
 * The frame that a screenshot of a canvas has around it, as pixels to cut off at each side; 0 where there is none. A line of one
 * shade along all four sides would be read as a 1, or as part of what is in it. Paper of another shade must go all the way round
 * inside of it.
 */
export function frameOf(picture: Picture): number {
  const { width, height } = picture;
  const shorter = Math.min(width, height);
  const deepest = Math.min(
    Math.max(DEEPEST_PIXELS, Math.round(DEEPEST_SHARE * shorter)),
    Math.floor(shorter / 4),
  );
  let frame = 0;
  if (!isRing(picture, 0)) return 0;
  for (let depth = 1; depth <= deepest && isRing(picture, depth); depth++) {
    const outside = (depth - 1) * (width + 1);
    const isSame = isOneShade(picture, depth, depth + 1, depth, depth + 1, outside);
    if (!isSame) frame = depth;
  }
  return frame;
}

/** Whether what is so many pixels from the nearest side is of one shade all the way round. */
function isRing(picture: Picture, depth: number): boolean {
  const { width } = picture;
  const [right, bottom] = [width - depth, picture.height - depth];
  const first = depth * (width + 1);
  return (
    isOneShade(picture, depth, right, depth, depth + 1, first) &&
    isOneShade(picture, depth, right, bottom - 1, bottom, first) &&
    isOneShade(picture, depth, depth + 1, depth, bottom, first) &&
    isOneShade(picture, right - 1, right, depth, bottom, first)
  );
}
