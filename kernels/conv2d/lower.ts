/**
 * Convolutions as calls of the WebAssembly kernels: how many pictures at a time, and what goes where in scratch
 * memory. A dense layer is lowered here too, as a convolution of 1×1 pictures.
 */
import { tileCode } from '../gemm/tiles.ts';
import type { KernelCall, Tile, WasmCall } from '../operation.ts';
import type { Conv2dGeometry } from './reference.ts';
import {
  type Border,
  lowerSingleChannel,
  lowerSingleChannelWeightGradient,
  singleChannelGradientRows,
  singleChannelTile,
} from './singleChannel/lower.ts';
import { isForWinograd, lowerWinograd, lowerWinogradWeightGradient } from './winograd/lower.ts';
import { isForWinogradLines, lowerWinogradLines } from './winograd/lowerLines.ts';

/** What a group of pictures, bordered, may take: it is read once per panel, so it should stay in the second-level cache. */
const GROUP_BYTES = 256 * 1024;
/** Output pixels worth grouping for, so that the last tile of a group does not weigh. */
const GROUP_PIXELS = 512;
/** What a block of windows and gradients may take in the first-level cache. */
const BLOCK_BYTES = 24 * 1024;
/** What the rows that wait to be pooled may take in the first-level cache. */
const POOLED_BYTES = 16 * 1024;

type Call = Pick<WasmCall<unknown>, 'tile' | 'parts' | 'scratch' | 'keep'>;

interface Addresses {
  x: number;
  weight: number;
  bias: number;
  y: number;
}

/** The narrow tile for few columns, where half of a wide one would multiply zeros. */
const NARROW: Tile = { rows: 6, columns: 8 };

export function tileFor({ tile }: Call, columns: number): Tile {
  return columns <= NARROW.columns && tile.columns > NARROW.columns ? NARROW : tile;
}

export const alignUp = (bytes: number) => Math.ceil(bytes / 64) * 64;

/** Sizes of the zero-bordered input of a forward convolution; what it does not reach of its input is cut off. */
function bordered(g: Conv2dGeometry): Border {
  const height = Math.max((g.outHeight - 1) * g.strideHeight + g.kernelHeight, g.top + g.height);
  const width = Math.max((g.outWidth - 1) * g.strideWidth + g.kernelWidth, g.left + g.width);
  return { height, width, needed: height !== g.height || width !== g.width };
}

function groupSize(
  { batch, channels }: Conv2dGeometry,
  parts: number,
  pixels: number,
  outPixels: number,
): number {
  // A dense layer's panels are read once for each group.
  if (pixels === 1) return Math.ceil(batch / parts);
  const fits = Math.floor(GROUP_BYTES / (4 * pixels * channels));
  const useful = Math.ceil(GROUP_PIXELS / outPixels);
  return Math.max(1, Math.min(fits, useful, Math.ceil(batch / parts)));
}

/**
 * What stands behind a convolution at inference: a batch norm by the addresses of its parameters, the least value
 * that a ReLU lets through, and whether a max pool of 2×2 follows, so that y is [N, ⌊outH / 2⌋, ⌊outW / 2⌋, filters].
 */
export interface Epilogue {
  batchNorm?: { gamma: number; beta: number; runningMean: number; runningVariance: number; epsilon: number };
  floor: number;
  pool?: boolean;
}

const NOTHING_BEHIND: Epilogue = { floor: Number.NEGATIVE_INFINITY };

/** y = convolution of x with weight, plus bias. */
export function lowerForward(
  call: Call,
  g: Conv2dGeometry,
  { x, weight, bias, y }: Addresses,
  epilogue: Epilogue = NOTHING_BEHIND,
): KernelCall[] {
  if (isForWinograd(g)) return lowerWinograd(call, g, { x, weight, bias, y }, epilogue, false);
  if (isForWinogradLines(g)) {
    return lowerWinogradLines(call, tileFor(call, g.filters), g, { x, weight, bias, y }, epilogue);
  }
  const { batchNorm, floor, pool = false } = epilogue;
  const depth = g.kernelHeight * g.kernelWidth * g.channels;
  const special = singleChannelTile(call, g, pool);
  const { columns } = special ?? tileFor(call, g.filters);
  const count = Math.ceil(g.filters / columns);
  const panels = call.keep(panelBytes(depth, count, columns));
  const calls: KernelCall[] = [
    {
      kernel: 'packPanels',
      args: [weight, bias, depth, g.filters, columns, panels],
      extent: count,
      preparation: true,
    },
  ];
  if (batchNorm) {
    const { gamma, beta, runningMean, runningVariance, epsilon } = batchNorm;
    calls.push({
      kernel: 'foldBatchNorm',
      args: [panels, depth, g.filters, columns, gamma, beta, runningMean, runningVariance, epsilon],
      extent: count,
      preparation: true,
    });
  }
  const border = bordered(g);
  const addresses = { x, panels, y };
  if (special) return [...calls, lowerSingleChannel(call, g, special, border, addresses, floor, pool)];
  const { height, width, needed } = border;
  const geometry = { ...g, spreadHeight: 1, spreadWidth: 1, paddedHeight: height, paddedWidth: width };
  return [...calls, rows(call, geometry, needed, addresses, epilogue)];
}

/** dx = convolution of dy, spread apart by the stride, with the reversed weights. */
export function lowerInputGradient(
  call: Call,
  g: Conv2dGeometry,
  dy: number,
  weight: number,
  dx: number,
): KernelCall[] {
  const reversed: RowsGeometry = {
    ...g,
    height: g.outHeight,
    width: g.outWidth,
    channels: g.filters,
    filters: g.channels,
    outHeight: g.height,
    outWidth: g.width,
    top: g.kernelHeight - 1 - g.top,
    left: g.kernelWidth - 1 - g.left,
    strideHeight: 1,
    strideWidth: 1,
    spreadHeight: g.strideHeight,
    spreadWidth: g.strideWidth,
    paddedHeight: g.height + g.kernelHeight - 1,
    paddedWidth: g.width + g.kernelWidth - 1,
  };
  if (g.strideHeight === 1 && g.strideWidth === 1 && isForWinograd(reversed)) {
    return lowerWinograd(call, reversed, { x: dy, weight, bias: 0, y: dx }, NOTHING_BEHIND, true);
  }
  const taps = g.kernelHeight * g.kernelWidth;
  const { columns } = tileFor(call, g.channels);
  const count = Math.ceil(g.channels / columns);
  const panels = call.scratch(panelBytes(taps * g.filters, count, columns));
  const needed =
    g.outHeight !== reversed.paddedHeight ||
    g.outWidth !== reversed.paddedWidth ||
    [reversed.top, reversed.left, g.strideHeight - 1, g.strideWidth - 1].some((value) => value !== 0);
  const addresses = { x: dy, panels, y: dx };
  return [
    {
      kernel: 'packReversedPanels',
      args: [weight, taps, g.channels, g.filters, columns, panels],
      extent: count,
    },
    isForTrimming(call, g)
      ? trimmed(call, reversed, addresses)
      : rows(call, reversed, needed, addresses, NOTHING_BEHIND),
  ];
}

/** Whether the gradient of the input is computed without its border, which takes a tile full of pictures. */
function isForTrimming(call: Call, g: Conv2dGeometry): boolean {
  return (
    g.strideHeight === 1 &&
    g.strideWidth === 1 &&
    g.kernelHeight * g.kernelWidth > 1 &&
    g.batch >= call.parts * tileFor(call, g.channels).rows
  );
}

function trimmed(
  call: Call,
  g: Conv2dGeometry,
  { x, panels, y }: { x: number; panels: number; y: number },
): KernelCall {
  const tile = tileFor(call, g.filters);
  const group = tile.rows;
  const edgeOffset = alignUp(4 * group);
  const scratchStride = edgeOffset + alignUp(4 * group * tile.columns);
  return {
    kernel: 'conv2dTrimmed',
    args: [
      ...[x, g.batch, g.height, g.width, g.channels, g.top, g.left, g.kernelHeight, g.kernelWidth],
      ...[g.outHeight, g.outWidth, panels, y, g.filters, tileCode(tile), group],
      ...[call.scratch(call.parts * scratchStride), scratchStride, edgeOffset],
    ],
    extent: Math.ceil(g.batch / group),
  };
}

interface RowsGeometry extends Conv2dGeometry {
  spreadHeight: number;
  spreadWidth: number;
  paddedHeight: number;
  paddedWidth: number;
}

/** Room for `count` panels: a row of biases and `depth` rows of weights each. */
export function panelBytes(depth: number, count: number, columns: number): number {
  return 4 * (depth + 1) * count * columns;
}

function rows(
  call: Call,
  g: RowsGeometry,
  needsBorder: boolean,
  { x, panels, y }: { x: number; panels: number; y: number },
  { floor, pool = false }: Epilogue,
): KernelCall {
  const { parts } = call;
  const tile = tileFor(call, g.filters);
  const pictureBytes = 4 * g.paddedHeight * g.paddedWidth * g.channels;
  const outPixels = g.outHeight * g.outWidth;
  const group = groupSize(g, parts, g.paddedHeight * g.paddedWidth, outPixels);
  const blockUnit = 4 * tile.rows;
  const block = pool
    ? blockUnit * Math.max(1, Math.floor(POOLED_BYTES / (4 * blockUnit * g.filters)))
    : group * outPixels;
  const edgeOffset = alignUp(4 * group * outPixels);
  const pooledOffset = edgeOffset + alignUp(4 * block * tile.columns);
  const borderOffset = pooledOffset + (pool ? alignUp(4 * block * g.filters) : 0);
  const scratchStride = borderOffset + (needsBorder ? alignUp(group * pictureBytes) : 0) + 64;
  const scratch = call.scratch(parts * scratchStride);
  return {
    kernel: 'conv2dRows',
    args: [
      ...[x, g.batch, g.height, g.width, g.channels, g.top, g.left, g.spreadHeight, g.spreadWidth],
      ...[g.paddedHeight, g.paddedWidth, g.kernelHeight, g.kernelWidth, g.strideHeight, g.strideWidth],
      ...[g.outHeight, g.outWidth, panels, floor, y, g.filters, tileCode(tile), group],
      ...[scratch, scratchStride, edgeOffset, needsBorder ? borderOffset : 0, block, pool ? pooledOffset : 0],
    ],
    extent: Math.ceil(g.batch / group),
  };
}

/** dweight = Σ x ⊗ dy; dbias = Σ dy (0: none). */
export function lowerWeightGradient(
  call: Call,
  g: Conv2dGeometry,
  { x, dy, dweight, dbias }: { x: number; dy: number; dweight: number; dbias: number },
): KernelCall[] {
  if (isForWinograd(g)) return lowerWinogradWeightGradient(call, g, { x, dy, dweight, dbias });
  const { parts } = call;
  const depth = g.kernelHeight * g.kernelWidth * g.channels;
  const kernelRows = singleChannelGradientRows(call, g);
  const tile = tileFor(call, g.filters);
  const partialRow = kernelRows ? 4 * g.filters : 4 * tile.columns * Math.ceil(g.filters / tile.columns);
  const partialStride = alignUp((depth + 1) * partialRow);
  const partials = call.scratch(parts * partialStride);
  const addresses = { x, dy, partials };
  return [
    kernelRows
      ? lowerSingleChannelWeightGradient(call, g, kernelRows, bordered(g), addresses, partialStride)
      : weightGradient(call, g, tile, addresses, partialStride, partialRow),
    {
      kernel: 'conv2dAddPartials',
      args: [partials, partialStride, partialRow, parts, depth, g.filters, dweight, dbias],
      extent: depth + 1,
    },
  ];
}

function weightGradient(
  call: Call,
  g: Conv2dGeometry,
  tile: Tile,
  { x, dy, partials }: { x: number; dy: number; partials: number },
  partialStride: number,
  partialRow: number,
): KernelCall {
  const { parts } = call;
  const { height, width, needed } = bordered(g);
  const depth = g.kernelHeight * g.kernelWidth * g.channels;
  const outPixels = g.outHeight * g.outWidth;
  const pictureBytes = 4 * height * width * g.channels;
  const group = groupSize(g, parts, height * width, outPixels);
  const windowBytes = 4 * (g.channels * g.strideHeight * g.strideWidth + g.filters);
  const block = Math.max(48, Math.floor(BLOCK_BYTES / windowBytes));
  const offsetsOffset = alignUp(4 * group * outPixels);
  const offsetsEnd = offsetsOffset + alignUp(4 * depth);
  const scratchStride = offsetsEnd + (needed ? alignUp(group * pictureBytes) : 0) + 64;
  const scratch = call.scratch(parts * scratchStride);
  return {
    kernel: 'conv2dWeightGradient',
    args: [
      ...[x, g.batch, g.height, g.width, g.channels, g.top, g.left, height, width],
      ...[g.kernelHeight, g.kernelWidth, g.strideHeight, g.strideWidth, g.outHeight, g.outWidth],
      ...[dy, g.filters, tileCode(tile), group, block, partials, partialStride, partialRow],
      ...[scratch, scratchStride, offsetsOffset, needed ? offsetsEnd : 0],
    ],
    extent: Math.ceil(g.batch / group),
  };
}
