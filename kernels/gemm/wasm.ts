/** Inner products over whole matrices: dispatch to a register tile. How panels look says pack.wasm.ts. */
import {
  outerPanel_4x8,
  outerPanel_6x8,
  outerPanel_6x16,
  rowsTimesPanel_4x8,
  rowsTimesPanel_6x8,
  rowsTimesPanel_6x16,
} from './tiles.generated.wasm';

export * from './pack.wasm';

/** Longest run of a product that is done at once: so many values of a tile's rows stay in the first-level cache. */
const RUN_BYTES: usize = 4 * 1024;
/** What the windows that pass over all panels of a group may take in the first-level cache. */
const ROWS_BYTES: usize = 16 * 1024;
/** What a group of panels may take in the second-level cache: sixteen of a product of depth 1024, sixteen columns wide. */
const PANELS_BYTES: usize = 1088 * 1024;

/**
 * y[m, …] = bias + x[m, …] · matrix, and no less than `floor`, for `count` rows: see generate.ts for windows and
 * segments. A long product of one segment is done in runs that start from what the run before left in y. Rows of y are
 * `yStride` bytes apart. `edge` is room for count × panelColumns floats, where the last panel's columns are not all wanted.
 *
 * Panels are read from memory once for each call, and windows once for each group of panels: a few windows go over
 * all panels of a group before the next ones come.
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
  yStride: usize,
  columns: i32,
  edge: usize,
): void {
  const panelColumns = tile % 100;
  const width = (<usize>panelColumns) << 2;
  const depthBytes = <usize>segments * segmentBytes;
  const panelBytes = ((depthBytes >> 2) + 1) * width;
  const runs = segments === 1 ? max<usize>(1, (segmentBytes + RUN_BYTES - 1) / RUN_BYTES) : 1;
  const run = (((segmentBytes >> 2) + runs - 1) / runs) << 2;
  const tileRows = tile / 100;
  const fitting = tileRows * <i32>max<usize>(1, ROWS_BYTES / (depthBytes / runs) / <usize>tileRows);
  const together = columns <= panelColumns && runs === 1 ? count : fitting;
  const groupColumns = panelColumns * <i32>max<usize>(1, PANELS_BYTES / panelBytes);
  for (let group = 0; group < columns; group += groupColumns) {
    const groupEnd = min(group + groupColumns, columns);
    for (let m = 0; m < count; m += together) {
      const here = min(together, count - m);
      const windows = rows + ((<usize>m) << 2);
      const line = y + <usize>m * yStride;
      for (let offset: usize = 0; offset < segmentBytes; offset += run) {
        const bytes = min(run, segmentBytes - offset);
        const least = offset + bytes === segmentBytes ? floor : -Infinity;
        let panel = panels;
        for (let first = group; first < groupEnd; first += panelColumns) {
          const whole = first + panelColumns <= columns;
          const target = whole ? line + ((<usize>first) << 2) : edge;
          const stride = whole ? yStride : width;
          rowsTimesPanel(
            tile,
            windows,
            here,
            offset,
            segments,
            bytes,
            segmentStride,
            panel + ((offset >> 2) + 1) * width,
            0,
            offset === 0 ? panel : target,
            offset === 0 ? 0 : stride,
            reinterpret<i32>(least),
            target,
            stride,
          );
          panel += panelBytes;
          if (!whole && offset + bytes === segmentBytes)
            copyEdge(edge, here, width, line, yStride, first, columns);
        }
      }
    }
    panels += <usize>((groupEnd - group + panelColumns - 1) / panelColumns) * panelBytes;
  }
}

/** Copies those columns of the last panel that there are to `count` rows of y, of which `line` is the first. */
function copyEdge(
  edge: usize,
  count: i32,
  width: usize,
  line: usize,
  yStride: usize,
  first: i32,
  columns: i32,
): void {
  const bytes = (<usize>(columns - first)) << 2;
  let to = line + ((<usize>first) << 2);
  for (let m = 0; m < count; m++) {
    for (let i: usize = 0; i < bytes; i += 4) store<f32>(to + i, load<f32>(edge + i));
    edge += width;
    to += yStride;
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
  if (!ASC_FEATURE_RELAXED_SIMD)
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
    if (!ASC_FEATURE_RELAXED_SIMD)
      outerPanel_4x8(rows, count, offsets, 0, depth, dy + at, dyStride, target + at, targetStride);
    else if (tile === 608)
      outerPanel_6x8(rows, count, offsets, 0, depth, dy + at, dyStride, target + at, targetStride);
    else outerPanel_6x16(rows, count, offsets, 0, depth, dy + at, dyStride, target + at, targetStride);
  }
}
