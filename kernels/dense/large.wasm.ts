/**
 * Products of large matrices: those of a dense layer that trains, where weights are new at each step.
 *
 * To pack all of the right matrix would write it to memory and read it back. Here each worker takes some of its
 * columns, packs as many panels as stay in the second-level cache, and has all rows pass over them, before it packs the next.
 */
import { addRows } from '../conv2d/pictures.wasm';
import { packPanels, packReversedPanels, rowsTimesPanels, transpose } from '../gemm/wasm';

/**
 * y = bias + x · matrix for x [rows, depth], its rows `xStride` bytes apart, and matrix [depth, columns]; bias 0: none.
 * Units are panels. Scratch of each worker: addresses of rows, and at the offsets given `group` panels, and
 * rows × panelColumns floats where the last panel's columns are not all wanted.
 */
export function denseProduct(
  x: usize,
  xStride: usize,
  rows: i32,
  depth: i32,
  matrix: usize,
  bias: usize,
  y: usize,
  columns: i32,
  tile: i32,
  group: i32,
  scratch: usize,
  scratchStride: usize,
  panelsOffset: usize,
  edgeOffset: usize,
  begin: i32,
  end: i32,
  part: i32,
): void {
  const table = scratch + <usize>part * scratchStride;
  const panels = table + panelsOffset;
  listRows(x, xStride, rows, table);
  for (let first = begin; first < end; first += group) {
    const last = min(first + group, end);
    packPanels(matrix, bias, depth, columns, tile % 100, panels - skipped(first, depth, tile), first, last);
    multiply(table, rows, depth, panels, y, columns, tile, first, last, table + edgeOffset);
  }
}

/** The same for matrix [columns, depth], which is packed transposed: the gradient of a dense layer's input. */
export function denseProductReversed(
  x: usize,
  xStride: usize,
  rows: i32,
  depth: i32,
  matrix: usize,
  y: usize,
  columns: i32,
  tile: i32,
  group: i32,
  scratch: usize,
  scratchStride: usize,
  panelsOffset: usize,
  edgeOffset: usize,
  begin: i32,
  end: i32,
  part: i32,
): void {
  const table = scratch + <usize>part * scratchStride;
  const panels = table + panelsOffset;
  listRows(x, xStride, rows, table);
  for (let first = begin; first < end; first += group) {
    const last = min(first + group, end);
    packReversedPanels(
      matrix,
      1,
      columns,
      depth,
      tile % 100,
      panels - skipped(first, depth, tile),
      first,
      last,
    );
    multiply(table, rows, depth, panels, y, columns, tile, first, last, table + edgeOffset);
  }
}

/** Bytes of so many panels: how far before its group the first panel of all would lie. */
function skipped(panels: i32, depth: i32, tile: i32): usize {
  return (<usize>(panels * (depth + 1) * (tile % 100))) << 2;
}

function listRows(x: usize, stride: usize, rows: i32, table: usize): void {
  for (let row = 0; row < rows; row++)
    store<u32>(table + ((<usize>row) << 2), <u32>(x + <usize>row * stride));
}

/** Those columns of y that the panels `first` to `last` make. */
function multiply(
  table: usize,
  rows: i32,
  depth: i32,
  panels: usize,
  y: usize,
  columns: i32,
  tile: i32,
  first: i32,
  last: i32,
  edge: usize,
): void {
  const from = first * (tile % 100);
  const count = min(last * (tile % 100), columns) - from;
  const target = y + ((<usize>from) << 2);
  const bytes = (<usize>depth) << 2;
  rowsTimesPanels(
    tile,
    table,
    rows,
    1,
    bytes,
    0,
    panels,
    -Infinity,
    target,
    (<usize>columns) << 2,
    count,
    edge,
  );
}

/** Examples that are transposed together, as many as make a line of the cache. */
const TOGETHER = 16;

/** target [columns, rows] = x [rows, columns] transposed, its rows `targetStride` bytes apart. Units are sixteen rows of x. */
export function denseTranspose(
  x: usize,
  rows: i32,
  columns: i32,
  target: usize,
  targetStride: usize,
  begin: i32,
  end: i32,
): void {
  const stride = (<usize>columns) << 2;
  for (let row = begin * TOGETHER, last = min(end * TOGETHER, rows); row < last; row += TOGETHER) {
    const at = target + ((<usize>row) << 2);
    transpose(x + <usize>row * stride, min(TOGETHER, last - row), columns, stride, at, targetStride);
  }
}

/** dbias = Σ dy over `examples`. Units are columns. */
export function denseBiasGradient(
  dy: usize,
  examples: i32,
  units: i32,
  dbias: usize,
  begin: i32,
  end: i32,
): void {
  const at = (<usize>begin) << 2;
  const stride = (<usize>units) << 2;
  memory.fill(dbias + at, 0, (<usize>(end - begin)) << 2);
  addRows(dy + at, stride, examples, end - begin, dbias + at);
}
