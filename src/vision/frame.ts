/**
 * The frame that a screenshot of a canvas has around it: a line of one shade along all four sides would be read as a 1, or as part
 * of what is in it. Paper of another shade must go all the way round inside of it.
 */
import type { Picture } from './picture.ts';
import { isOneShade } from './shades.ts';

/** Frames are no thicker, and no further inside, than this share of the shorter side; or than some pixels. */
const DEEPEST_SHARE = 0.03;
const DEEPEST_PIXELS = 3;

/** How many pixels to cut off at each side; 0 where there is no frame. */
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
