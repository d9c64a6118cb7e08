/**
 * 3×3 convolution with fewer multiplications: Winograd's F(4×4, 3×3).
 *
 * Sixteen outputs of a 3×3 convolution, a tile of 4×4, need 144 products; after a linear transform of the 6×6 inputs
 * under them (V = Bᵀ d B) and of the weights (U = G g Gᵀ) 36 suffice, and y = Aᵀ (U ⊙ V) A. Summed over channels, each
 * of the 36 is a matrix product of its own, [tiles, channels] × [channels, filters], for the same register tiles as any
 * other. The gradient of the input is such a convolution itself; that of the weights is the transpose of the forward
 * pass: see weightGradient.wasm.ts.
 *
 * Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016, section 4.
 *
 * Channels and filters are multiples of eight. Strips of tiles (see planes.wasm.ts) are taken in blocks that stay in
 * the second-level cache from transform to transform.
 */
import { rowsTimesPanels } from '../../gemm/wasm';
import { listRows, PLANES, SIDE, writePlanes } from './planes.wasm';
import { outputColumns, outputRows, pooledColumns } from './transforms.generated.wasm';

/** Line `row` of y or, where it has none, a place for what nobody asked for. */
function lineOf(y: usize, row: i32, height: i32, bytes: usize, spare: usize): usize {
  return row < height ? y + <usize>row * bytes : spare;
}

/**
 * y = 3×3 convolution of x with packed U, plus bias (address of filters floats), no less than `floor`, behind a max
 * pool of 2×2 where `pool` says so. Scratch of each worker, at the offsets given: rows of planes; edge; a line of
 * zeros; lines of V's and of M's strips, each set with so many bytes from line to line; planes of V and of M, each with
 * so many bytes from plane to plane; and a spare line of y. Units are strips.
 */
export function winogradRows(
  x: usize,
  height: i32,
  width: i32,
  channels: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
  panels: usize,
  panelPlane: usize,
  bias: usize,
  floor: f32,
  pool: i32,
  y: usize,
  filters: i32,
  tile: i32,
  block: i32,
  scratch: usize,
  scratchStride: usize,
  edgeOffset: usize,
  zerosOffset: usize,
  zerosBytes: usize,
  inputLines: usize,
  inputLine: usize,
  outputLines: usize,
  outputLine: usize,
  inputPlanes: usize,
  inputPlane: usize,
  outputPlanes: usize,
  outputPlane: usize,
  spareOffset: usize,
  begin: i32,
  end: i32,
  part: i32,
): void {
  const rows = scratch + <usize>part * scratchStride;
  const zeros = rows + zerosOffset;
  const lines = rows + outputLines;
  const spare = rows + spareOffset;
  const pixel = (<usize>channels) << 2;
  const outPixel = (<usize>filters) << 2;
  const tilesHigh = (outHeight + 3) >> 2;
  const tilesWide = (outWidth + 3) >> 2;
  const endHeight = pool ? outHeight >> 1 : outHeight;
  const endWidth = pool ? outWidth >> 1 : outWidth;
  const endLine = <usize>endWidth * outPixel;
  memory.fill(zeros, 0, zerosBytes);
  memory.fill(rows + inputLines, 0, SIDE * inputLine);
  for (let first = begin; first < end; first += block) {
    const count = min(block, end - first);
    const tiles = count * tilesWide;
    writePlanes(
      false,
      x,
      height,
      width,
      channels,
      top,
      left,
      tilesHigh,
      tilesWide,
      first,
      count,
      zeros,
      rows + inputLines,
      inputLine,
      rows + inputPlanes,
      inputPlane,
    );
    for (let plane: usize = 0; plane < PLANES; plane++) {
      listRows(rows, rows + inputPlanes + plane * inputPlane, tiles, pixel);
      rowsTimesPanels(
        tile,
        rows,
        tiles,
        1,
        pixel,
        0,
        panels + plane * panelPlane,
        -Infinity,
        rows + outputPlanes + plane * outputPlane,
        (<usize>filters) << 2,
        filters,
        rows + edgeOffset,
      );
    }
    for (let i = 0; i < count; i++) {
      let source = rows + outputPlanes + <usize>(i * tilesWide) * outPixel;
      for (let line: usize = 0; line < SIDE; line++, source += SIDE * outputPlane) {
        outputRows(source, outputPlane, tilesWide, lines + line * outputLine, outPixel);
      }
      const strip = first + i;
      const target = y + <usize>(strip / tilesHigh) * <usize>endHeight * endLine;
      const row = (pool ? 2 : 4) * (strip % tilesHigh);
      const y0 = lineOf(target, row, endHeight, endLine, spare);
      const y1 = lineOf(target, row + 1, endHeight, endLine, spare);
      if (pool) {
        pooledColumns(lines, outputLine, endWidth, outPixel, bias, floor, y0, y1);
        continue;
      }
      const y2 = lineOf(target, row + 2, endHeight, endLine, spare);
      const y3 = lineOf(target, row + 3, endHeight, endLine, spare);
      outputColumns(lines, outputLine, endWidth, outPixel, bias, floor, y0, y1, y2, y3);
    }
  }
}
