/** Convolutions of pictures with one channel as calls of the WebAssembly kernels: when, and with which tile. */
import { tileCode } from '../../gemm/tiles.ts';
import type { KernelCall, Tile, WasmCall } from '../../operation.ts';
import type { Conv2dGeometry } from '../reference.ts';
import { LINE_TILES, POOLED_TILES } from './tiles.ts';

type Call = Pick<WasmCall<unknown>, 'tile' | 'parts' | 'scratch'>;

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

/** The forward pass over packed panels, as wide as `tile`. `border` says how high and wide the input becomes, if it does. */
export function lowerSingleChannel(
  { parts, scratch }: Call,
  g: Conv2dGeometry,
  tile: Tile,
  border: { height: number; width: number; needed: boolean },
  { x, panels, y }: { x: number; panels: number; y: number },
  floor: number,
  pool: boolean,
): KernelCall {
  const { height, width, needed } = border;
  const scratchStride = Math.ceil((4 * height * width) / 64) * 64 + 64;
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
