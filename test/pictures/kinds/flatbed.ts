/** Pages from a flatbed scanner: a digit on a large sheet, grey noise, skew, punch holes, the lid's edge, what shines through. */
import { look, project, throughJpeg, toBytes, viewpoint } from '../camera.ts';
import { filled, ink, mottle } from '../colour.ts';
import { boxOf, stampAll } from '../layout.ts';
import type { Lot } from '../lot.ts';
import { blur, drawStroke, emptyMask, placed } from '../mask.ts';
import type { Hand, Sample } from '../sample.ts';

const SMALLEST_DIGIT = 24;

export async function flatbed(hand: Hand, lot: Lot): Promise<Sample> {
  const share = lot.scaleBetween(0.08, 0.7);
  const height = Math.round(Math.max(lot.scaleBetween(150, 900), SMALLEST_DIGIT / share));
  const width = Math.round(height * lot.pick([0.7, 0.7, 1, 1.4]));
  const glyph = hand(lot.scaleBetween(0.035, 0.12));
  const size = Math.min(share * height, (0.8 * width) / glyph.width);
  const white = lot.between(0.88, 1);
  const page = filled(width, height, [white, white, white]);
  mottle(page, 3, 0.008, lot);
  const x = (width - glyph.width * size) * lot.between(0.2, 0.8);
  const y = (height - size) * lot.between(0.15, 0.85);
  const one = { glyph, map: placed(size, lot.normal() * 0.03, x, y) };
  const mask = emptyMask(width, height);
  stampAll(mask, [one]);
  const dark = lot.between(0.05, 0.45);
  ink(page, mask, [dark, dark, dark]);
  const extras: string[] = [];
  const free = (cx: number, cy: number, r: number) =>
    cx + r < x - 0.2 * size ||
    cx - r > x + glyph.width * size + 0.2 * size ||
    cy + r < y - 0.2 * size ||
    cy - r > y + 1.2 * size;
  if (lot.isLucky(0.3)) {
    const holes = emptyMask(width, height);
    const radius = height * 0.01;
    for (const at of [0.35, 0.65]) {
      const [hx, hy] = [width * 0.04, height * at];
      if (free(hx, hy, radius)) drawStroke(holes, [[hx, hy]], 2 * radius);
    }
    const hole = lot.pick([0.1, 0.4, 0.75]);
    ink(page, holes, [hole, hole, hole]);
    extras.push('holes');
  }
  if (lot.isLucky(0.2)) {
    const back = emptyMask(width, height);
    const other = hand(0.06);
    stampAll(back, [
      { glyph: other, map: placed(size, 0.1, width * lot.between(0, 0.6), height * lot.between(0, 0.6)) },
    ]);
    blur(back.values, width, height, Math.max(1, size * 0.02));
    ink(page, back, [0.5, 0.5, 0.5], lot.between(0.04, 0.12));
    extras.push('shines through');
  }
  const turn = viewpoint(width, height, lot.normal() * 0.02, lot, 0);
  const image = look(page, turn, width, height);
  const box = boxOf(one, (point) => project(turn, point));
  if (lot.isLucky(0.3)) {
    const edge = Math.min(0.04 * height, Math.max(0, box[1] - 2), Math.max(0, box[0] - 2));
    for (let i = 0; i < width * height; i++) {
      const [px, py] = [i % width, Math.floor(i / width)];
      if (px < edge * 0.6 || py < edge) image.values.fill(0.12, 3 * i, 3 * i + 3);
    }
    extras.push('lid');
  }
  const noise = lot.between(0.004, 0.03);
  for (let i = 0; i < width * height; i++) {
    const grey = noise * lot.roughNormal();
    for (let c = 0; c < 3; c++) image.values[3 * i + c] += grey;
  }
  return {
    kind: ['flatbed', ...extras].join(', '),
    text: glyph.text,
    boxes: [box],
    picture: await throughJpeg(toBytes(image), lot.whole(60, 95)),
  };
}
