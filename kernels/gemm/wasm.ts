/** Inner products over whole matrices: dispatch to a register tile. How panels look says pack.wasm.ts. */
import {
  outerPanel_3x16,
  outerPanel_4x8,
  outerPanel_5x16,
  outerPanel_6x8,
  outerPanel_6x16,
  rowsTimesPanel_3x16,
  rowsTimesPanel_4x8,
  rowsTimesPanel_5x16,
  rowsTimesPanel_6x8,
  rowsTimesPanel_6x16,
} from './tiles.generated.wasm';

export * from './pack.wasm';

/** Longest run of a product that is done at once: so many rows of a panel stay in the first-level cache. */
const RUN_BYTES: usize = 4 * 384;

/**
 * y[m, …] = bias + x[m, …] · matrix, and no less than `floor`, for `count` rows: see generate.ts for windows and
 * segments. A long product of one segment is done in runs that start from what the run before left in y. `edge` is
 * room for count × panelColumns floats, where the last panel's columns are not all wanted.
 */
export function rowsTimesPanels(
  tile: i32,
  rows: usize,
  count: i32,
  segments: i32,
  segmentBytes: usize,
  segmentStride: usize,
  panels: usize,
  floor: f32,
  y: usize,
  columns: i32,
  edge: usize,
): void {
  const panelColumns = tile % 100;
  const width = (<usize>panelColumns) << 2;
  const panelBytes = (<usize>segments * (segmentBytes >> 2) + 1) * width;
  const yStride = (<usize>columns) << 2;
  const run = segments === 1 && segmentBytes > 2 * RUN_BYTES ? RUN_BYTES : segmentBytes;
  for (let first = 0; first < columns; first += panelColumns) {
    const whole = first + panelColumns <= columns;
    const target = whole ? y + ((<usize>first) << 2) : edge;
    const stride = whole ? yStride : width;
    let start = panels;
    let startStride: usize = 0;
    let panel = panels + width;
    for (let offset: usize = 0; offset < segmentBytes; offset += run) {
      const bytes = min(run, segmentBytes - offset);
      const least = offset + bytes === segmentBytes ? floor : -Infinity;
      rowsTimesPanel(
        tile,
        rows,
        count,
        offset,
        segments,
        bytes,
        segmentStride,
        panel,
        0,
        start,
        startStride,
        reinterpret<i32>(least),
        target,
        stride,
      );
      start = target;
      startStride = stride;
      panel += (bytes >> 2) * width;
    }
    if (!whole) {
      const bytes = (<usize>(columns - first)) << 2;
      for (let m: usize = 0; m < <usize>count; m++) {
        const from = edge + m * width;
        const to = y + m * yStride + ((<usize>first) << 2);
        for (let i: usize = 0; i < bytes; i += 4) store<f32>(to + i, load<f32>(from + i));
      }
    }
    panels += panelBytes;
  }
}

/** One panel's part of that: see generate.ts. `panelSkip` bytes of the panel are left out behind every segment. */
export function rowsTimesPanel(
  tile: i32,
  rows: usize,
  count: i32,
  offset: usize,
  segments: i32,
  bytes: usize,
  stride: usize,
  panel: usize,
  panelSkip: usize,
  start: usize,
  startStride: usize,
  floorBits: i32,
  y: usize,
  yStride: usize,
): void {
  if (tile === 408)
    rowsTimesPanel_4x8(
      rows,
      count,
      offset,
      segments,
      bytes,
      stride,
      panel,
      panelSkip,
      start,
      startStride,
      floorBits,
      y,
      yStride,
    );
  else if (tile === 608)
    rowsTimesPanel_6x8(
      rows,
      count,
      offset,
      segments,
      bytes,
      stride,
      panel,
      panelSkip,
      start,
      startStride,
      floorBits,
      y,
      yStride,
    );
  else if (tile === 316)
    rowsTimesPanel_3x16(
      rows,
      count,
      offset,
      segments,
      bytes,
      stride,
      panel,
      panelSkip,
      start,
      startStride,
      floorBits,
      y,
      yStride,
    );
  else if (tile === 516)
    rowsTimesPanel_5x16(
      rows,
      count,
      offset,
      segments,
      bytes,
      stride,
      panel,
      panelSkip,
      start,
      startStride,
      floorBits,
      y,
      yStride,
    );
  else
    rowsTimesPanel_6x16(
      rows,
      count,
      offset,
      segments,
      bytes,
      stride,
      panel,
      panelSkip,
      start,
      startStride,
      floorBits,
      y,
      yStride,
    );
}

/**
 * target[k, …] += Σ over m of x[m, k] · dy[m, …], for `count` rows m and all `depth` k. A row of `target` holds
 * whole panels; columns past `columns` end up with sums of what lies behind dy, for nobody to read.
 */
export function outerPanels(
  tile: i32,
  rows: usize,
  count: i32,
  offsets: usize,
  depth: i32,
  dy: usize,
  columns: i32,
  target: usize,
  targetStride: usize,
): void {
  const panelColumns = tile % 100;
  const dyStride = (<usize>columns) << 2;
  for (let first = 0; first < columns; first += panelColumns) {
    const at = (<usize>first) << 2;
    if (tile === 408)
      outerPanel_4x8(rows, count, offsets, 0, depth, dy + at, dyStride, target + at, targetStride);
    else if (tile === 608)
      outerPanel_6x8(rows, count, offsets, 0, depth, dy + at, dyStride, target + at, targetStride);
    else if (tile === 316)
      outerPanel_3x16(rows, count, offsets, 0, depth, dy + at, dyStride, target + at, targetStride);
    else if (tile === 516)
      outerPanel_5x16(rows, count, offsets, 0, depth, dy + at, dyStride, target + at, targetStride);
    else outerPanel_6x16(rows, count, offsets, 0, depth, dy + at, dyStride, target + at, targetStride);
  }
}
