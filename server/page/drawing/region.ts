/**
 * The part of the sheet that has ink, with some paper around it: what is read and sent. Most of a sheet is empty, and
 * whoever looks for digits has to look at every pixel.
 */
import { type Stroke, widthAt } from './stroke.ts';

export interface Region {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Paper on each side, in pixels: enough to tell what paper is. Of less, digits are read otherwise than on the sheet. */
const MARGIN = 24;

/** Undefined where there is no ink. What was erased still counts as ink: nobody has looked. */
export function inkedRegion(strokes: readonly Stroke[], width: number, height: number): Region | undefined {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (const stroke of strokes) {
    if (stroke.isEraser) continue;
    for (const { x, y, pressure } of stroke.points) {
      const reach = widthAt(stroke, pressure) / 2 + MARGIN;
      left = Math.min(left, x - reach);
      right = Math.max(right, x + reach);
      top = Math.min(top, y - reach);
      bottom = Math.max(bottom, y + reach);
    }
  }
  // What was drawn past the edge is not on the sheet.
  left = Math.max(0, Math.floor(left));
  top = Math.max(0, Math.floor(top));
  right = Math.min(width, Math.ceil(right));
  bottom = Math.min(height, Math.ceil(bottom));
  return right > left && bottom > top ? { left, top, width: right - left, height: bottom - top } : undefined;
}
