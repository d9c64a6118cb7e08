/**
 * Pictures without colours and opacity that say nothing: canvases give four samples for each pixel of a drawing in black
 * on white, of which one is enough to be read and kept.
 */
import type { Picture } from '../../src/index.ts';

/** The picture itself where it has nothing to leave out. */
export function simplest(picture: Picture): Picture {
  const { width, height, channels, data } = picture;
  if (channels === 1) return picture;
  const pixels = width * height;
  const hasColours = channels >= 3;
  const hasOpacity = channels % 2 === 0;
  let isGrey = true;
  let isOpaque = true;
  for (let i = 0; i < pixels && (isGrey || isOpaque); i++) {
    const at = i * channels;
    if (hasColours && (data[at] !== data[at + 1] || data[at] !== data[at + 2])) isGrey = false;
    if (hasOpacity && data[at + channels - 1] !== 255) isOpaque = false;
  }
  const colours = hasColours && !isGrey ? 3 : 1;
  const kept = (colours + (hasOpacity && !isOpaque ? 1 : 0)) as Picture['channels'];
  if (kept === channels) return picture;
  const simpler = new Uint8Array(pixels * kept);
  for (let i = 0, to = 0; i < pixels; i++) {
    const from = i * channels;
    for (let k = 0; k < colours; k++) simpler[to++] = data[from + k];
    if (kept > colours) simpler[to++] = data[from + channels - 1];
  }
  return { width, height, channels: kept, data: simpler };
}
