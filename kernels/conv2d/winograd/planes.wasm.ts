/**
 * From pictures to the planes that Winograd's products are made of: see rows.wasm.ts.
 *
 * Tiles that stand side by side are a strip, four lines of output high. Columns first: the lines of a strip, with lines
 * of zeros where it reaches over the picture, become six transformed lines, and those of tiles that overlap are
 * computed once. Then each of these becomes a row of tiles in six planes. A plane is a matrix [tiles, channels].
 */
import { gradientColumns, gradientRows, inputColumns, inputRows } from './transforms.generated.wasm';

/** Products of a tile, each a plane of its own, and how many of them stand in a row of a tile. */
export const PLANES: usize = 36;
export const SIDE: usize = 6;

/** Line `row` of a picture, or zeros where it has none. */
function lineOf(picture: usize, row: i32, height: i32, bytes: usize, zeros: usize): usize {
  return row >= 0 && row < height ? picture + <usize>row * bytes : zeros;
}

/**
 * Writes Bᵀ d B of `count` strips of the pictures at `x` or, where they are `gradients`, A dy Aᵀ. The output begins
 * `top` rows and `left` columns before the picture. zeros: as many as a line of a picture; lines: room for six lines of
 * the strip, `lineBytes` apart, where columns outside the picture are zero and stay so.
 */
export function writePlanes(
  gradients: boolean,
  x: usize,
  height: i32,
  width: i32,
  channels: i32,
  top: i32,
  left: i32,
  tilesHigh: i32,
  tilesWide: i32,
  first: i32,
  count: i32,
  zeros: usize,
  lines: usize,
  lineBytes: usize,
  target: usize,
  plane: usize,
): void {
  const pixel = (<usize>channels) << 2;
  const line = <usize>width * pixel;
  const skipped = max(0, -left);
  const before = max(0, left);
  const columns = min(width - skipped, 4 * tilesWide + (gradients ? 0 : 2) - before);
  const bytes = <usize>max(0, columns) * pixel;
  const inside = lines + <usize>before * pixel;
  for (let strip = first; strip < first + count; strip++) {
    const picture = x + <usize>(strip / tilesHigh) * <usize>height * line + <usize>skipped * pixel;
    const row = 4 * (strip % tilesHigh) - top;
    const line0 = lineOf(picture, row, height, line, zeros);
    const line1 = lineOf(picture, row + 1, height, line, zeros);
    const line2 = lineOf(picture, row + 2, height, line, zeros);
    const line3 = lineOf(picture, row + 3, height, line, zeros);
    if (gradients) {
      gradientColumns(line0, line1, line2, line3, bytes, inside, lineBytes);
    } else {
      const line4 = lineOf(picture, row + 4, height, line, zeros);
      const line5 = lineOf(picture, row + 5, height, line, zeros);
      inputColumns(line0, line1, line2, line3, line4, line5, bytes, inside, lineBytes);
    }
    for (let i: usize = 0; i < SIDE; i++) {
      const from = lines + i * lineBytes;
      const to = target + i * SIDE * plane;
      if (gradients) gradientRows(from, pixel, tilesWide, to, plane);
      else inputRows(from, pixel, tilesWide, to, plane);
    }
    target += <usize>tilesWide * pixel;
  }
}

/** Lists the addresses of a plane's rows, for the products. */
export function listRows(rows: usize, plane: usize, count: i32, bytes: usize): void {
  for (let i = 0; i < count; i++, rows += 4, plane += bytes) store<u32>(rows, <u32>plane);
}
