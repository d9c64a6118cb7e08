/** Photographs of digits on paper and boards: one digit, a row, or lines of them. */
import { expose, lightUp, look, project, throughJpeg, toBytes, viewpoint } from '../camera.ts';
import { type Colour, clouds, type Image } from '../colour.ts';
import { boxOf, moved, type PlacedGlyph, row, stampAll } from '../layout.ts';
import type { Lot } from '../lot.ts';
import { emptyMask, placed } from '../mask.ts';
import { PAPERS, type PaperKind, paper, penFor, write } from '../papers.ts';
import type { Hand, Sample } from '../sample.ts';
import type { Point } from '../strokes.ts';

const DEGREE = Math.PI / 180;

/** What stands on the page, about the origin, in heights of a digit. */
interface Content {
  lines: PlacedGlyph[][];
  width: number;
  height: number;
}

export async function photoOfOne(hand: Hand, lot: Lot): Promise<Sample> {
  return photo(
    (stroke) => ({ lines: [[{ glyph: hand(stroke), map: placed(1, 0, 0, 0) }]], width: 1, height: 1 }),
    lot,
    {
      share: lot.scaleBetween(0.06, 0.8),
      tilt: 15,
    },
  );
}

export async function photoOfRow(hand: Hand, lot: Lot): Promise<Sample> {
  const count = lot.whole(2, 12);
  return photo(
    (stroke) => {
      const { placed: glyphs, width } = row(
        Array.from({ length: count }, () => hand(stroke)),
        lot,
      );
      return { lines: [glyphs], width, height: 1.1 };
    },
    lot,
    { share: lot.between(0.05, 0.3), tilt: 15 },
  );
}

export async function photoOfLines(hand: Hand, lot: Lot): Promise<Sample> {
  const count = lot.whole(2, 5);
  const spacing = lot.between(1.5, 2.2);
  const usual = lot.whole(1, 8);
  return photo(
    (stroke) => {
      const lines = Array.from({ length: count }, (_, i) => {
        const digits = Math.max(1, usual + lot.whole(-1, 1));
        const made = row(
          Array.from({ length: digits }, () => hand(stroke)),
          lot,
        );
        const map = placed(1, lot.normal() * 0.008, lot.normal() * 0.2, i * spacing);
        return { glyphs: moved(made.placed, map), width: made.width };
      });
      const width = Math.max(...lines.map((line) => line.width)) + 0.4;
      return { lines: lines.map(({ glyphs }) => glyphs), width, height: spacing * (count - 1) + 1.1 };
    },
    lot,
    { share: lot.between(0.06, 0.2), tilt: 8 },
  );
}

/** A photo of a page with nothing on it. */
export function emptyPage(lot: Lot, kind?: PaperKind): Promise<Sample> {
  const share = lot.between(0.1, 0.3);
  return photo(() => ({ lines: [], width: 1, height: 1 }), lot, { share, tilt: 15, kind });
}

interface Framing {
  /** Height of a digit as a share of the picture's. */
  share: number;
  /** Largest turn, in degrees. */
  tilt: number;
  /** Of paper; any by default. */
  kind?: PaperKind;
}

async function photo(
  compose: (stroke: number) => Content,
  lot: Lot,
  { share, tilt, kind = lot.pick(PAPERS) }: Framing,
): Promise<Sample> {
  const pen = penFor(kind, lot);
  const content = compose(pen.stroke);
  const aspect = lot.pick([4 / 3, 3 / 4, 1, 16 / 9, 9 / 16]);
  const area = lot.scaleBetween(200, 1500) ** 2;
  let height = Math.round(Math.sqrt(area / aspect));
  let width = Math.round(height * aspect);
  // The digits have to fit in, and be at least as large as a person can read.
  let size = Math.min(share * height, (0.86 * width) / content.width, (0.86 * height) / content.height);
  const enlargement = Math.max(1, 22 / size);
  width = Math.round(width * enlargement);
  height = Math.round(height * enlargement);
  size *= enlargement;

  const angle = lot.between(-tilt, tilt) * DEGREE;
  // The page is as large as the picture and has a margin all around, so that it fills the frame however it is turned.
  const margin = Math.round(0.3 * Math.max(width, height));
  const [pageWidth, pageHeight] = [width + 2 * margin, height + 2 * margin];
  const page = paper(kind, pageWidth, pageHeight, size, lot);
  const turn = viewpoint(width, height, angle, lot, lot.between(0, 0.22));
  const view = (point: Point): Point => project(turn, [point[0] - margin, point[1] - margin]);

  const [halfWidth, halfHeight] = [(content.width * size) / 2, (content.height * size) / 2];
  // A turned row reaches further up and down, so it stays nearer to the middle.
  const spread = Math.abs(Math.sin(angle));
  const roomX = Math.max(0, width / 2 - halfWidth - spread * halfHeight - 0.1 * size);
  const roomY = Math.max(0, height / 2 - halfHeight - spread * halfWidth - 0.1 * size);
  const x = pageWidth / 2 - halfWidth + lot.between(-0.85, 0.85) * roomX;
  const y = pageHeight / 2 - halfHeight + lot.between(-0.85, 0.85) * roomY;
  const lines = content.lines.map((line) => moved(line, placed(size, 0, x, y)));
  const mask = emptyMask(pageWidth, pageHeight);
  stampAll(mask, lines.flat());
  write(page, mask, pen, lot);

  const hasEdge = lot.isLucky(0.2);
  if (hasEdge) layOnTable(page, [x, y, x + 2 * halfWidth, y + 2 * halfHeight], size, lot);
  const shift = [1, 0, -margin, 0, 1, -margin];
  const image = look(page, composed(turn, shift), width, height);
  lightUp(image, lot);
  const glyphs = lines.flat();
  expose(image, Math.min(0.1, ...glyphs.map(({ glyph }) => glyph.stroke)) * size, lot);
  const isHuge = lot.isLucky(0.03);
  const wide = isHuge ? lot.whole(2500, 4000) : undefined;
  const picture = await throughJpeg(toBytes(image), lot.whole(45, 95), wide);
  const zoom = picture.width / width;
  return {
    kind: `${kind} paper, ${pen.kind}${hasEdge ? ', on a table' : ''}`,
    text: lines.map((line) => line.map(({ glyph }) => glyph.text).join('')).join('\n'),
    boxes: glyphs.map((glyph) => {
      const [left, top, w, h] = boxOf(glyph, view);
      return [left * zoom, top * zoom, w * zoom, h * zoom];
    }),
    picture,
  };
}

/** First `second`, then `first`. */
function composed(first: readonly number[], second: readonly number[]): number[] {
  const at = (m: readonly number[], r: number, c: number) => (r === 2 && c === 2 ? 1 : (m[3 * r + c] ?? 0));
  const product: number[] = [];
  for (let r = 0; r < 3; r++) {
    for (let c = 0; c < 3; c++)
      product.push(
        at(first, r, 0) * at(second, 0, c) +
          at(first, r, 1) * at(second, 1, c) +
          at(first, r, 2) * at(second, 2, c),
      );
  }
  return product.slice(0, 8).map((value) => value / product[8]);
}

const TABLES: readonly Colour[] = [
  [0.35, 0.24, 0.16],
  [0.12, 0.12, 0.13],
  [0.55, 0.42, 0.3],
  [0.3, 0.32, 0.36],
];

/** Cuts the page off at one or two sides, with the table seen beyond and a soft shadow on it. */
function layOnTable(page: Image, [left, top, right, bottom]: number[], size: number, lot: Lot): void {
  const { width, height, values } = page;
  const room = size * 0.35;
  const inset = (from: number) => lot.between(0.4, 0.95) * Math.max(0, from - room);
  const sides = [lot.isLucky(0.5), lot.isLucky(0.5), lot.isLucky(0.5), lot.isLucky(0.5)];
  const x0 = sides[0] ? inset(left) : -1e9;
  const y0 = sides[1] ? inset(top) : -1e9;
  const x1 = sides[2] ? width - inset(width - right) : 1e9;
  const y1 = sides[3] ? height - inset(height - bottom) : 1e9;
  const colour = lot.pick(TABLES);
  const grain = clouds(width, height, Math.max(3, size / 6), lot);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const outside = Math.max(x0 - x, x - x1, y0 - y, y - y1);
      if (outside <= 0) continue;
      const shade = 0.7 + 0.3 * Math.min(1, outside / (size * 0.3));
      const at = y * width + x;
      for (let c = 0; c < 3; c++) values[3 * at + c] = colour[c] * shade * (1 + 0.06 * grain[at]);
    }
  }
}
