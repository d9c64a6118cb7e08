/** Filled outlines, as a font's: how much of each pixel lies within them, by the non-zero rule. */
import type { Mask } from './mask.ts';
import type { Polyline } from './strokes.ts';

/** Lines that are looked along in each row of pixels; along a line what lies within is exact. */
const LINES = 5;

/** An outline's way across a line: where, and +1 downwards or -1 upwards. */
type Crossing = readonly [x: number, turn: number];

/** Fills closed outlines, which may lie in each other or overlap. */
export function fillOutlines({ width, height, values }: Mask, outlines: readonly Polyline[]): void {
  const ys = outlines.flatMap((outline) => outline.map(([, y]) => y));
  const top = Math.max(0, Math.floor(Math.min(...ys)));
  const bottom = Math.min(height, Math.ceil(Math.max(...ys)));
  const row = new Float32Array(width);
  for (let y = top; y < bottom; y++) {
    row.fill(0);
    for (let line = 0; line < LINES; line++) addInside(row, crossingsAt(outlines, y + (line + 0.5) / LINES));
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (row[x] > values[at]) values[at] = Math.min(1, row[x]);
    }
  }
}

/** From left to right. */
function crossingsAt(outlines: readonly Polyline[], y: number): Crossing[] {
  const crossings: Crossing[] = [];
  for (const outline of outlines) {
    for (let i = 0; i < outline.length; i++) {
      const [x0, y0] = outline.at(i - 1)!;
      const [x1, y1] = outline[i];
      if (y0 <= y === y1 <= y) continue;
      crossings.push([x0 + ((y - y0) / (y1 - y0)) * (x1 - x0), y0 <= y ? 1 : -1]);
    }
  }
  return crossings.sort(([one], [other]) => one - other);
}

/** Adds to each pixel of a row how much of it one line's inside covers. */
function addInside(row: Float32Array, crossings: readonly Crossing[]): void {
  let winding = 0;
  for (let i = 0; i + 1 < crossings.length; i++) {
    winding += crossings[i][1];
    if (winding === 0) continue;
    const from = Math.max(0, crossings[i][0]);
    const to = Math.min(row.length, crossings[i + 1][0]);
    for (let x = Math.floor(from); x < to; x++) {
      row[x] += Math.max(0, Math.min(to, x + 1) - Math.max(from, x)) / LINES;
    }
  }
}
