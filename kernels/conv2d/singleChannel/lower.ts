/** Convolutions of pictures with one channel as calls of the WebAssembly kernels: when, and with which tile. */
import { tileCode } from '../../gemm/tiles.ts';
import type { KernelCall, Tile, WasmCall } from '../../operation.ts';
import type { Conv2dGeometry } from '../reference.ts';
import { GRADIENT_TILES, LINE_TILES, POOLED_TILES } from './tiles.ts';

type Call = Pick<WasmCall<unknown>, 'tile' | 'parts' | 'scratch'>;

const alignUp = (bytes: number) => Math.ceil(bytes / 64) * 64;

/** How high and wide pictures are with their border of zeros, and whether they need one. */
export interface Border {
  height: number;
  width: number;
  needed: boolean;
}

/** Longer inner products than this fill the general tiles well enough. */
const MOST_TAPS = 49;

/**
 * The tile for this convolution, or none where the general kernels must do it: the largest that the registers of
 * this level hold, that divides the filters and is no wider than the output.
 */
export function singleChannelTile(
  { tile }: Pick<Call, 'tile'>,
  g: Conv2dGeometry,
  pool: boolean,
): Tile | undefined {
  const { channels, strideHeight, strideWidth, kernelHeight, kernelWidth, filters, outWidth } = g;
  if (channels !== 1 || strideHeight !== 1 || strideWidth !== 1 || kernelHeight * kernelWidth > MOST_TAPS)
    return;
  const room = tile.rows * tile.columns;
  const fitting = (pool ? POOLED_TILES : LINE_TILES).filter(
    ({ rows, columns }) =>
      rows * columns <= room &&
      columns <= tile.columns &&
      filters % columns === 0 &&
      (pool ? Math.floor(outWidth / 2) >= rows / 4 : outWidth >= rows),
  );
  return fitting.reduce<Tile | undefined>(
    (best, next) => (best && best.columns >= next.columns && best.rows >= next.rows ? best : next),
    undefined,
  );
}

/** Filters of a tile for the gradient of the weights. */
const GRADIENT_COLUMNS = 8;
/** What a block of gradients may take in the first-level cache. */
const BLOCK_BYTES = 24 * 1024;

/** Rows of the kernel that the gradient of the weights takes at once, or none where the general kernels must do it. */
export function singleChannelGradientRows(
  { tile }: Pick<Call, 'tile'>,
  g: Conv2dGeometry,
): number | undefined {
  if (g.channels !== 1 || g.strideHeight !== 1 || g.strideWidth !== 1) return undefined;
  if (g.filters % GRADIENT_COLUMNS !== 0) return undefined;
  const rows = GRADIENT_TILES.filter(({ kernelWidth }) => kernelWidth === g.kernelWidth).map(
    ({ kernelRows }) => kernelRows,
  );
  if (rows.length === 0) return undefined;
  return tile.columns > GRADIENT_COLUMNS ? Math.max(...rows) : 1;
}

/** Adds up x ⊗ dy into one sum for each worker. */
export function lowerSingleChannelWeightGradient(
  { parts, scratch }: Call,
  g: Conv2dGeometry,
  kernelRows: number,
  { height, width, needed }: Border,
  { x, dy, partials }: { x: number; dy: number; partials: number },
  partialStride: number,
): KernelCall {
  const borderOffset = 4 * GRADIENT_COLUMNS * 2;
  const scratchStride = borderOffset + (needed ? alignUp(4 * height * width) : 0) + 64;
  const blockLines = Math.max(1, Math.floor(BLOCK_BYTES / (4 * g.outWidth * g.filters)));
  return {
    kernel: 'conv2dSingleChannelWeightGradient',
    args: [
      ...[x, g.height, g.width, g.top, g.left, height, width, g.kernelHeight, g.kernelWidth],
      ...[g.outHeight, g.outWidth, dy, g.filters, kernelRows, blockLines, partials, partialStride],
      ...[scratch(parts * scratchStride), scratchStride, needed ? borderOffset : 0],
    ],
    extent: g.batch,
  };
}

/** The forward pass over packed panels, as wide as `tile`. */
export function lowerSingleChannel(
  { parts, scratch }: Call,
  g: Conv2dGeometry,
  tile: Tile,
  border: Border,
  { x, panels, y }: { x: number; panels: number; y: number },
  floor: number,
  pool: boolean,
): KernelCall {
  const { height, width, needed } = border;
  const scratchStride = alignUp(4 * height * width) + 64;
  const [outHeight, outWidth] = pool
    ? [Math.floor(g.outHeight / 2), Math.floor(g.outWidth / 2)]
    : [g.outHeight, g.outWidth];
  return {
    kernel: 'conv2dSingleChannel',
    args: [
      ...[x, g.height, g.width, g.top, g.left, height, width, g.kernelHeight, g.kernelWidth],
      ...[outHeight, outWidth, panels, floor, y, g.filters, tileCode(tile), pool ? 1 : 0],
      ...[needed ? scratch(parts * scratchStride) : 0, scratchStride],
    ],
    extent: g.batch,
  };
}
