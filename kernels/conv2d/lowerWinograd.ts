/**
 * Convolutions by Winograd's algorithm as calls of the WebAssembly kernels: when it pays, how many tiles at a time,
 * and what goes where in scratch memory.
 */
import { tileCode } from '../gemm/tiles.ts';
import type { KernelCall, Tile, WasmCall } from '../operation.ts';
import type { Epilogue } from './lower.ts';
import type { Conv2dGeometry } from './reference.ts';

type Call = Pick<WasmCall<unknown>, 'tile' | 'parts' | 'scratch' | 'keep'>;

const PLANES = 16;
/** What the planes of one block may take, so that they stay in the second-level cache. */
const BLOCK_BYTES = 768 * 1024;
/** Tiles worth grouping pictures for. */
const GROUP_TILES = 96;
/** Fewer channels or filters than this are no work for the products, but all the same for the transforms. */
const LEAST_CHANNELS = 24;

/** In products as short as these a sixth row costs more before and after the loop than it brings within. */
const SHORT: Tile = { rows: 5, columns: 16 };

const tileFor = ({ tile }: Call): Tile => (tile.columns === SHORT.columns ? SHORT : tile);

const alignUp = (bytes: number) => Math.ceil(bytes / 64) * 64;

/** Whether the algorithm is possible and faster than the direct one. */
export function isForWinograd(g: Conv2dGeometry): boolean {
  return (
    g.kernelHeight === 3 &&
    g.kernelWidth === 3 &&
    g.strideHeight === 1 &&
    g.strideWidth === 1 &&
    g.channels % 8 === 0 &&
    g.filters % 8 === 0 &&
    Math.min(g.channels, g.filters) >= LEAST_CHANNELS &&
    // The border must be there for every window that reaches over it, and nothing but the border.
    g.top <= 2 &&
    g.left <= 2 &&
    Math.min(g.outHeight, g.outWidth) >= 4
  );
}

/** Offsets of a worker's scratch, in the order they are asked for. */
class Layout {
  bytes = 0;

  place(bytes: number): number {
    const offset = this.bytes;
    this.bytes += alignUp(bytes);
    return offset;
  }
}

interface Blocks {
  tiles: number;
  group: number;
  block: number;
  borderBytes: number;
}

function blocksOf(g: Conv2dGeometry, tile: Tile, parts: number, bytes: number): Blocks {
  const tilesHigh = Math.ceil(g.outHeight / 2);
  const tilesWide = Math.ceil(g.outWidth / 2);
  const tiles = tilesHigh * tilesWide;
  const group = Math.max(1, Math.min(Math.ceil(GROUP_TILES / tiles), Math.ceil(g.batch / parts)));
  const fitting = Math.floor(bytes / (4 * PLANES * (g.channels + g.filters)));
  const whole = Math.max(1, Math.floor(fitting / tile.rows)) * tile.rows;
  const block = Math.min(whole, group * tiles);
  const borderBytes = 4 * group * (2 * tilesHigh + 2) * (2 * tilesWide + 2) * g.channels;
  return { tiles, group, block, borderBytes };
}

/**
 * y = 3×3 convolution of x, with what stands behind it. `reversed`: the convolution is the gradient of the input of
 * one that had the weights [3, 3, filters, channels].
 */
export function lowerWinograd(
  call: Call,
  g: Conv2dGeometry,
  { x, weight, bias, y }: { x: number; weight: number; bias: number; y: number },
  { batchNorm, floor }: Epilogue,
  reversed: boolean,
): KernelCall[] {
  const { parts } = call;
  const tile = tileFor(call);
  const panelCount = Math.ceil(g.filters / tile.columns);
  const planeBytes = alignUp(4 * (g.channels + 1) * panelCount * tile.columns);
  const keep = reversed ? call.scratch : call.keep;
  const panels = keep(PLANES * planeBytes);
  const biases = keep(4 * g.filters);
  const [rows, columns] = reversed ? [g.filters, g.channels] : [g.channels, g.filters];
  const calls: KernelCall[] = [
    {
      kernel: 'winogradPack',
      args: [weight, rows, columns, reversed ? 1 : 0, tile.columns, panels, planeBytes, bias, biases],
      extent: panelCount,
      preparation: !reversed,
    },
  ];
  if (batchNorm) {
    const { gamma, beta, runningMean, runningVariance, epsilon } = batchNorm;
    calls.push({
      kernel: 'winogradFold',
      args: [
        ...[panels, planeBytes, g.channels, g.filters, tile.columns, biases],
        ...[gamma, beta, runningMean, runningVariance, epsilon],
      ],
      extent: panelCount,
      preparation: true,
    });
  }
  const { group, block, borderBytes } = blocksOf(g, tile, parts, BLOCK_BYTES);
  const layout = new Layout();
  layout.place(4 * block);
  const edge = layout.place(4 * block * tile.columns);
  const input = layout.place(4 * PLANES * block * g.channels);
  const output = layout.place(4 * PLANES * block * g.filters);
  const spare = layout.place(4 * g.filters);
  const border = layout.place(borderBytes);
  const scratch = call.scratch(parts * layout.bytes);
  calls.push({
    kernel: 'winogradRows',
    args: [
      ...[x, g.batch, g.height, g.width, g.channels, g.top, g.left, g.outHeight, g.outWidth],
      ...[panels, planeBytes, biases, floor, y, g.filters, tileCode(tile), group, block],
      ...[scratch, layout.bytes, edge, input, output, spare, border],
    ],
    extent: Math.ceil(g.batch / group),
  });
  return calls;
}

/** dweight = Σ x ⊗ dy; dbias = Σ dy (0: none). */
export function lowerWinogradWeightGradient(
  call: Call,
  g: Conv2dGeometry,
  { x, dy, dweight, dbias }: { x: number; dy: number; dweight: number; dbias: number },
): KernelCall[] {
  const { parts } = call;
  const tile = tileFor(call);
  const partialRow = 4 * tile.columns * Math.ceil(g.filters / tile.columns);
  const partialStride = alignUp((PLANES * g.channels + 1) * partialRow);
  const partials = call.scratch(parts * partialStride);
  const { group, block, borderBytes } = blocksOf(g, tile, parts, BLOCK_BYTES);
  const layout = new Layout();
  layout.place(4 * block);
  const offsets = layout.place(4 * g.channels);
  const input = layout.place(4 * PLANES * block * g.channels);
  const gradient = layout.place(4 * PLANES * block * g.filters + 4 * tile.columns);
  const zeros = layout.place(4 * g.filters);
  const border = layout.place(borderBytes);
  const scratch = call.scratch(parts * layout.bytes);
  return [
    {
      kernel: 'winogradWeightGradient',
      args: [
        ...[x, g.batch, g.height, g.width, g.channels, g.top, g.left, g.outHeight, g.outWidth],
        ...[dy, g.filters, tileCode(tile), group, block, partials, partialStride, partialRow],
        ...[scratch, layout.bytes, offsets, input, gradient, zeros, border],
      ],
      extent: Math.ceil(g.batch / group),
    },
    {
      kernel: 'winogradAddPartials',
      args: [partials, partialStride, partialRow, parts, g.channels, g.filters, dweight, dbias],
      extent: g.channels + 1,
    },
  ];
}
