/** The weights of Winograd's convolution: transformed, multiplied with a batch norm's scale, and packed into panels. */
import { packPanels, packReversedPanels } from '../../gemm/wasm';
import { SIDE } from './planes.wasm';
import { weightLines } from './transforms.generated.wasm';

/**
 * U = G g Gᵀ, 36 matrices [channels, filters], of weights [3, 3, channels, filters], with the taps in reverse order
 * where the convolution is the gradient of an input. Units are channels.
 */
export function winogradWeights(
  weight: usize,
  channels: i32,
  filters: i32,
  reversed: i32,
  planes: usize,
  begin: i32,
  end: i32,
): void {
  const plane = (<usize>(channels * filters)) << 2;
  const bytes = (<usize>((end - begin) * filters)) << 2;
  const offset = (<usize>(begin * filters)) << 2;
  const first = weight + offset + (reversed ? 8 * plane : 0);
  const tap = reversed ? 0 - plane : plane;
  const target = planes + offset;
  for (let kx: usize = 0; kx < 3; kx++) {
    const from = first + kx * tap;
    weightLines(from, from + 3 * tap, from + 6 * tap, bytes, target + kx * plane, SIDE * plane);
  }
  for (let i: usize = 0; i < SIDE; i++) {
    const row = target + SIDE * i * plane;
    weightLines(row, row + plane, row + 2 * plane, bytes, row, plane);
  }
}

/**
 * Folds a batch norm with running statistics into U, `rows` of so many filters, and the biases, as foldBatchNorm does.
 * Units are filters.
 */
export function winogradFold(
  planes: usize,
  rows: i32,
  filters: i32,
  biases: usize,
  gamma: usize,
  beta: usize,
  runningMean: usize,
  runningVariance: usize,
  epsilon: f64,
  begin: i32,
  end: i32,
): void {
  const bytes = (<usize>filters) << 2;
  for (let filter = begin; filter < end; filter++) {
    const at = (<usize>filter) << 2;
    const scale = <f64>load<f32>(gamma + at) / sqrt<f64>(<f64>load<f32>(runningVariance + at) + epsilon);
    const centred = <f64>load<f32>(biases + at) - <f64>load<f32>(runningMean + at);
    store<f32>(biases + at, <f32>(centred * scale + <f64>load<f32>(beta + at)));
    let target = planes + at;
    for (let row = rows; row > 0; row--, target += bytes) {
      store<f32>(target, <f32>(<f64>load<f32>(target) * scale));
    }
  }
}

/**
 * Packs U into panels as rowsTimesPanels reads them, without biases. Rows are channels and columns filters, or
 * `reversed` rows filters and columns channels. Units are planes.
 */
export function winogradPack(
  planes: usize,
  channels: i32,
  filters: i32,
  reversed: i32,
  panelColumns: i32,
  panelCount: i32,
  panels: usize,
  panelPlane: usize,
  begin: i32,
  end: i32,
): void {
  const bytes = (<usize>(channels * filters)) << 2;
  for (let plane = begin; plane < end; plane++) {
    const from = planes + <usize>plane * bytes;
    const to = panels + <usize>plane * panelPlane;
    if (reversed) packReversedPanels(from, 1, channels, filters, panelColumns, to, 0, panelCount);
    else packPanels(from, 0, channels, filters, panelColumns, to, 0, panelCount);
  }
}
