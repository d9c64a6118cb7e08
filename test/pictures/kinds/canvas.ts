/** Drawings on a canvas, one digit or a row: round strokes in one colour, as wide as the person chose. */
import type { Picture } from '../../../src/vision/picture.ts';
import { toBytes } from '../camera.ts';
import { type Colour, filled, ink } from '../colour.ts';
import { boxOf, extentOf, moved, type PlacedGlyph, row, stampAll } from '../layout.ts';
import type { Lot } from '../lot.ts';
import { drawStroke, emptyMask, type Mask, placed } from '../mask.ts';
import type { Hand, Sample } from '../sample.ts';

const WHITE: Colour = [1, 1, 1];
const BLACK: Colour = [0, 0, 0];
const ON_LIGHT: readonly Colour[] = [
  [0.9, 0.1, 0.1],
  [0.1, 0.2, 0.9],
  [0, 0.5, 0.1],
  [0.5, 0, 0.6],
  [0.9, 0.4, 0],
  [0, 0.5, 0.5],
];
const ON_DARK: readonly Colour[] = [
  [1, 0.9, 0.2],
  [0.3, 1, 0.5],
  [0.4, 0.8, 1],
  [1, 0.5, 0.6],
  [0.9, 0.9, 0.92],
];
const LIGHT: readonly Colour[] = [WHITE, WHITE, [1, 0.98, 0.85], [0.9, 0.95, 1]];
const DARK: readonly Colour[] = [
  [0.08, 0.08, 0.1],
  [0.12, 0.14, 0.2],
  [0.1, 0.12, 0.12],
];

export async function drawing(hand: Hand, lot: Lot): Promise<Sample> {
  const width = lot.pick([64, 100, 140, 200, 280, 280, 280, 300, 400, 560]);
  const height = lot.isLucky(0.8) ? width : Math.round(width * lot.between(0.6, 1.5));
  const share = lot.isLucky(0.3) ? lot.between(0.12, 0.4) : lot.between(0.4, 0.92);
  const size = Math.max(16, share * height);
  const pen = lot.scaleBetween(1, 0.2 * Math.min(width, height));
  // A pen too thick for a small digit would leave a blot.
  const glyph = hand(Math.min(0.2, pen / size));
  return onCanvas([{ glyph, map: placed(1, 0, 0, 0) }], size, width, height, lot);
}

export async function drawnRow(hand: Hand, lot: Lot): Promise<Sample> {
  const width = lot.pick([280, 400, 560, 800, 1200]);
  const height = Math.round(width * lot.between(0.25, 0.8));
  const stroke = lot.scaleBetween(0.03, 0.15);
  const glyphs = Array.from({ length: lot.whole(2, Math.min(10, Math.floor(width / 60))) }, () =>
    hand(stroke),
  );
  const line = row(glyphs, lot);
  const size = lot.between(0.5, 0.95) * height;
  return onCanvas(line.placed, size, width, height, lot);
}

/** Puts glyphs, about `wanted` pixels high, somewhere on a canvas of some style. */
function onCanvas(
  glyphs: readonly PlacedGlyph[],
  wanted: number,
  width: number,
  height: number,
  lot: Lot,
): Sample {
  const [left, top, right, bottom] = extentOf(glyphs);
  const size = Math.min(wanted, (0.92 * width) / (right - left), (0.92 * height) / (bottom - top));
  const [w, h] = [(right - left) * size, (bottom - top) * size];
  const x = (width - w) * lot.between(0.1, 0.9);
  const y = (height - h) * lot.between(0.1, 0.9);
  const there = moved(glyphs, placed(size, 0, x - left * size, y - top * size));
  const mask = emptyMask(width, height);
  stampAll(mask, there);
  const style = styleOf(lot);
  const rest = {
    text: glyphs.map(({ glyph }) => glyph.text).join(''),
    boxes: there.map((one) => boxOf(one)),
  };
  if (style.shade !== undefined) {
    const ground = style.shade < 128 ? 'dark' : 'light';
    return { ...rest, kind: `transparent, ${ground} ink`, picture: transparent(mask, style.shade) };
  }
  const image = filled(width, height, style.paper);
  ink(image, mask, style.ink);
  const isFramed = lot.isLucky(0.12) && Math.min(x, y, width - x - w, height - y - h) > 8;
  if (isFramed) frame(image, lot);
  return { ...rest, kind: `${style.name}${isFramed ? ', framed' : ''}`, picture: toBytes(image) };
}

interface Style {
  name: string;
  paper: Colour;
  ink: Colour;
  /** Of the ink on a transparent canvas, which has no paper. */
  shade?: number;
}

function styleOf(lot: Lot): Style {
  const chance = lot.between(0, 1);
  if (chance < 0.3) return { name: 'black on white', paper: WHITE, ink: BLACK };
  if (chance < 0.6) return { name: 'white on black', paper: BLACK, ink: WHITE };
  if (chance < 0.72) return { name: 'coloured, dark', paper: lot.pick(DARK), ink: lot.pick(ON_DARK) };
  if (chance < 0.86) return { name: 'coloured, light', paper: lot.pick(LIGHT), ink: lot.pick(ON_LIGHT) };
  return { name: 'transparent', paper: WHITE, ink: BLACK, shade: lot.pick([0, 0, 255, 40, 230]) };
}

function transparent({ width, height, values }: Mask, shade: number): Picture {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < values.length; i++) {
    data[4 * i + 3] = Math.round(255 * values[i]);
    if (data[4 * i + 3] > 0) data.fill(shade, 4 * i, 4 * i + 3);
  }
  return { width, height, channels: 4, data };
}

/** The thin border that pages draw around a canvas. */
function frame(image: ReturnType<typeof filled>, lot: Lot): void {
  const { width, height } = image;
  const border = emptyMask(width, height);
  const inset = lot.pick([0.5, 1.5, 3.5]);
  const [right, bottom] = [width - inset, height - inset];
  const thickness = lot.pick([1, 1, 2]);
  drawStroke(
    border,
    [
      [inset, inset],
      [right, inset],
      [right, bottom],
      [inset, bottom],
      [inset, inset],
    ],
    thickness,
  );
  const grey = lot.between(0.3, 0.75);
  ink(image, border, [grey, grey, grey]);
}
