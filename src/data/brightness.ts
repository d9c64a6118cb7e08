/** From coloured pixels to brightness. */
import type { GreyPicture } from '../vision/centred.ts';
import type { Picture } from '../vision/picture.ts';

/** Weights of red, green and blue in brightness, for gamma-coded values: ITU-R BT.601. */
const RED_WEIGHT = 0.299;
const GREEN_WEIGHT = 0.587;
const BLUE_WEIGHT = 0.114;

/**
 * Brightness of each pixel: 0 is black, 1 is white. Transparent pixels are laid on white paper, since that is what
 * people see behind them; a white digit on a transparent ground therefore comes out blank.
 */
export function brightnessOf({ width, height, channels, data }: Picture): GreyPicture {
  const pixels = new Float32Array(width * height);
  const isColoured = channels >= 3;
  const isClear = channels === 2 || channels === 4;
  for (let i = 0; i < pixels.length; i++) {
    const at = i * channels;
    const light = isColoured
      ? (RED_WEIGHT * data[at] + GREEN_WEIGHT * data[at + 1] + BLUE_WEIGHT * data[at + 2]) / 255
      : data[at] / 255;
    const opacity = isClear ? data[at + channels - 1] / 255 : 1;
    pixels[i] = 1 - opacity * (1 - light);
  }
  return { width, height, pixels };
}
