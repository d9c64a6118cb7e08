/**
 * Packing the right operand of an inner product into panels.
 *
 * A panel holds as many columns as a tile is wide, first their biases, then row after row, so that the inner loop
 * reads it from end to end. Columns that the matrix does not have are zero.
 */

/** Rows that are packed together: each has a page of its own, and where rows are pages long they all fall on the same lines of a cache. */
const ROWS_TOGETHER = 16;
/** A row of a panel that is sixteen columns wide. */
const LINE_BYTES: usize = 64;

/** Packs `matrix` [rows, columns] and `bias` [columns] (0: none). Units are panels. */
export function packPanels(
  matrix: usize,
  bias: usize,
  rows: i32,
  columns: i32,
  panelColumns: i32,
  panels: usize,
  begin: i32,
  end: i32,
): void {
  const width = (<usize>panelColumns) << 2;
  const stride = (<usize>columns) << 2;
  const panelBytes = <usize>(rows + 1) * width;
  for (let panel = begin; panel < end; panel++) {
    const at = <usize>panel * width;
    const bytes = min(width, stride - at);
    const target = panels + <usize>panel * panelBytes;
    memory.fill(target, 0, bytes < width ? panelBytes : width);
    if (bias !== 0) memory.copy(target, bias + at, bytes);
  }
  for (let first = 0; first < rows; first += ROWS_TOGETHER) {
    const count = min(ROWS_TOGETHER, rows - first);
    for (let panel = begin; panel < end; panel++) {
      const at = <usize>panel * width;
      const bytes = min(width, stride - at);
      let source = matrix + <usize>first * stride + at;
      let target = panels + <usize>panel * panelBytes + <usize>(first + 1) * width;
      for (let row = 0; row < count; row++) {
        if (bytes === LINE_BYTES) copyLine(source, target);
        else copyFloats(source, target, bytes);
        source += stride;
        target += width;
      }
    }
  }
}

/** Copies LINE_BYTES: without loops, a large matrix is packed in three quarters of the time. */
function copyLine(from: usize, to: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
  v128.store(to, v128.load(from, 32), 32);
  v128.store(to, v128.load(from, 48), 48);
}

/** Copies a few floats; a call of memory.copy would take longer than so few bytes. */
function copyFloats(from: usize, to: usize, bytes: usize): void {
  let i: usize = 0;
  for (const whole = bytes & ~15; i < whole; i += 16) v128.store(to + i, v128.load(from + i));
  for (; i < bytes; i += 4) store<f32>(to + i, load<f32>(from + i));
}

/**
 * Folds a batch norm with running statistics into packed panels: every column is multiplied by gamma / deviation, and
 * its bias becomes what the batch norm makes of it. Units are panels.
 */
export function foldBatchNorm(
  panels: usize,
  rows: i32,
  columns: i32,
  panelColumns: i32,
  gamma: usize,
  beta: usize,
  runningMean: usize,
  runningVariance: usize,
  epsilon: f64,
  begin: i32,
  end: i32,
): void {
  const width = (<usize>panelColumns) << 2;
  for (let panel = begin; panel < end; panel++) {
    const first = panel * panelColumns;
    for (let i = 0, count = min(panelColumns, columns - first); i < count; i++) {
      const at = (<usize>(first + i)) << 2;
      const scale = <f64>load<f32>(gamma + at) / sqrt<f64>(<f64>load<f32>(runningVariance + at) + epsilon);
      let target = panels + <usize>panel * <usize>(rows + 1) * width + ((<usize>i) << 2);
      const centred = <f64>load<f32>(target) - <f64>load<f32>(runningMean + at);
      store<f32>(target, <f32>(centred * scale + <f64>load<f32>(beta + at)));
      for (let row = 0; row < rows; row++) {
        target += width;
        store<f32>(target, <f32>(<f64>load<f32>(target) * scale));
      }
    }
  }
}

/**
 * Packs what the gradient of a convolution's input multiplies with: the weights [taps, channels, filters] with taps
 * in reverse order and the last two axes exchanged, so rows are (tap, filter) and columns channels. Units are panels.
 */
export function packReversedPanels(
  weight: usize,
  taps: i32,
  channels: i32,
  filters: i32,
  panelColumns: i32,
  panels: usize,
  begin: i32,
  end: i32,
): void {
  const width = (<usize>panelColumns) << 2;
  const panelBytes = <usize>(taps * filters + 1) * width;
  for (let panel = begin; panel < end; panel++) {
    const first = panel * panelColumns;
    const count = min(panelColumns, channels - first);
    let target = panels + <usize>panel * panelBytes;
    memory.fill(target, 0, count < panelColumns ? panelBytes : width);
    target += width;
    for (let tap = taps - 1; tap >= 0; tap--) {
      const source = weight + ((<usize>((tap * channels + first) * filters)) << 2);
      transpose(source, count, filters, (<usize>filters) << 2, target, width);
      target += <usize>filters * width;
    }
  }
}

/** Columns that are transposed together: as many as a line of the cache holds. */
const LINE = 16;

/** target[column, row] = source[row, column], with rows so many bytes apart: 4×4 at a time, and what is left singly. */
export function transpose(
  source: usize,
  rows: i32,
  columns: i32,
  sourceStride: usize,
  target: usize,
  targetStride: usize,
): void {
  const wholeRows = rows & ~3;
  const wholeColumns = columns & ~3;
  for (let first = 0; first < wholeColumns; first += LINE) {
    const end = min(first + LINE, wholeColumns);
    for (let row = 0; row < wholeRows; row += 4) {
      let from = source + <usize>row * sourceStride + ((<usize>first) << 2);
      let to = target + <usize>first * targetStride + ((<usize>row) << 2);
      for (let column = first; column < end; column += 4) {
        const a = v128.load(from);
        const b = v128.load(from + sourceStride);
        const c = v128.load(from + 2 * sourceStride);
        const d = v128.load(from + 3 * sourceStride);
        const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
        const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
        const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
        const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
        v128.store(to, v128.shuffle<f64>(ab, cd, 0, 2));
        v128.store(to + targetStride, v128.shuffle<f64>(ab, cd, 1, 3));
        v128.store(to + 2 * targetStride, v128.shuffle<f64>(abHigh, cdHigh, 0, 2));
        v128.store(to + 3 * targetStride, v128.shuffle<f64>(abHigh, cdHigh, 1, 3));
        from += 16;
        to += 4 * targetStride;
      }
    }
  }
  for (let row = 0; row < rows; row++) {
    for (let column = row < wholeRows ? wholeColumns : 0; column < columns; column++) {
      const from = source + <usize>row * sourceStride + ((<usize>column) << 2);
      store<f32>(target + <usize>column * targetStride + ((<usize>row) << 2), load<f32>(from));
    }
  }
}
