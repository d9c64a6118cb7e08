/**
 * Convolutions by Winograd's algorithm as calls of the WebAssembly kernels: when it pays, how many tiles at a time,
 * and what goes where in scratch memory.
 */
import { tileCode } from '../../gemm/tiles.ts';
import type { KernelCall, Tile, WasmCall } from '../../operation.ts';
import type { Epilogue } from '../lower.ts';
import type { Conv2dGeometry } from '../reference.ts';
import { alignUp, Layout } from './layout.ts';
import { lowerWeights } from './lowerWeights.ts';

type Call = Pick<WasmCall<unknown>, 'tile' | 'parts' | 'scratch' | 'keep'>;

const PLANES = 36;
/** Products of a tile stand in so many rows of so many. */
const SIDE = 6;
/** What the planes of one block may take, so that they stay in the second-level cache. */
const BLOCK_BYTES = 768 * 1024;
/** What the transforms of one value take, in multiplications of the products. */
const TRANSFORM = 10;
/** Filters that the products do at once at the widest. */
const PANEL = 16;

/**
 * Whether the algorithm is possible and faster than the direct one, by their multiplications: tiles at the right and
 * bottom edge count in full, and the transforms weigh where there are few channels and filters. For the
 * forward pass of 3×3 to 28×28 outputs of 8 to 128 channels the measured ratio of times, at the wide level, was within
 * a quarter of this one.
 */
export function isForWinograd(g: Conv2dGeometry): boolean {
  const possible =
    g.kernelHeight === 3 &&
    g.kernelWidth === 3 &&
    g.strideHeight === 1 &&
    g.strideWidth === 1 &&
    g.channels % 8 === 0 &&
    g.filters % 8 === 0;
  const tiles = Math.ceil(g.outHeight / 4) * Math.ceil(g.outWidth / 4);
  const products = g.channels * Math.ceil(g.filters / PANEL) * PANEL;
  const cost = PLANES * tiles * (products + TRANSFORM * (g.channels + g.filters));
  return possible && cost < 9 * g.outHeight * g.outWidth * g.channels * g.filters;
}

interface Blocks {
  /** Rows of tiles, over all pictures. */
  strips: number;
  tilesWide: number;
  /** Strips at a time, and their tiles. */
  block: number;
  tiles: number;
}

function blocksOf(g: Conv2dGeometry, tile: Tile, parts: number): Blocks {
  const strips = g.batch * Math.ceil(g.outHeight / 4);
  const tilesWide = Math.ceil(g.outWidth / 4);
  const stripBytes = 4 * PLANES * tilesWide * (g.channels + g.filters);
  const most = Math.min(Math.max(1, Math.floor(BLOCK_BYTES / stripBytes)), Math.ceil(strips / parts));
  // No register tile with rows left over, where the block has room for that.
  let block = most;
  while (block > 0 && (block * tilesWide) % tile.rows !== 0) block--;
  if (block === 0) block = most;
  return { strips, tilesWide, block, tiles: block * tilesWide };
}

/**
 * y = 3×3 convolution of x, with what stands behind it. `reversed`: the convolution is the gradient of the input of
 * one that had the weights [3, 3, filters, channels].
 */
export function lowerWinograd(
  call: Call,
  g: Conv2dGeometry,
  { x, weight, bias, y }: { x: number; weight: number; bias: number; y: number },
  { batchNorm, floor, pool }: Epilogue,
  reversed: boolean,
): KernelCall[] {
  const { parts, tile } = call;
  const [rows, columns] = reversed ? [g.filters, g.channels] : [g.channels, g.filters];
  const prepared = lowerWeights(
    reversed ? call.scratch : call.keep,
    tile,
    { planes: PLANES, depth: g.channels, filters: g.filters, reversed },
    (target) => ({
      kernel: 'winogradWeights',
      args: [weight, rows, columns, reversed ? 1 : 0, target],
      extent: rows,
    }),
    bias,
    batchNorm,
  );
  const { panels, panelPlane, biases } = prepared;
  const calls = prepared.calls.map((one): KernelCall => ({ ...one, preparation: !reversed }));
  const { strips, tilesWide, block, tiles } = blocksOf(g, tile, parts);
  const layout = new Layout();
  layout.place(4 * tiles);
  const edge = layout.place(4 * tiles * tile.columns);
  const zerosBytes = 4 * g.width * g.channels;
  const zeros = layout.place(zerosBytes);
  const inputLines = layout.placeApart(SIDE, 4 * (4 * tilesWide + 2) * g.channels);
  const outputLines = layout.placeApart(SIDE, 4 * 4 * tilesWide * g.filters);
  const inputPlanes = layout.placeApart(PLANES, 4 * tiles * g.channels);
  const outputPlanes = layout.placeApart(PLANES, 4 * tiles * g.filters);
  const spare = layout.place(4 * g.outWidth * g.filters);
  const scratch = call.scratch(parts * layout.bytes);
  calls.push({
    kernel: 'winogradRows',
    args: [
      ...[x, g.height, g.width, g.channels, g.top, g.left, g.outHeight, g.outWidth],
      ...[panels, panelPlane, biases, floor, pool ? 1 : 0, y, g.filters, tileCode(tile), block],
      ...[scratch, layout.bytes, edge, zeros, zerosBytes],
      ...[...inputLines, ...outputLines, ...inputPlanes, ...outputPlanes, spare],
    ],
    extent: strips,
  });
  return calls;
}

/** dweight = Σ x ⊗ dy; dbias = Σ dy (0: none). */
export function lowerWinogradWeightGradient(
  call: Call,
  g: Conv2dGeometry,
  { x, dy, dweight, dbias }: { x: number; dy: number; dweight: number; dbias: number },
): KernelCall[] {
  const { parts, tile } = call;
  const partialRow = 4 * tile.columns * Math.ceil(g.filters / tile.columns);
  const partialStride = alignUp((PLANES * g.channels + 1) * partialRow);
  const partials = call.scratch(parts * partialStride);
  const { strips, tilesWide, block, tiles } = blocksOf(g, tile, parts);
  const layout = new Layout();
  layout.place(4 * tiles);
  const offsets = layout.place(4 * g.channels);
  const zerosBytes = 4 * Math.max(g.width * g.channels, g.outWidth * g.filters);
  const zeros = layout.place(zerosBytes);
  const inputLines = layout.placeApart(SIDE, 4 * (4 * tilesWide + 2) * g.channels);
  const gradientLines = layout.placeApart(SIDE, 4 * 4 * tilesWide * g.filters);
  const inputPlanes = layout.placeApart(PLANES, 4 * tiles * g.channels);
  const gradientPlanes = layout.placeApart(PLANES, 4 * tiles * g.filters);
  // The last register tile reads on past the last row.
  layout.place(4 * tile.columns);
  const scratch = call.scratch(parts * layout.bytes);
  return [
    {
      kernel: 'winogradWeightGradient',
      args: [
        ...[x, g.height, g.width, g.channels, g.top, g.left, g.outHeight, g.outWidth],
        ...[dy, g.filters, dbias ? 1 : 0, tileCode(tile), block, partials, partialStride, partialRow],
        ...[scratch, layout.bytes, offsets, zeros, zerosBytes],
        ...[...inputLines, ...gradientLines, ...inputPlanes, ...gradientPlanes],
      ],
      extent: strips,
    },
    {
      kernel: 'winogradAddPartials',
      args: [partials, partialStride, partialRow, parts, g.channels, g.filters, dweight, dbias],
      extent: g.channels + 1,
    },
  ];
}
