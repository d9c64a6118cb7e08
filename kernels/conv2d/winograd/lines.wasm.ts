/**
 * Convolution with kernels five pixels wide and fewer multiplications: Winograd's F(4, 5), along lines alone.
 *
 * Four neighbouring outputs of five taps, a tile, need twenty products; after a linear transform of the eight inputs
 * under them (V = Bᵀ d) and of the taps (U = G w) eight suffice, and y = Aᵀ (U ⊙ V). The kernel's rows and the channels
 * are summed up between the transforms: each of the eight is a matrix product of its own, [tiles, rows · channels] ×
 * [rows · channels, filters]. A plane of V holds the tiles of a column one below the other, so that the kernel's rows
 * that lie under an output are neighbours in memory, and no copy of them is made.
 *
 * In both directions, as for 3×3 (rows.wasm.ts), 64 products would do the work of 400 instead of 160, but each a
 * product of so few channels that loads and stores outweigh it.
 *
 * Channels and filters are multiples of eight.
 */
import { rowsTimesPanels } from '../../gemm/wasm';
import { copyWithBorder } from '../pictures.wasm';
import { lineInputs, lineOutputs, lineWeights, pooledLineOutputs } from './lines.generated.wasm';

/** Products of a tile, each a plane of its own, and outputs of a tile. */
const PLANES: usize = 8;
const OUTPUTS: i32 = 4;
const TAPS: i32 = 5;

/** U, eight matrices [kernelHeight · channels, filters], of weights [kernelHeight, 5, channels, filters]. Units are the kernel's rows. */
export function winogradLineWeights(
  weight: usize,
  kernelHeight: i32,
  channels: i32,
  filters: i32,
  planes: usize,
  begin: i32,
  end: i32,
): void {
  const bytes = (<usize>(channels * filters)) << 2;
  for (let row = begin; row < end; row++) {
    const taps = weight + <usize>(row * TAPS) * bytes;
    lineWeights(taps, bytes, planes + <usize>row * bytes, <usize>kernelHeight * bytes);
  }
}

/** Lists the address of every tile's inputs in the first plane: pictures, rows of outputs, tiles. */
function listTiles(
  rows: usize,
  plane: usize,
  images: i32,
  lines: i32,
  outHeight: i32,
  tilesWide: i32,
  pixel: usize,
): void {
  const column = <usize>lines * pixel;
  for (let n = 0; n < images; n++, plane += <usize>tilesWide * column) {
    for (let row = 0; row < outHeight; row++) {
      let at = plane + <usize>row * pixel;
      for (let tile = 0; tile < tilesWide; tile++, at += column, rows += 4) store<u32>(rows, <u32>at);
    }
  }
}

/** Moves `count` addresses on by so many bytes; writes up to three more. */
function moveRows(rows: usize, count: i32, bytes: usize): void {
  const step = i32x4.splat(<i32>bytes);
  for (const end = rows + ((<usize>count) << 2); rows < end; rows += 16) {
    v128.store(rows, i32x4.add(v128.load(rows), step));
  }
}

/**
 * y = convolution of x with packed U, plus bias (address of filters floats), no less than `floor`, behind a max pool of
 * 2×2 where `pool` says so. `lines` and `lineWidth`: what is needed of a picture, its border included. Scratch of each
 * worker, at the offsets given: rows of planes; edge; bordered pictures (0: they need no border); planes of V and of
 * the products, each with so many bytes from plane to plane; and a spare line of y. Units are groups of pictures.
 */
export function winogradLines(
  x: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  top: i32,
  left: i32,
  lines: i32,
  lineWidth: i32,
  kernelHeight: i32,
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
  group: i32,
  scratch: usize,
  scratchStride: usize,
  edgeOffset: usize,
  borderOffset: usize,
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
  const spare = rows + spareOffset;
  const pixel = (<usize>channels) << 2;
  const outPixel = (<usize>filters) << 2;
  const tilesWide = (outWidth + OUTPUTS - 1) / OUTPUTS;
  const column = <usize>lines * pixel;
  const endHeight = pool ? outHeight >> 1 : outHeight;
  const endWidth = pool ? outWidth >> 1 : outWidth;
  const endLine = <usize>endWidth * outPixel;
  const isWhole = endWidth === tilesWide * (pool ? OUTPUTS >> 1 : OUTPUTS);
  const planeRow = <usize>tilesWide * outPixel;
  for (let first = begin * group, last = min(end * group, images); first < last; first += group) {
    const count = min(group, last - first);
    let picture = x + <usize>(first * height * width) * pixel;
    let pictureBytes = <usize>(height * width) * pixel;
    let lineBytes = <usize>width * pixel;
    if (borderOffset !== 0) {
      const target = rows + borderOffset;
      copyWithBorder(picture, count, height, width, channels, top, left, 1, 1, lines, lineWidth, target);
      picture = target;
      lineBytes = <usize>lineWidth * pixel;
      pictureBytes = <usize>lines * lineBytes;
    }
    let plane = rows + inputPlanes;
    for (let n = 0; n < count; n++, picture += pictureBytes, plane += <usize>tilesWide * column) {
      for (let line: usize = 0; line < <usize>lines; line++) {
        lineInputs(picture + line * lineBytes, pixel, tilesWide, plane + line * pixel, column, inputPlane);
      }
    }

    const tiles = count * outHeight * tilesWide;
    listTiles(rows, rows + inputPlanes, count, lines, outHeight, tilesWide, pixel);
    for (let i: usize = 0; i < PLANES; i++) {
      if (i > 0) moveRows(rows, tiles, inputPlane);
      rowsTimesPanels(
        tile,
        rows,
        tiles,
        1,
        <usize>kernelHeight * pixel,
        0,
        panels + i * panelPlane,
        -Infinity,
        rows + outputPlanes + i * outputPlane,
        (<usize>filters) << 2,
        filters,
        rows + edgeOffset,
      );
    }

    let source = rows + outputPlanes;
    let target = y + <usize>(first * endHeight) * endLine;
    for (let n = 0; n < count; n++, source += <usize>outHeight * planeRow) {
      for (let row = 0; row < endHeight; row++, target += endLine) {
        const line = isWhole ? target : spare;
        if (pool) {
          const above = source + <usize>(2 * row) * planeRow;
          pooledLineOutputs(above, above + planeRow, outputPlane, tilesWide, line, outPixel, bias, floor);
        } else {
          lineOutputs(source + <usize>row * planeRow, outputPlane, tilesWide, line, outPixel, bias, floor);
        }
        if (!isWhole) memory.copy(target, spare, endLine);
      }
    }
  }
}
