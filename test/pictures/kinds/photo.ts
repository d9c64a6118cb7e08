/** Photographs of digits on paper and boards: one digit, a row, or lines of them. */
import {
  composed,
  expose,
  type Homography,
  inverseOf,
  lightUp,
  look,
  project,
  shine,
  THIN,
  throughJpeg,
  toBytes,
  viewpoint,
} from '../camera.ts';
import { layOnTable } from '../desk.ts';
import { boxOf, extentOf, moved, type PlacedGlyph, row, stampAll, type TruthBox } from '../layout.ts';
import type { Lot } from '../lot.ts';
import { emptyMask, placed } from '../mask.ts';
import { addThumb, fold } from '../mishaps.ts';
import { PAPERS, type PaperKind, paper, penFor, write } from '../papers.ts';
import type { Hand, Sample } from '../sample.ts';
import type { Point } from '../strokes.ts';

const DEGREE = Math.PI / 180;
/** Lower digits are hard to read for a person too. */
const SMALLEST_DIGIT = 22;

/** What stands on the page, in heights of a digit. */
interface Content {
  lines: PlacedGlyph[][];
  width: number;
  height: number;
}

interface Framing {
  /** Height of a digit as a share of the picture's. */
  share: number;
  /** Largest turn, in degrees. */
  tilt: number;
  /** Of paper; any by default. */
  kind?: PaperKind;
  /** How far from the middle it may be: 1, the default, for anywhere. */
  spread?: number;
  /** How often the page's edge is seen; 0.15 by default. */
  table?: number;
}

/** As people photograph a digit: it is what the picture is about. */
export function photoOfOne(hand: Hand, lot: Lot): Promise<Sample> {
  return photo(alone(hand), lot, { share: lot.between(0.3, 0.8), tilt: 15, spread: 0.5 });
}

/** From further away: small, anywhere, with more around it. */
export function distantPhotoOfOne(hand: Hand, lot: Lot): Promise<Sample> {
  return photo(alone(hand), lot, { share: lot.scaleBetween(0.06, 0.3), tilt: 15, table: 0.3 });
}

const alone = (hand: Hand) => (stroke: number) => {
  const glyph = hand(stroke);
  return { lines: [[{ glyph, map: placed(1, 0, 0, 0) }]], width: glyph.width, height: 1 };
};

export function photoOfRow(hand: Hand, lot: Lot): Promise<Sample> {
  const count = lot.whole(2, 12);
  const compose = (stroke: number) => {
    const glyphs = Array.from({ length: count }, () => hand(stroke));
    const { placed: line, width } = row(glyphs, lot);
    return { lines: [line], width, height: 1.1 };
  };
  return photo(compose, lot, { share: lot.between(0.06, 0.4), tilt: 15 });
}

export function photoOfLines(hand: Hand, lot: Lot): Promise<Sample> {
  const count = lot.whole(2, 5);
  const spacing = lot.between(1.5, 2.2);
  const usual = lot.whole(1, 8);
  const compose = (stroke: number) => {
    const made = Array.from({ length: count }, (_, i) => {
      const digits = Math.max(1, usual + lot.whole(-1, 1));
      const glyphs = Array.from({ length: digits }, () => hand(stroke));
      const { placed: line, width } = row(glyphs, lot);
      const indent = Math.abs(lot.normal()) * 0.2;
      return {
        line: moved(line, placed(1, lot.normal() * 0.008, indent, i * spacing)),
        width: indent + width,
      };
    });
    const width = Math.max(...made.map((line) => line.width));
    return { lines: made.map(({ line }) => line), width, height: spacing * (count - 1) + 1.1 };
  };
  return photo(compose, lot, { share: lot.between(0.06, 0.25), tilt: 8 });
}

/** A photo of a page with nothing on it. */
export function emptyPage(lot: Lot, kind?: PaperKind): Promise<Sample> {
  return photo(() => ({ lines: [], width: 1, height: 1 }), lot, {
    share: lot.between(0.1, 0.3),
    tilt: 15,
    kind,
  });
}

async function photo(
  compose: (stroke: number) => Content,
  lot: Lot,
  { share, tilt, kind = lot.pick(PAPERS), spread = 1, table = 0.15 }: Framing,
): Promise<Sample> {
  const pen = penFor(kind, lot);
  const content = compose(pen.stroke);
  const frame = frameFor(content, share, lot);
  const { width, height } = frame;
  const turn = viewpoint(width, height, lot.between(-tilt, tilt) * DEGREE, lot, lot.between(0, 0.22));
  const { lines, size } = place(content, frame, turn, spread, lot);
  const glyphs = lines.flat();

  // The page reaches as far as the picture's corners look.
  const [left, top, right, bottom] = extent(
    [
      [0, 0],
      [width, 0],
      [0, height],
      [width, height],
    ],
    (corner) => project(inverseOf(turn), corner),
  ).map((side, i) => (i < 2 ? Math.floor(side) - 2 : Math.ceil(side) + 2));
  const page = paper(kind, right - left, bottom - top, size, lot);
  const onPage = glyphs.map((glyph) => moved([glyph], placed(1, 0, -left, -top))[0]);
  const mask = emptyMask(page.width, page.height);
  stampAll(mask, onPage);
  write(page, mask, pen, lot);
  if (lot.isLucky(0.15)) fold(page, lot);
  const isNote = kind === 'sticky note';
  const isOnTable = lot.isLucky(table) || isNote;
  if (isOnTable) {
    const written = glyphs.length > 0 ? extentOf(onPage) : [0, 0, page.width, page.height];
    layOnTable(page, written, size, lot, isNote);
  }

  const image = look(page, composed(turn, [1, 0, left, 0, 1, top, 0, 0]), width, height);
  const boxes = boxesIn(glyphs, turn);
  if (lot.isLucky(0.12)) addThumb(image, boxes, lot);
  lightUp(image, lot);
  if (kind === 'whiteboard' && lot.isLucky(0.6)) shine(image, lot);
  const stroke = Math.min(0.1, ...glyphs.map(({ glyph }) => glyph.stroke)) * size;
  expose(image, stroke, lot);
  const enlarged = lot.isLucky(0.03)
    ? Math.round(Math.sqrt(lot.between(6e6, 12e6) * (width / height)))
    : undefined;
  const picture = await throughJpeg(toBytes(image), lot.whole(stroke < THIN ? 65 : 45, 95), enlarged);
  const zoom = picture.width / width;
  return {
    kind: `${kind} paper, ${pen.kind}${isOnTable ? ', on a table' : ''}`,
    text: lines.map((line) => line.map(({ glyph }) => glyph.text).join('')).join('\n'),
    boxes: boxes.map((box) => box.map((value) => value * zoom) as TruthBox),
    picture,
  };
}

interface Frame {
  width: number;
  height: number;
  /** Height of a digit in pixels. */
  size: number;
}

function frameFor(content: Content, share: number, lot: Lot): Frame {
  const aspect = lot.pick([4 / 3, 3 / 4, 1, 16 / 9, 9 / 16]);
  const side = lot.scaleBetween(200, 1400);
  const height = side / Math.sqrt(aspect);
  const width = height * aspect;
  const size = Math.min(share * height, (0.9 * width) / content.width, (0.9 * height) / content.height);
  const zoom = Math.max(1, SMALLEST_DIGIT / size);
  return { width: Math.round(width * zoom), height: Math.round(height * zoom), size: size * zoom };
}

/** Puts the content anywhere in the picture where all of it is seen; smaller if it does not fit. */
function place(content: Content, { width, height, size }: Frame, turn: Homography, most: number, lot: Lot) {
  const back = inverseOf(turn);
  const [atX, atY] = [lot.between(-0.5, 0.5), lot.between(-0.5, 0.5)];
  for (let fit = size, spread = most; ; ) {
    const centre: Point = [width * (0.5 + atX * spread), height * (0.5 + atY * spread)];
    const [x, y] = project(back, centre);
    const map = placed(fit, 0, x - (content.width * fit) / 2, y - (content.height * fit) / 2);
    const lines = content.lines.map((line) => moved(line, map));
    const margin = 0.1 * fit + 1;
    const isSeen = boxesIn(lines.flat(), turn).every(
      ([left, top, w, h]) =>
        left >= margin && top >= margin && left + w <= width - margin && top + h <= height - margin,
    );
    if (isSeen) return { lines, size: fit };
    if (spread > 0.05) spread -= 0.07;
    else fit *= 0.95;
  }
}

function boxesIn(glyphs: readonly PlacedGlyph[], turn: Homography): TruthBox[] {
  return glyphs.map((glyph) => boxOf(glyph, (point) => project(turn, point)));
}

/** Left, top, right and bottom of points, after `map`. */
function extent(points: readonly Point[], map: (point: Point) => Point = (point) => point): number[] {
  const there = points.map(map);
  const xs = there.map(([x]) => x);
  const ys = there.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
