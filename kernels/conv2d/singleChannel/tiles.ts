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

/** So many rows of a kernel of that width, whose weights' gradients are summed up at once, for eight filters. */
export interface GradientTile {
  kernelRows: number;
  kernelWidth: number;
}

/** For each width the tile that fits wide registers, and that for what remains or fits plain ones. */
export const GRADIENT_TILES: readonly GradientTile[] = [
  { kernelRows: 3, kernelWidth: 3 },
  { kernelRows: 1, kernelWidth: 3 },
  { kernelRows: 2, kernelWidth: 5 },
  { kernelRows: 1, kernelWidth: 5 },
];
