/**
 * Packing the right operand of an inner product into panels.
 *
 * A panel holds as many columns as a tile is wide, first their biases, then row after row, so that the inner loop
 * reads it from end to end. Columns that the matrix does not have are zero.
 */

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
  const panelBytes = (<usize>(rows + 1) * <usize>panelColumns) << 2;
  for (let panel = begin; panel < end; panel++) {
    const first = panel * panelColumns;
    const count = min(panelColumns, columns - first);
    let target = panels + <usize>panel * panelBytes;
    memory.fill(target, 0, panelBytes);
    if (bias !== 0) memory.copy(target, bias + ((<usize>first) << 2), (<usize>count) << 2);
    target += (<usize>panelColumns) << 2;
    let source = matrix + ((<usize>first) << 2);
    for (let row = 0; row < rows; row++) {
      for (let i: usize = 0, bytes = (<usize>count) << 2; i < bytes; i += 4) {
        store<f32>(target + i, load<f32>(source + i));
      }
      source += (<usize>columns) << 2;
      target += (<usize>panelColumns) << 2;
    }
  }
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
  const panelBytes = (<usize>(taps * filters + 1) * <usize>panelColumns) << 2;
  for (let panel = begin; panel < end; panel++) {
    const first = panel * panelColumns;
    const count = min(panelColumns, channels - first);
    let target = panels + <usize>panel * panelBytes;
    memory.fill(target, 0, panelBytes);
    target += (<usize>panelColumns) << 2;
    for (let tap = taps - 1; tap >= 0; tap--) {
      for (let filter = 0; filter < filters; filter++) {
        let source = weight + ((<usize>((tap * channels + first) * filters + filter)) << 2);
        for (let i: usize = 0, bytes = (<usize>count) << 2; i < bytes; i += 4) {
          store<f32>(target + i, load<f32>(source));
          source += (<usize>filters) << 2;
        }
        target += (<usize>panelColumns) << 2;
      }
    }
  }
}
