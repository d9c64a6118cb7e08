/** Scans: flat light, dust, staples and dark borders, in grey or in black and white. */
import { expose, look, project, toBytes, viewpoint } from '../camera.ts';
import { type Colour, filled, ink, mottle } from '../colour.ts';
import { boxOf, stampAll } from '../layout.ts';
import type { Lot } from '../lot.ts';
import { drawStroke, emptyMask, placed } from '../mask.ts';
import type { Hand, Sample } from '../sample.ts';

const INCHES_PER_MILLIMETRE = 1 / 25.4;

export async function scan(hand: Hand, lot: Lot): Promise<Sample> {
  const dots = lot.pick([100, 150, 200, 300]) * INCHES_PER_MILLIMETRE;
  const size = Math.max(22, dots * lot.scaleBetween(5, 30));
  const glyph = hand(Math.min(0.15, Math.max(1.6 / size, (dots * lot.between(0.3, 0.9)) / size)));
  // Half of the scans are cut out around the digit.
  const most = lot.isLucky(0.5) ? 1 : 6;
  const width = Math.round(size * (glyph.width + lot.between(0.5, most)));
  const height = Math.round(size * (1 + lot.between(0.5, most)));
  const turn = viewpoint(width, height, lot.normal() * 0.03, lot, 0);
  const margin = 0.2 * size;
  const x = lot.between(margin, width - margin - glyph.width * size);
  const y = lot.between(margin, height - margin - size);
  const one = { glyph, map: placed(size, 0, x, y) };
  const page = filled(
    width,
    height,
    lot.pick<Colour>([
      [1, 1, 1],
      [0.96, 0.96, 0.96],
      [0.9, 0.9, 0.89],
    ]),
  );
  mottle(page, 2, 0.006, lot);
  const mask = emptyMask(width, height);
  stampAll(mask, [one]);
  const dark = lot.between(0.05, 0.4);
  ink(page, mask, [dark, dark, dark]);
  const dirt = emptyMask(width, height);
  for (let i = lot.whole(0, 25); i > 0; i--) {
    drawStroke(
      dirt,
      [[lot.between(0, width), lot.between(0, height)]],
      lot.between(0.6, Math.max(1.5, size * 0.03)),
    );
  }
  ink(page, dirt, [0.2, 0.2, 0.2], lot.between(0.4, 1));
  const image = look(page, turn, width, height);
  const box = boxOf(one, (point) => project(turn, point));
  const extras: string[] = [];
  if (lot.isLucky(0.25)) {
    darkBorder(image, box, lot);
    extras.push('dark border');
  }
  const isBilevel = lot.isLucky(0.45);
  if (!isBilevel) expose(image, Math.min(3, glyph.stroke * size), lot);
  const { data } = toBytes(image);
  const grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i++)
    grey[i] = isBilevel ? (data[3 * i + 1] > 150 ? 255 : 0) : data[3 * i + 1];
  return {
    kind: [isBilevel ? 'bilevel' : 'grey', ...extras].join(', '),
    text: glyph.text,
    boxes: [box],
    picture: { width, height, channels: 1, data: grey },
  };
}

/** The scanner's lid shows at one or two edges, as far as the digit leaves room. */
function darkBorder(
  { width, height, values }: ReturnType<typeof filled>,
  [x, y, w, h]: number[],
  lot: Lot,
): void {
  const most = Math.min(width, height) * 0.12;
  const [left, right] = [
    lot.between(0, Math.min(most, x * 0.6)),
    lot.between(0, Math.min(most, (width - x - w) * 0.6)),
  ];
  const [top, bottom] = [
    lot.between(0, Math.min(most, y * 0.6)),
    lot.between(0, Math.min(most, (height - y - h) * 0.6)),
  ];
  for (let i = 0; i < width * height; i++) {
    const [px, py] = [i % width, Math.floor(i / width)];
    if (px < left || px >= width - right || py < top || py >= height - bottom)
      values.fill(0.08, 3 * i, 3 * i + 3);
  }
}
