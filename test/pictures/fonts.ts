/**
 * Digits and letters in the hands of people whom neither MNIST nor we know: fonts that were made of somebody's handwriting.
 *
 * Some of their 1s have flags nearly as long as a 7's bar, and their 4s and 9s are not MNIST's. The fonts come from npm,
 * under the SIL Open Font License or Apache's. Those of the report were picked by their looks, before any was read, and
 * nothing is chosen by how they are read.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import opentype from 'opentype.js';
import { fillOutlines } from './fill.ts';
import type { Glyph } from './glyphs.ts';
import type { Lot } from './lot.ts';
import { apply, drawStroke } from './mask.ts';
import { bending, type Point, type Polyline, strokesOf } from './strokes.ts';

/** By the split they are for. */
export const FONTS = {
  development: [
    'annie-use-your-telescope',
    'borel',
    'finger-paint',
    'handlee',
    'homemade-apple',
    'sriracha',
    'the-girl-next-door',
    'waiting-for-the-sunrise',
  ],
  report: [
    'beth-ellen',
    'cedarville-cursive',
    'give-you-glory',
    'just-me-again-down-here',
    'mynerve',
    'nothing-you-could-do',
    'playwrite-de-grund',
    'reenie-beanie',
  ],
} as const;

export type Font = (typeof FONTS)[keyof typeof FONTS][number];

/** By how many hundredths of its height a digit is bent, so that none is quite as the font has it. */
const BENT = 2;
/** Height of the box in which outlines are bent. */
const BOX = 100;

/** Letters that people do not write like a digit, as far as one can say so of any. */
export const FONT_LETTERS: readonly string[] = [...'ACEFHKLMNPRTUVWXacdefhkmnprtuvwx'];

/** A digit or letter as a font's writer would write it again, with a pen that is wider than the font's by `wider` heights. */
export function fontGlyph(font: Font, sign: string, lot: Lot, wider = 0): Glyph {
  const bend = bending(lot, BENT);
  const bent = outlinesOf(font, sign).map((outline) => outline.map((point) => bend(point)));
  const points = bent.flat();
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const size = (Math.max(...ys) - top) / (1 - wider);
  const edge = wider / 2;
  const outlines = bent.map((outline) =>
    outline.map(([x, y]): Point => [(x - left) / size + edge, (y - top) / size + edge]),
  );
  return {
    text: sign,
    width: (Math.max(...xs) - left) / size + wider,
    ink: outlines.flat(),
    reach: edge,
    stroke: strokeOf(outlines) + wider,
    stamp(mask, map) {
      const there = outlines.map((outline) => outline.map((point) => apply(map, point)));
      fillOutlines(mask, there);
      if (wider === 0) return;
      const pen = wider * Math.sqrt(Math.abs(map[0] * map[3] - map[1] * map[2]));
      for (const outline of there) drawStroke(mask, [...outline, outline[0]], pen);
    },
  };
}

/** Area over half of the length around it. */
function strokeOf(outlines: readonly Polyline[]): number {
  let [area, around] = [0, 0];
  for (const outline of outlines) {
    outline.forEach(([x, y], i) => {
      const [x0, y0] = outline.at(i - 1)!;
      area += (x0 * y - x * y0) / 2;
      around += Math.hypot(x - x0, y - y0);
    });
  }
  return (2 * Math.abs(area)) / around;
}

const fonts = new Map<Font, opentype.Font>();

function fontOf(name: Font): opentype.Font {
  const there = fonts.get(name);
  if (there) return there;
  const file = fileURLToPath(import.meta.resolve(`@fontsource/${name}/files/${name}-latin-400-normal.woff`));
  const { buffer, byteOffset, byteLength } = readFileSync(file);
  const font = opentype.parse(buffer.slice(byteOffset, byteOffset + byteLength));
  fonts.set(name, font);
  return font;
}

const known = new Map<string, Polyline[]>();

/** A font's sign, in a box as high as `BOX`. */
function outlinesOf(font: Font, sign: string): Polyline[] {
  const key = `${font} ${sign}`;
  const there = known.get(key);
  if (there) return there;
  const glyph = fontOf(font).charToGlyph(sign);
  const { y1, y2 } = glyph.getPath(0, 0, 1).getBoundingBox();
  const size = BOX / (y2 - y1);
  const outlines = strokesOf(pathData(glyph.getPath(0, -y1 * size, size).commands));
  known.set(key, outlines);
  return outlines;
}

/** With cubic curves for quadratic ones, which trace the same. */
function pathData(commands: readonly opentype.PathCommand[]): string {
  let [x, y] = [0, 0];
  const parts = commands.map((command) => {
    if (command.type === 'Z') return '';
    const [x0, y0] = [x, y];
    [x, y] = [command.x, command.y];
    if (command.type === 'C') {
      return `C ${command.x1} ${command.y1} ${command.x2} ${command.y2} ${x} ${y}`;
    }
    if (command.type === 'Q') {
      const towards = (end: number, control: number) => end + (2 / 3) * (control - end);
      const { x1, y1 } = command;
      return `C ${towards(x0, x1)} ${towards(y0, y1)} ${towards(x, x1)} ${towards(y, y1)} ${x} ${y}`;
    }
    return `${command.type} ${x} ${y}`;
  });
  return parts.join(' ');
}
