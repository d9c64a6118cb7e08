/** Where the page ends: a table, a desk or a dark cloth beyond one or more of its sides. */
import { type Colour, clouds, type Image } from './colour.ts';
import type { Lot } from './lot.ts';

const TABLES: readonly Colour[] = [
  [0.35, 0.24, 0.16],
  [0.12, 0.12, 0.13],
  [0.55, 0.42, 0.3],
  [0.3, 0.32, 0.36],
];

/**
 * Cuts the page off at some sides, with the table seen beyond and a soft shadow on it. What is written, between the
 * given edges, keeps a margin of a third of the digits' height `size`.
 */
export function layOnTable(
  page: Image,
  [left, top, right, bottom]: readonly number[],
  size: number,
  lot: Lot,
  isCutAllRound = false,
): void {
  const { width, height, values } = page;
  const inset = (room: number) =>
    isCutAllRound || lot.isLucky(0.5)
      ? lot.between(isCutAllRound ? 0.7 : 0.4, 0.95) * Math.max(0, room - size * 0.35)
      : -1e9;
  const x0 = inset(left);
  const y0 = inset(top);
  const x1 = width - inset(width - right);
  const y1 = height - inset(height - bottom);
  const [red, green, blue] = lot.pick(TABLES);
  const grain = clouds(width, height, Math.max(3, size / 6), lot);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const outside = Math.max(x0 - x, x - x1, y0 - y, y - y1);
      if (outside <= 0) continue;
      const at = y * width + x;
      const shade = (0.7 + 0.3 * Math.min(1, outside / (size * 0.3))) * (1 + 0.06 * grain[at]);
      values[3 * at] = red * shade;
      values[3 * at + 1] = green * shade;
      values[3 * at + 2] = blue * shade;
    }
  }
}
