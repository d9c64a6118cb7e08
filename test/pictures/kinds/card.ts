/** Cards and notes on a desk, with a digit or a short number on them: most of the picture is desk. */
import { expose, lightUp, look, project, throughJpeg, toBytes, viewpoint } from '../camera.ts';
import { type Colour, clouds, filled, ink, mottle, varied } from '../colour.ts';
import { boxOf, moved, row, stampAll } from '../layout.ts';
import type { Lot } from '../lot.ts';
import { apply, emptyMask, inverse, type Mask, placed } from '../mask.ts';
import type { Hand, Sample } from '../sample.ts';

const SMALLEST_DIGIT = 26;
const DESKS: readonly Colour[] = [
  [0.36, 0.26, 0.17],
  [0.14, 0.15, 0.17],
  [0.58, 0.57, 0.54],
  [0.72, 0.6, 0.45],
  [0.17, 0.24, 0.21],
];
const CARDS: readonly Colour[] = [
  [0.96, 0.96, 0.95],
  [0.97, 0.93, 0.56],
  [0.96, 0.7, 0.78],
  [0.8, 0.9, 0.8],
  [0.93, 0.88, 0.78],
];
const PENS = [
  { name: 'ballpoint', colour: [0.1, 0.13, 0.42], stroke: 0.055 },
  { name: 'pencil', colour: [0.32, 0.32, 0.34], stroke: 0.055 },
  { name: 'marker', colour: [0.07, 0.07, 0.08], stroke: 0.12 },
] as const;
/** How soft a card's edge and its shadow are, in pixels of the page. */
const EDGE = 0.7;

export async function card(hand: Hand, lot: Lot): Promise<Sample> {
  const pen = lot.pick(PENS);
  const count = lot.isLucky(0.6) ? 1 : lot.whole(2, 3);
  const { placed: glyphs, width: wide } = row(
    Array.from({ length: count }, () => hand(pen.stroke * lot.scaleBetween(0.8, 1.4))),
    lot,
  );
  const size = lot.scaleBetween(SMALLEST_DIGIT, 110);
  const [cardWidth, cardHeight] = [wide + lot.scaleBetween(0.7, 2.5), 1 + lot.scaleBetween(0.7, 2)].map(
    (side) => side * size,
  );
  const width = Math.round(Math.min(1400, Math.max(1.15 * cardHeight, cardWidth / lot.between(0.18, 0.7))));
  const height = Math.round(Math.max(1.3 * cardHeight, width * lot.pick([3 / 4, 9 / 16, 1])));
  const lean = lot.normal() * 0.12;
  const reach = Math.hypot(cardWidth, cardHeight) / 2;
  const within = (side: number) => (side > 2 * reach ? lot.between(reach, side - reach) : side / 2);
  const onDesk = placed(1, lean, within(width), within(height));

  const page = filled(width, height, varied(lot.pick(DESKS), lot, 0.03));
  const grain = clouds(width, height, Math.max(3, width / 90), lot);
  for (let i = 0; i < page.values.length; i++) page.values[i] *= 1 + 0.06 * grain[Math.floor(i / 3)];
  const shadow = placed(1, lean, onDesk[4] + lot.normal() * 3, onDesk[5] + 3);
  ink(page, rectangle(width, height, cardWidth, cardHeight, shadow, 5), [0.03, 0.03, 0.03], 0.4);
  const sheet = filled(width, height, varied(lot.pick(CARDS), lot, 0.02));
  mottle(sheet, 2, 0.006, lot);
  const cover = rectangle(width, height, cardWidth, cardHeight, onDesk, EDGE).values;
  for (let i = 0; i < page.values.length; i++) {
    const share = cover[Math.floor(i / 3)];
    page.values[i] += share * (sheet.values[i] - page.values[i]);
  }
  const [left, top] = apply(onDesk, [(-wide * size) / 2, -size / 2]);
  const written = moved(glyphs, placed(size, lean + lot.normal() * 0.04, left, top));
  const mask = emptyMask(width, height);
  stampAll(mask, written);
  ink(page, mask, varied(pen.colour, lot, 0.03), lot.between(0.8, 1));

  const turn = viewpoint(width, height, 0, lot, lot.between(0, 0.1));
  const image = look(page, turn, width, height);
  lightUp(image, lot);
  expose(image, Math.min(...glyphs.map(({ glyph }) => glyph.stroke)) * size, lot);
  return {
    kind: `card on a desk, ${pen.name}`,
    text: glyphs.map(({ glyph }) => glyph.text).join(''),
    boxes: written.map((one) => boxOf(one, (point) => project(turn, point))),
    picture: await throughJpeg(toBytes(image), lot.whole(65, 95)),
  };
}

/** A rectangle about the origin, laid down by `map`; its edges are `soft` pixels wide. */
function rectangle(
  width: number,
  height: number,
  across: number,
  down: number,
  map: ReturnType<typeof placed>,
  soft: number,
): Mask {
  const mask = emptyMask(width, height);
  const back = inverse(map);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const [u, v] = apply(back, [x, y]);
      const outside = Math.max(Math.abs(u) - across / 2, Math.abs(v) - down / 2);
      mask.values[i] = Math.min(1, Math.max(0, 0.5 - outside / (2 * soft)));
    }
  }
  return mask;
}
