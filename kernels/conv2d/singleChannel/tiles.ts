import type { Tile } from '../../operation.ts';

/** Tiles of neighbouring windows on one line. */
export const LINE_TILES: readonly Tile[] = [
  { rows: 4, columns: 8 },
  { rows: 6, columns: 8 },
  { rows: 12, columns: 8 },
  { rows: 6, columns: 16 },
];

/** Tiles on two lines, whose windows are pooled by 2×2: `rows` counts windows, a multiple of four. */
export const POOLED_TILES: readonly Tile[] = [
  { rows: 4, columns: 8 },
  { rows: 12, columns: 8 },
  { rows: 4, columns: 16 },
];
