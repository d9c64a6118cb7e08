/** What a finder of digits hands over of a page. */
import { toDigit } from '../../vision/centred.ts';
import type { Box } from '../../vision/picture.ts';
import type { Page } from './page.ts';

export interface Crop {
  box: Box;
  /** 28 × 28 bytes, 255 for ink. */
  image: Uint8Array;
}

export function crops({ picture, truth }: Page): Crop[] {
  const { width, height, channels, data } = picture;
  return truth
    .map(({ box }) => {
      const [x, y, w, h] = box;
      const m = Math.ceil(0.2 * Math.max(w, h));
      const left = Math.max(0, x - m),
        top = Math.max(0, y - m);
      const cw = Math.min(width, x + w + m) - left,
        ch = Math.min(height, y + h + m) - top;
      const pixels = new Float32Array(cw * ch);
      for (let r = 0; r < ch; r++)
        for (let c = 0; c < cw; c++) {
          const at = ((top + r) * width + left + c) * channels;
          pixels[r * cw + c] =
            (channels === 1 ? data[at] : 0.3 * data[at] + 0.59 * data[at + 1] + 0.11 * data[at + 2]) / 255;
        }
      try {
        return { box, image: toDigit({ width: cw, height: ch, pixels }) };
      } catch {
        return undefined;
      }
    })
    .filter((x) => x !== undefined);
}
