import type { Tile } from '../operation.ts';

/** The register tiles that are compiled. A kernel is told which to use by `tileCode`. */
export const TILES: readonly Tile[] = [
  { rows: 4, columns: 8 },
  { rows: 6, columns: 8 },
  { rows: 6, columns: 16 },
];

/** Rows and columns as one number, for the kernels' dispatch. */
export function tileCode({ rows, columns }: Tile): number {
  return rows * 100 + columns;
}
