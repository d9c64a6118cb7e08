/** A picture with a frame around each digit that was read in it, and the digit on the frame. */
import type { Picture, PictureReading } from '../vision/picture.ts';
import { Canvas, type Colour, textSize } from './canvas.ts';

const SURE: Colour = [0, 114, 178];
const UNSURE: Colour = [213, 94, 0];
const TURNED_AWAY: Colour = [110, 110, 110];
const WHITE: Colour = [255, 255, 255];
/** Below it a digit is worth a second look. */
const SURE_CONFIDENCE = 0.9;

/** Pictures whose longer side is shorter than this are enlarged, so that a digit on a frame can be read. */
const SHORTEST_SIDE = 480;
/** Sizes as shares of the picture's longer side. */
const LINE_SHARE = 1 / 500;
const DOT_SHARE = 1 / 160;
/** A sign is at most about half as high as its frame, in dots. */
const DOTS_PER_FRAME = 18;

/**
 * Draws frames and digits over a copy of a picture. Frames are blue, orange where the confidence is below 90 %, and
 * grey with a question mark where the picture was rejected.
 */
export function annotate(picture: Picture, { digits, rejected }: PictureReading): Picture {
  const longer = Math.max(picture.width, picture.height);
  const enlargement = Math.max(1, Math.ceil(SHORTEST_SIDE / longer));
  const canvas = Canvas.of(picture, enlargement);
  const thickness = Math.max(1, Math.round(longer * enlargement * LINE_SHARE));
  const largestDot = Math.max(2, Math.round(longer * enlargement * DOT_SHARE));
  for (const { box, digit, confidence } of digits) {
    const [left, top, width, height] = box.map((pixels) => pixels * enlargement);
    const colour = rejected !== false ? TURNED_AWAY : confidence >= SURE_CONFIDENCE ? SURE : UNSURE;
    canvas.frame(left, top, width, height, thickness, colour);
    const sign = rejected !== false ? '?' : `${digit}`;
    const dot = Math.max(2, Math.min(largestDot, Math.round(height / DOTS_PER_FRAME)));
    const tag = textSize(sign, dot);
    const above = top - thickness - tag.height;
    const x = Math.max(0, Math.min(canvas.width - tag.width, left - thickness));
    canvas.write(sign, x, Math.max(0, above), dot, WHITE, colour);
  }
  return canvas;
}
