/** Tiny pictures of 16 to 40 pixels, as thumbnails and data sets have them. */
import { boxOf, stampAll } from '../layout.ts';
import type { Lot } from '../lot.ts';
import { emptyMask, placed } from '../mask.ts';
import type { Hand, Sample } from '../sample.ts';

export async function tiny(hand: Hand, lot: Lot): Promise<Sample> {
  const width = lot.whole(16, 40);
  const size = Math.max(12, width * lot.between(0.6, 0.9));
  const glyph = hand(lot.between(0.08, 0.15));
  const fit = Math.min(size, (width - 2) / glyph.width);
  const x = (width - glyph.width * fit) * lot.between(0.3, 0.7);
  const y = (width - fit) * lot.between(0.3, 0.7);
  const one = { glyph, map: placed(fit, 0, x, y) };
  const mask = emptyMask(width, width);
  stampAll(mask, [one]);
  const isDark = lot.isLucky(0.5);
  const contrast = lot.between(0.6, 1);
  const data = Uint8Array.from(mask.values, (cover) => {
    const amount = cover * contrast * 255;
    return Math.round(isDark ? amount : 255 - amount);
  });
  return {
    kind: isDark ? 'light on dark' : 'dark on light',
    text: glyph.text,
    boxes: [boxOf(one)],
    picture: { width, height: width, channels: 1, data },
  };
}
