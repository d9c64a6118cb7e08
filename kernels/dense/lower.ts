/** The gradient of a dense layer's weights as calls of the WebAssembly kernels. */
import { alignUp, panelBytes, tileFor } from '../conv2d/lower.ts';
import { tileCode } from '../gemm/tiles.ts';
import type { KernelCall, WasmCall } from '../operation.ts';
import type { DenseGeometry } from './reference.ts';

/** Examples that workers are given together, where there are as many. */
const GROUP = 132;
/** Columns of x that start as far apart as this would all fall on the same lines of a cache. */
const PADDING = 64;

/** dweight = x transposed times dy; dbias = Σ dy (0: none). */
export function lowerWeightGradient(
  call: Pick<WasmCall<unknown>, 'tile' | 'parts' | 'scratch' | 'keep'>,
  { batch, inputs, units }: DenseGeometry,
  { x, dy, dweight, dbias }: { x: number; dy: number; dweight: number; dbias: number },
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
