/** What lies over a picture: lines drawn across it, and a part in negative. */
import { below, uniform } from './draw.wasm';

/** Draws up to `most` lines on a picture, of values from 0 to 1. Word 15 says how many, each has five from word 20 on. */
export function drawLines(
  picture: usize,
  words: usize,
  height: i32,
  width: i32,
  channels: i32,
  most: i32,
): void {
  const count = below(words + 60, most + 1);
  for (let line = 0; line < count; line++) {
    const own = words + 80 + <usize>line * 20;
    const x = uniform(own) * <f32>width;
    const y = uniform(own + 4) * <f32>height;
    const alongX = uniform(own + 8) * <f32>width - x;
    const alongY = uniform(own + 12) * <f32>height - y;
    const reach: f32 = <f32>0.3 + (<f32>1.2 - <f32>0.3) * uniform(own + 16) + <f32>0.5;
    drawLine(picture, height, width, channels, x, y, alongX, alongY, reach);
  }
}

/** Ink where the middle of a pixel is nearer than `reach`, paler over the last pixel of it. Looks only around the line. */
function drawLine(
  picture: usize,
  height: i32,
  width: i32,
  channels: i32,
  x: f32,
  y: f32,
  alongX: f32,
  alongY: f32,
  reach: f32,
): void {
  const inverse: f32 = 1 / max<f32>(alongX * alongX + alongY * alongY, 1e-20);
  const top = max(<i32>floor(min(y, y + alongY) - reach), 0);
  const bottom = min(<i32>ceil(max(y, y + alongY) + reach), height);
  const left = max(<i32>floor(min(x, x + alongX) - reach), 0);
  const right = min(<i32>ceil(max(x, x + alongX) + reach), width);
  for (let row = top; row < bottom; row++) {
    const fromY = <f32>row + <f32>0.5 - y;
    for (let column = left; column < right; column++) {
      const fromX = <f32>column + <f32>0.5 - x;
      const share = min<f32>(max<f32>((fromX * alongX + fromY * alongY) * inverse, 0), 1);
      const awayX = fromX - share * alongX;
      const awayY = fromY - share * alongY;
      const ink = min<f32>(reach - sqrt<f32>(awayX * awayX + awayY * awayY), 1);
      if (ink <= 0) continue;
      const pixel = picture + ((<usize>(row * width + column) * channels) << 2);
      for (let channel = 0; channel < channels; channel++) {
        const at = pixel + ((<usize>channel) << 2);
        store<f32>(at, max(load<f32>(at), ink));
      }
    }
  }
}

/**
 * Turns a rectangle, or all but that, of a normalised picture into its negative: `gain` and `offset` are what made
 * values of 0 to 1 normalised. The lowest bit of word 14 says which; words 16 to 19 are for the rows and columns.
 */
export function negate(
  picture: usize,
  words: usize,
  height: i32,
  width: i32,
  channels: i32,
  gain: f32,
  offset: f32,
): void {
  const isAround = (load<u32>(words, 56) & 1) === 1;
  const row0 = below(words + 64, height + 1);
  const row1 = below(words + 68, height + 1);
  const column0 = below(words + 72, width + 1);
  const column1 = below(words + 76, width + 1);
  const top = min(row0, row1);
  const bottom = max(row0, row1);
  const left = min(column0, column1) * channels;
  const right = max(column0, column1) * channels;
  const sum = gain + 2 * offset;
  const line = width * channels;
  for (let row = 0; row < height; row++) {
    const isBeside = row < top || row >= bottom;
    for (let i = 0; i < line; i++) {
      const isWithin = !isBeside && i >= left && i < right;
      if (isWithin === isAround) continue;
      const at = picture + ((<usize>(row * line + i)) << 2);
      store<f32>(at, sum - load<f32>(at));
    }
  }
}
