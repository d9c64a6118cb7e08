/** Where glyphs stand: alone, in a row, in lines; and the boxes of their ink, wherever the picture then goes. */
import type { Glyph } from './glyphs.ts';
import type { Lot } from './lot.ts';
import { type Affine, after, apply, type Mask, placed } from './mask.ts';
import type { Point } from './strokes.ts';

export interface PlacedGlyph {
  glyph: Glyph;
  map: Affine;
}

/** Left, top, width and height in pixels. */
export type TruthBox = [number, number, number, number];

export function stampAll(mask: Mask, glyphs: readonly PlacedGlyph[]): void {
  for (const { glyph, map } of glyphs) glyph.stamp(mask, map);
}

/** The extent of a glyph's ink after `warp`. */
export function boxOf(
  { glyph, map }: PlacedGlyph,
  warp: (point: Point) => Point = (point) => point,
): TruthBox {
  const half = glyph.reach * Math.hypot(map[0], map[1]);
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const point of glyph.ink) {
    const [x, y] = warp(apply(map, point));
    left = Math.min(left, x - half);
    right = Math.max(right, x + half);
    top = Math.min(top, y - half);
    bottom = Math.max(bottom, y + half);
  }
  return [left, top, right - left, bottom - top];
}

/** A row of glyphs in heights: begins at (0, 0), about one high; some neighbours touch. */
export function row(glyphs: readonly Glyph[], lot: Lot): { placed: PlacedGlyph[]; width: number } {
  const gap = lot.between(0.08, 0.6);
  const unevenness = lot.between(0, 0.4);
  const touching = lot.isLucky(0.35) ? lot.between(0.1, 0.4) : 0;
  const variation = lot.between(0, 0.12);
  let x = 0;
  const all = glyphs.map((glyph) => {
    const height = Math.min(1.25, Math.max(0.75, 1 + lot.normal() * variation));
    const map = placed(height, lot.normal() * 0.03, x, (1 - height) / 2 + lot.normal() * 0.04);
    const space = lot.isLucky(touching)
      ? -lot.between(0, 0.06)
      : Math.max(0.06, gap * (1 + unevenness * lot.normal()));
    x += glyph.width * height + space;
    return { glyph, map };
  });
  const last = all.at(-1)!;
  return { placed: all, width: last.map[4] + last.glyph.width * last.map[0] };
}

export function moved(glyphs: readonly PlacedGlyph[], map: Affine): PlacedGlyph[] {
  return glyphs.map(({ glyph, map: own }) => ({ glyph, map: after(map, own) }));
}

/** Left, top, right and bottom of all glyphs' ink. */
export function extentOf(glyphs: readonly PlacedGlyph[]): [number, number, number, number] {
  const boxes = glyphs.map((glyph) => boxOf(glyph));
  return [
    Math.min(...boxes.map(([x]) => x)),
    Math.min(...boxes.map(([, y]) => y)),
    Math.max(...boxes.map(([x, , w]) => x + w)),
    Math.max(...boxes.map(([, y, , h]) => y + h)),
  ];
}
