/**
 * Convolutions as calls of the WebAssembly kernels: how many pictures at a time, and what goes where in scratch
 * memory. A dense layer is lowered here too, as a convolution of 1×1 pictures.
 */
import { tileCode } from '../gemm/tiles.ts';
import type { KernelCall, WasmCall } from '../operation.ts';
import type { Conv2dGeometry } from './reference.ts';

/** What a group of pictures, bordered, may take: it is read once per panel, so it should stay in the second-level cache. */
const GROUP_BYTES = 256 * 1024;
/** Output pixels worth grouping for, so that the last tile of a group does not weigh. */
const GROUP_PIXELS = 512;
/** What a block of windows and gradients may take in the first-level cache. */
const BLOCK_BYTES = 24 * 1024;

type Call = Pick<WasmCall<unknown>, 'tile' | 'parts' | 'scratch'>;

interface Addresses {
  x: number;
  weight: number;
  bias: number;
  y: number;
}

const alignUp = (bytes: number) => Math.ceil(bytes / 64) * 64;

/** Sizes of the zero-bordered input of a forward convolution; what it does not reach of its input is cut off. */
function bordered(g: Conv2dGeometry): { height: number; width: number; needed: boolean } {
  const height = Math.max((g.outHeight - 1) * g.strideHeight + g.kernelHeight, g.top + g.height);
  const width = Math.max((g.outWidth - 1) * g.strideWidth + g.kernelWidth, g.left + g.width);
  return { height, width, needed: height !== g.height || width !== g.width };
}

function groupSize(batch: number, parts: number, pictureBytes: number, outPixels: number): number {
  const fits = Math.floor(GROUP_BYTES / pictureBytes);
  const useful = Math.ceil(GROUP_PIXELS / outPixels);
  return Math.max(1, Math.min(fits, useful, Math.ceil(batch / parts)));
}

/** y = convolution of x with weight, plus bias. */
export function lowerForward(call: Call, g: Conv2dGeometry, { x, weight, bias, y }: Addresses): KernelCall[] {
  const depth = g.kernelHeight * g.kernelWidth * g.channels;
  const { panels, count } = reservePanels(call, depth, g.filters);
  const { height, width, needed } = bordered(g);
  return [
    {
      kernel: 'packPanels',
      args: [weight, bias, depth, g.filters, call.tile.columns, panels],
      extent: count,
    },
    rows(
      call,
      { ...g, spreadHeight: 1, spreadWidth: 1, paddedHeight: height, paddedWidth: width },
      needed,
      x,
      panels,
      y,
    ),
  ];
}

/** dx = convolution of dy, spread apart by the stride, with the reversed weights. */
export function lowerInputGradient(
  call: Call,
  g: Conv2dGeometry,
  dy: number,
  weight: number,
  dx: number,
): KernelCall[] {
  const taps = g.kernelHeight * g.kernelWidth;
  const { panels, count } = reservePanels(call, taps * g.filters, g.channels);
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
  const needed =
    g.outHeight !== reversed.paddedHeight ||
    g.outWidth !== reversed.paddedWidth ||
    [reversed.top, reversed.left, g.strideHeight - 1, g.strideWidth - 1].some((value) => value !== 0);
  return [
    {
      kernel: 'packReversedPanels',
      args: [weight, taps, g.channels, g.filters, call.tile.columns, panels],
      extent: count,
    },
    rows(call, reversed, needed, dy, panels, dx),
  ];
}

interface RowsGeometry extends Conv2dGeometry {
  spreadHeight: number;
  spreadWidth: number;
  paddedHeight: number;
  paddedWidth: number;
}

function reservePanels(call: Call, depth: number, columns: number): { panels: number; count: number } {
  const count = Math.ceil(columns / call.tile.columns);
  return { count, panels: call.scratch(4 * (depth + 1) * count * call.tile.columns) };
}

function rows(
  call: Call,
  g: RowsGeometry,
  needsBorder: boolean,
  x: number,
  panels: number,
  y: number,
): KernelCall {
  const { tile, parts } = call;
  const pictureBytes = 4 * g.paddedHeight * g.paddedWidth * g.channels;
  const outPixels = g.outHeight * g.outWidth;
  const group = groupSize(g.batch, parts, pictureBytes, outPixels);
  const edgeOffset = alignUp(4 * group * outPixels);
  const edgeEnd = edgeOffset + alignUp(4 * group * outPixels * tile.columns);
  const scratchStride = edgeEnd + (needsBorder ? alignUp(group * pictureBytes) : 0) + 64;
  const scratch = call.scratch(parts * scratchStride);
  return {
    kernel: 'conv2dRows',
    args: [
      ...[x, g.batch, g.height, g.width, g.channels, g.top, g.left, g.spreadHeight, g.spreadWidth],
      ...[g.paddedHeight, g.paddedWidth, g.kernelHeight, g.kernelWidth, g.strideHeight, g.strideWidth],
      ...[g.outHeight, g.outWidth, panels, y, g.filters, tileCode(tile), group],
      ...[scratch, scratchStride, edgeOffset, needsBorder ? edgeEnd : 0],
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
  const { tile, parts } = call;
  const { height, width, needed } = bordered(g);
  const depth = g.kernelHeight * g.kernelWidth * g.channels;
  const outPixels = g.outHeight * g.outWidth;
  const pictureBytes = 4 * height * width * g.channels;
  const group = groupSize(g.batch, parts, pictureBytes, outPixels);
  const windowBytes = 4 * (g.channels * g.strideHeight * g.strideWidth + g.filters);
  const block = Math.max(48, Math.floor(BLOCK_BYTES / windowBytes));
  const partialRow = 4 * tile.columns * Math.ceil(g.filters / tile.columns);
  const partialStride = alignUp((depth + 1) * partialRow);
  const partials = call.scratch(parts * partialStride);
  const offsetsOffset = alignUp(4 * group * outPixels);
  const offsetsEnd = offsetsOffset + alignUp(4 * depth);
  const scratchStride = offsetsEnd + (needed ? alignUp(group * pictureBytes) : 0) + 64;
  const scratch = call.scratch(parts * scratchStride);
  return [
    {
      kernel: 'conv2dWeightGradient',
      args: [
        ...[x, g.batch, g.height, g.width, g.channels, g.top, g.left, height, width],
        ...[g.kernelHeight, g.kernelWidth, g.strideHeight, g.strideWidth, g.outHeight, g.outWidth],
        ...[dy, g.filters, tileCode(tile), group, block, partials, partialStride, partialRow],
        ...[scratch, scratchStride, offsetsOffset, needed ? offsetsEnd : 0],
      ],
      extent: Math.ceil(g.batch / group),
    },
    {
      kernel: 'conv2dAddPartials',
      args: [partials, partialStride, partialRow, parts, depth, g.filters, dweight, dbias],
      extent: depth + 1,
    },
  ];
}
