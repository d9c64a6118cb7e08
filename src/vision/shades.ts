/** Rectangles of one shade, and cutting parts out of pictures. */
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
