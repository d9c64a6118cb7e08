/**
 * The gradient of a dense layer's weights, x transposed times dy. For large ones see large.wasm.ts.
 *
 * As they are, both would be read down their columns, one value or sixteen from each line of the cache. So a worker first
 * copies its examples: x transposed, and dy in panels. Then it is the same product as that of the forward pass.
 */
import { addRows } from '../conv2d/pictures.wasm';
import { packPanels, rowsTimesPanels, transpose } from '../gemm/wasm';

export * from './large.wasm';

/**
 * Sums of x ⊗ dy over this worker's examples, at sums + part · sumsStride, in rows of `sumsRow` bytes, which hold whole
 * panels; and of dy, at biasSums + part · sumsStride (0: none).
 * Scratch of each worker: addresses of x's columns, and at the offsets given those columns, `columnStride` bytes apart,
 * and panels. Units are groups of examples.
 */
export function denseWeightGradient(
  x: usize,
  examples: i32,
  inputs: i32,
  dy: usize,
  units: i32,
  tile: i32,
  group: i32,
  sums: usize,
  biasSums: usize,
  sumsStride: usize,
  sumsRow: usize,
  scratch: usize,
  scratchStride: usize,
  columnsOffset: usize,
  columnStride: usize,
  panelsOffset: usize,
  begin: i32,
  end: i32,
  part: i32,
): void {
  const rows = scratch + <usize>part * scratchStride;
  const columns = rows + columnsOffset;
  const panels = rows + panelsOffset;
  const first = begin * group;
  const count = min(end * group, examples) - first;
  const target = sums + <usize>part * sumsStride;
  const biasTarget = biasSums + <usize>part * sumsStride;
  if (biasSums !== 0) memory.fill(biasTarget, 0, sumsRow);
  if (count <= 0) {
    memory.fill(target, 0, <usize>inputs * sumsRow);
    return;
  }
  const from = dy + ((<usize>first * <usize>units) << 2);
  if (biasSums !== 0) addRows(from, (<usize>units) << 2, count, units, biasTarget);
  const panelColumns = tile % 100;
  packPanels(from, 0, count, units, panelColumns, panels, 0, (units + panelColumns - 1) / panelColumns);
  const inputsBytes = (<usize>inputs) << 2;
  transpose(x + <usize>first * inputsBytes, count, inputs, inputsBytes, columns, columnStride);
  for (let i: usize = 0; i < <usize>inputs; i++)
    store<u32>(rows + (i << 2), <u32>(columns + i * columnStride));
  const bytes = (<usize>count) << 2;
  const wide = <i32>(sumsRow >> 2);
  rowsTimesPanels(tile, rows, inputs, 1, bytes, 0, panels, -Infinity, target, sumsRow, wide, 0);
}
