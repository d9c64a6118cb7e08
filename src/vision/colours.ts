/** Colours of a picture's pixels. */
import type { Picture } from './picture.ts';

/** Red, green and blue, on white where the picture is clear. */
export type Colour = readonly [number, number, number];

/** Of the pixel that a place is in; undefined outside of the picture. */
export function colourAt(
  { width, height, channels, data }: Picture,
  x: number,
  y: number,
): Colour | undefined {
  if (x < 0 || y < 0 || x >= width || y >= height) return undefined;
  const at = (Math.floor(y) * width + Math.floor(x)) * channels;
  const opacity = channels % 2 === 0 ? data[at + channels - 1] / 255 : 1;
  const onWhite = (channel: number) => 255 + opacity * (data[at + (channels > 2 ? channel : 0)] - 255);
  return [onWhite(0), onWhite(1), onWhite(2)];
}

export function distanceOf(one: Colour, other: Colour): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}

/** Of each channel what half of them surpass. */
export function middleOf(colours: readonly Colour[]): Colour {
  const middle = (channel: 0 | 1 | 2) =>
    colours.map((colour) => colour[channel]).sort((a, b) => a - b)[colours.length >> 1];
  return [middle(0), middle(1), middle(2)];
}

/** How light a colour is, all three channels together. */
export function lightOf([red, green, blue]: Colour): number {
  return red + green + blue;
}
