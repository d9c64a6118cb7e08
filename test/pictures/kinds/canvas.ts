/** Drawings on a canvas: round strokes in one colour, as wide as the person chose. */

import { toBytes } from '../camera.ts';
import { type Colour, filled, ink } from '../colour.ts';
import { boxOf, stampAll } from '../layout.ts';
import type { Lot } from '../lot.ts';
import { emptyMask, placed } from '../mask.ts';
import type { Hand, Sample } from '../sample.ts';

const BRIGHT: readonly Colour[] = [
  [0.9, 0.1, 0.1],
  [0.1, 0.2, 0.9],
  [0, 0.5, 0.1],
  [0.5, 0, 0.6],
  [0.9, 0.4, 0],
  [0, 0.5, 0.5],
];

export async function drawing(hand: Hand, lot: Lot): Promise<Sample> {
  const width = lot.pick([64, 100, 140, 200, 280, 280, 280, 300, 400, 560]);
  const height = lot.isLucky(0.8) ? width : Math.round(width * lot.between(0.6, 1.5));
  const share = lot.isLucky(0.3) ? lot.between(0.12, 0.4) : lot.between(0.4, 0.92);
  let size = Math.max(14, share * height);
  const pen = Math.max(lot.scaleBetween(1, 0.2 * Math.min(width, height)), 1);
  const glyph = hand(Math.min(0.22, pen / size));
  size = Math.min(size, (0.96 * width) / glyph.width, 0.96 * height);
  const x = lot.between(0.02, 0.98) * Math.max(0, width - glyph.width * size);
  const y = lot.between(0.02, 0.98) * Math.max(0, height - size);
  const one = { glyph, map: placed(size, 0, x, y) };
  const mask = emptyMask(width, height);
  stampAll(mask, [one]);
  const style = lot.pick([
    'black on white',
    'black on white',
    'white on black',
    'white on black',
    'coloured',
    'transparent',
  ]);
  const rest = { text: glyph.text, boxes: [boxOf(one)], kind: `${style}` };
  if (style === 'transparent') {
    const shade = lot.pick([0, 0, 255, 40, 230]);
    const data = new Uint8ClampedArray(width * height * 4);
    for (let i = 0; i < mask.values.length; i++) {
      data[4 * i + 3] = Math.round(255 * mask.values[i]);
      if (data[4 * i + 3] > 0) data.fill(shade, 4 * i, 4 * i + 3);
    }
    return {
      ...rest,
      kind: `transparent, ${shade < 128 ? 'dark' : 'light'} ink`,
      picture: { width, height, channels: 4, data },
    };
  }
  let [paperColour, inkColour]: Colour[] = [
    [1, 1, 1],
    [0, 0, 0],
  ];
  if (style === 'white on black') [paperColour, inkColour] = [inkColour, paperColour];
  if (style === 'coloured') {
    inkColour = lot.pick(BRIGHT);
    paperColour = lot.pick<Colour>([
      [1, 1, 1],
      [1, 1, 1],
      [1, 0.98, 0.85],
      [0.9, 0.95, 1],
      [0.08, 0.08, 0.1],
    ]);
    if (paperColour[0] < 0.5)
      inkColour = lot.pick<Colour>([
        [1, 0.9, 0.2],
        [0.3, 1, 0.5],
        [0.4, 0.8, 1],
        [1, 0.5, 0.6],
      ]);
  }
  const image = filled(width, height, paperColour);
  ink(image, mask, inkColour);
  return { ...rest, picture: toBytes(image) };
}
