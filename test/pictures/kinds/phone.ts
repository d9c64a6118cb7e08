/**
 * Photographs as phones take them of one digit that somebody was asked to write: well lit, nearly straight, on ordinary paper.
 *
 * `photo.ts` looks for what is hard. Here is what is usual, so that a reader that loses an easy picture is found out:
 * classical steps read about 95 % of these.
 */
import { expose, look, project, throughJpeg, toBytes, viewpoint } from '../camera.ts';
import { type Colour, clouds, filled, type Image, ink, mottle, varied } from '../colour.ts';
import { boxOf, stampAll } from '../layout.ts';
import type { Lot } from '../lot.ts';
import { blur, drawLines, emptyMask, placed } from '../mask.ts';
import type { Hand, Sample } from '../sample.ts';

const DEGREE = Math.PI / 180;
const SMALLEST_DIGIT = 26;
const LARGEST_SIDE = 700;

const PAPERS: readonly Colour[] = [
  [0.96, 0.96, 0.96],
  [0.93, 0.93, 0.95],
  [0.97, 0.95, 0.88],
  [0.9, 0.88, 0.84],
  [0.86, 0.87, 0.88],
];
const LINES: readonly Colour[] = [
  [0.75, 0.82, 0.92],
  [0.8, 0.8, 0.82],
  [0.85, 0.78, 0.7],
];
const DESKS: readonly Colour[] = [
  [0.25, 0.17, 0.11],
  [0.1, 0.1, 0.11],
  [0.5, 0.36, 0.24],
  [0.2, 0.22, 0.26],
];

interface Pen {
  name: string;
  colours: readonly Colour[];
  /** From the thinnest to the thickest stroke of our own hand, in heights of the digit. */
  strokes: readonly [number, number];
  opacity: readonly [number, number];
}

const PENS: readonly Pen[] = [
  {
    name: 'ballpoint',
    colours: [
      [0.1, 0.14, 0.45],
      [0.1, 0.1, 0.12],
      [0.55, 0.1, 0.12],
    ],
    strokes: [0.035, 0.08],
    opacity: [0.8, 1],
  },
  { name: 'pencil', colours: [[0.28, 0.28, 0.3]], strokes: [0.04, 0.08], opacity: [0.65, 0.9] },
  {
    name: 'marker',
    colours: [
      [0.06, 0.06, 0.07],
      [0.08, 0.12, 0.45],
      [0.65, 0.08, 0.1],
      [0.05, 0.35, 0.15],
    ],
    strokes: [0.08, 0.18],
    opacity: [0.9, 1],
  },
];

export async function phonePhoto(hand: Hand, lot: Lot): Promise<Sample> {
  const pen = lot.pick(PENS);
  const glyph = hand(lot.scaleBetween(...pen.strokes));
  // Many photographs are cut out around the digit before they are sent.
  const share = lot.isLucky(0.25) ? lot.between(0.7, 0.9) : lot.scaleBetween(0.12, 0.7);
  const aspect = lot.pick([4 / 3, 3 / 4, 3 / 4, 1, 9 / 16]);
  const side = lot.scaleBetween(120, LARGEST_SIDE);
  let height = Math.round(side / Math.sqrt(aspect));
  let width = Math.round(height * aspect);
  let size = Math.min(share * height, (0.86 * width) / glyph.width);
  const zoom = Math.max(1, SMALLEST_DIGIT / size);
  [width, height, size] = [Math.round(width * zoom), Math.round(height * zoom), size * zoom];

  const page = filled(width, height, varied(lot.pick(PAPERS), lot, 0.03));
  mottle(page, lot.pick([1.5, 4]), 0.006, lot);
  const kind = lot.pick(['plain', 'plain', 'plain', 'ruled', 'squared']);
  if (kind !== 'plain') addLines(page, kind === 'squared', size, lot);
  const turn = viewpoint(width, height, lot.normal() * 4 * DEGREE, lot, lot.between(0, 0.12));
  const margin = 0.06 * size;
  const spread = lot.between(0.2, 1);
  const at = (room: number) => Math.max(margin, room * (0.5 + spread * lot.between(-0.4, 0.4)));
  const one = {
    glyph,
    map: placed(size, lot.normal() * 2 * DEGREE, at(width - size * glyph.width), at(height - size)),
  };
  const mask = emptyMask(width, height);
  stampAll(mask, [one]);
  const grain = pen.name === 'pencil' ? lot.between(0.05, 0.2) : lot.between(0, 0.08);
  for (let i = 0; i < mask.values.length; i++) {
    if (mask.values[i] > 0)
      mask.values[i] = Math.max(0, mask.values[i] * (1 - grain * Math.abs(lot.normal())));
  }
  ink(page, mask, varied(lot.pick(pen.colours), lot, 0.03), lot.between(...pen.opacity));

  const image = look(page, turn, width, height);
  const box = boxOf(one, (point) => project(turn, point));
  const isOnDesk = lot.isLucky(0.12);
  if (isOnDesk) addDesk(image, box, lot);
  light(image, lot);
  expose(image, glyph.stroke * size, lot);
  if (lot.isLucky(0.4)) sharpen(image, lot.between(0.3, 1), Math.max(0.6, 0.1 * glyph.stroke * size));
  const enlarged = lot.isLucky(0.02) ? Math.round(Math.sqrt(12e6 * aspect)) : undefined;
  const picture = await throughJpeg(toBytes(image), lot.whole(60, 95), enlarged);
  const scale = picture.width / width;
  return {
    kind: `${kind} paper, ${pen.name}${isOnDesk ? ', on a desk' : ''}`,
    text: glyph.text,
    boxes: [[box[0] * scale, box[1] * scale, box[2] * scale, box[3] * scale]],
    picture,
  };
}

/** Faint ruling, or squares. */
function addLines(page: Image, isSquared: boolean, size: number, lot: Lot): void {
  const { width, height } = page;
  const spacing = Math.max(9, size * (isSquared ? lot.between(0.3, 1.2) : lot.between(0.7, 1.6)));
  const thickness = Math.max(0.7, spacing * lot.between(0.012, 0.03));
  const lines = emptyMask(width, height);
  drawLines(lines, 'rows', lot.between(0, spacing), spacing, thickness);
  if (isSquared) drawLines(lines, 'columns', lot.between(0, spacing), spacing, thickness);
  ink(page, lines, lot.pick(LINES), lot.between(0.5, 1));
}

/** The desk beyond one side of the paper, or two. */
function addDesk({ width, height, values }: Image, [x, y, w, h]: readonly number[], lot: Lot): void {
  const desk = lot.pick(DESKS);
  const room = [x, y, width - x - w, height - y - h].map((side) => Math.max(0, side - 0.25 * h));
  const first = lot.whole(0, 3);
  const sides = lot.isLucky(0.5) ? [first] : [first, (first + 1) % 4];
  const slope = lot.normal() * 0.08;
  const insets = room.map((side, i) => (sides.includes(i) ? side * lot.between(0.2, 0.8) : -1e9));
  const cloud = clouds(width, height, Math.max(4, height / 60), lot);
  for (let py = 0; py < height; py++) {
    for (let px = 0; px < width; px++) {
      const distances = [px, py, width - px, height - py];
      const leans = [py - y, px - x, py - y, px - x];
      const outside = insets.some((inset, i) => distances[i] < inset + Math.min(0, slope * leans[i]));
      if (!outside) continue;
      const at = py * width + px;
      for (let c = 0; c < 3; c++) values[3 * at + c] = desk[c] * (1 + 0.08 * cloud[at]);
    }
  }
}

/** Daylight from a side, a lens that darkens the corners, sometimes the soft shadow of a hand. */
function light({ width, height, values }: Image, lot: Lot): void {
  const brightness = lot.between(0.55, 1.02);
  const [alongX, alongY] = [lot.normal() * 0.1, lot.normal() * 0.1];
  const vignette = lot.between(0, 0.3);
  const tint = [1 + lot.normal() * 0.04, 1, 1 + lot.normal() * 0.05];
  const hasShadow = lot.isLucky(0.3);
  const depth = lot.between(0.08, 0.3);
  const angle = lot.between(0, 2 * Math.PI);
  const offset = lot.between(-0.5, 0.5);
  const soft = lot.scaleBetween(0.06, 0.4);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [x / width - 0.5, y / height - 0.5];
      let shade = brightness * (1 + 2 * (alongX * u + alongY * v)) * (1 - vignette * 2 * (u * u + v * v));
      if (hasShadow) {
        const into = (Math.cos(angle) * u + Math.sin(angle) * v - offset) / soft;
        shade *= 1 - depth / (1 + Math.exp(-4 * into));
      }
      for (let c = 0; c < 3; c++) values[i++] *= shade * tint[c];
    }
  }
}

/** What phones do to every picture: edges are made steeper, and get a rim. */
function sharpen({ width, height, values }: Image, amount: number, reach: number): void {
  const plane = new Float32Array(width * height);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < plane.length; i++) plane[i] = values[3 * i + c];
    blur(plane, width, height, reach);
    for (let i = 0; i < plane.length; i++) values[3 * i + c] += amount * (values[3 * i + c] - plane[i]);
  }
}
