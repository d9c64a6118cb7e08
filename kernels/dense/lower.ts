/** The gradients of a dense layer, and all products of a large one, as calls of the WebAssembly kernels. */
import { alignUp, panelBytes, tileFor } from '../conv2d/lower.ts';
import { tileCode } from '../gemm/tiles.ts';
import type { KernelCall, WasmCall } from '../operation.ts';
import type { DenseGeometry } from './reference.ts';

/** Examples that workers are given together, where there are as many. */
const GROUP = 132;
/** Columns of x that start as far apart as this would all fall on the same lines of a cache. */
const PADDING = 64;

/** What a group of panels may take in the second-level cache: as much as gemm/wasm.ts takes at once. */
const GROUP_BYTES = 1088 * 1024;
/** Bytes of the right matrix from which it is not packed as a whole. */
const LARGE_BYTES = 1024 * 1024;
/** Rows from which there is enough to do for each panel. */
const LARGE_ROWS = 256;

type Call = Pick<WasmCall<unknown>, 'tile' | 'parts' | 'scratch' | 'keep'>;

interface Addresses {
  x: number;
  dy: number;
  dweight: number;
  dbias: number;
}

interface Product {
  rows: number;
  depth: number;
  columns: number;
}

/** Whether a product is so large that workers share its columns. */
export function isLarge({ rows, depth, columns }: Product): boolean {
  return rows >= LARGE_ROWS && 4 * depth * columns >= LARGE_BYTES;
}

export function productOf({ batch, inputs, units }: DenseGeometry) {
  return {
    forward: { rows: batch, depth: inputs, columns: units },
    inputGradient: { rows: batch, depth: units, columns: inputs },
    weightGradient: { rows: inputs, depth: batch, columns: units },
  };
}

interface Operands {
  x: number;
  /** Bytes from row to row. */
  xStride?: number;
  matrix: number;
  /** 0: none. Not there where the matrix is to be taken the other way round, [columns, depth]. */
  bias?: number;
  y: number;
}

/** y = x · matrix, plus a bias. */
export function lowerProduct(
  { tile, parts, scratch }: Call,
  { rows, depth, columns }: Product,
  { x, xStride = 4 * depth, matrix, bias, y }: Operands,
): KernelCall {
  const isReversed = bias === undefined;
  const extent = Math.ceil(columns / tile.columns);
  const onePanel = panelBytes(depth, 1, tile.columns);
  const group = Math.max(1, Math.min(Math.floor(GROUP_BYTES / onePanel), Math.ceil(extent / parts)));
  const panelsOffset = alignUp(4 * rows);
  const edgeOffset = panelsOffset + alignUp(group * onePanel);
  const scratchStride = edgeOffset + alignUp(4 * rows * tile.columns) + 64;
  return {
    kernel: isReversed ? 'denseProductReversed' : 'denseProduct',
    args: [
      ...[x, xStride, rows, depth, ...(isReversed ? [matrix] : [matrix, bias])],
      ...[y, columns, tileCode(tile), group],
      ...[scratch(parts * scratchStride), scratchStride, panelsOffset, edgeOffset],
    ],
    extent,
  };
}

/** dweight = x transposed times dy; dbias = Σ dy (0: none). */
export function lowerWeightGradient(call: Call, geometry: DenseGeometry, addresses: Addresses): KernelCall[] {
  return isLarge(productOf(geometry).weightGradient)
    ? byColumns(call, geometry, addresses)
    : byExamples(call, geometry, addresses);
}

/** Workers share the columns of dweight. */
function byColumns(call: Call, geometry: DenseGeometry, { x, dy, dweight, dbias }: Addresses): KernelCall[] {
  const { batch, inputs, units } = geometry;
  const xStride = alignUp(4 * batch) + PADDING;
  const transposed = call.scratch(inputs * xStride);
  return [
    {
      kernel: 'denseTranspose',
      args: [x, batch, inputs, transposed, xStride],
      extent: Math.ceil(batch / 16),
    },
    ...(dbias ? [{ kernel: 'denseBiasGradient', args: [dy, batch, units, dbias], extent: units }] : []),
    lowerProduct(call, productOf(geometry).weightGradient, {
      x: transposed,
      xStride,
      matrix: dy,
      bias: 0,
      y: dweight,
    }),
  ];
}

/** Workers share the examples, and their sums are added. */
function byExamples(
  call: Call,
  { batch, inputs, units }: DenseGeometry,
  { x, dy, dweight, dbias }: Addresses,
): KernelCall[] {
  const { parts, scratch } = call;
  const tile = tileFor(call, units);
  const panels = Math.ceil(units / tile.columns);
  const sumsRow = 4 * tile.columns * panels;
  // One worker's sums are the gradient, if they have its form.
  const isAlone = parts === 1 && sumsRow === 4 * units;
  const sumsStride = alignUp((inputs + 1) * sumsRow);
  const sums = isAlone ? dweight : scratch(parts * sumsStride);
  const biasSums = isAlone ? dbias : sums + inputs * sumsRow;
  const group = Math.min(GROUP, Math.ceil(batch / parts));
  const extent = Math.ceil(batch / group);
  const most = Math.min(batch, group * Math.ceil(extent / parts));
  const columnsOffset = alignUp(4 * inputs);
  const columnStride = alignUp(4 * most) + PADDING;
  const panelsOffset = columnsOffset + inputs * columnStride;
  const scratchStride = panelsOffset + alignUp(panelBytes(most, panels, tile.columns)) + 64;
  const gradient = {
    kernel: 'denseWeightGradient',
    args: [
      ...[x, batch, inputs, dy, units, tileCode(tile), group, sums, biasSums, sumsStride, sumsRow],
      ...[scratch(parts * scratchStride), scratchStride, columnsOffset, columnStride, panelsOffset],
    ],
    extent,
  };
  if (isAlone) return [gradient];
  const args = [sums, sumsStride, sumsRow, parts, inputs, units, dweight, dbias];
  return [gradient, { kernel: 'conv2dAddPartials', args, extent: inputs + 1 }];
}
