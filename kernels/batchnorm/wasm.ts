/**
 * Batch normalisation forward: see reference.ts; backward.wasm.ts has the backward pass.
 *
 * Sums over a whole batch would lose digits in 32 bits, and over a mean far from zero the squares would lose all of
 * them. So rows are taken in blocks that stay in the cache: within a block 32-bit sums suffice, mean first, then
 * squared distances from it; blocks are combined in 64 bits (Chan, Golub and LeVeque, "Updating Formulae and a
 * Pairwise Algorithm for Computing Sample Variances", 1979, equations 2.1).
 *
 * A chunk is a run of blocks with results of its own, so that chunks can be done by different workers; the results
 * do not depend on who does which. Loads may run past the last channel into what follows; the lanes that are not
 * channels are computed and thrown away.
 */
import { storeLanes } from '../lanes.wasm';
import { normalised } from './normalised.wasm';

export * from './backward.wasm';
export * from './moments.wasm';

/**
 * Joins the moments of all chunks: the statistics of the batch, the running ones moved towards them, and
 * scale = gamma × inverseDeviation. Units are channels.
 */
export function batchNormStatistics(
  partial: usize,
  rows: i32,
  channels: i32,
  chunkRows: i32,
  mean: usize,
  inverseDeviation: usize,
  runningMean: usize,
  runningVariance: usize,
  gamma: usize,
  scale: usize,
  momentum: f64,
  epsilon: f64,
  begin: i32,
  end: i32,
): void {
  const padded = (channels + 3) & ~3;
  for (let c: usize = begin; c < <usize>end; c++) {
    let total: f64 = 0;
    let squares: f64 = 0;
    let from = partial + (c << 3);
    for (let earlier = 0; earlier < rows; earlier += chunkRows) {
      const count = min<i32>(chunkRows, rows - earlier);
      const share = <f64>count / <f64>(earlier + count);
      const distance = load<f64>(from) - total;
      total += distance * share;
      squares += load<f64>(from + ((<usize>padded) << 3)) + distance * distance * share * <f64>earlier;
      from += (<usize>padded) << 4;
    }
    const inverse = 1 / sqrt<f64>(squares / <f64>rows + epsilon);
    const at = c << 2;
    store<f32>(mean + at, <f32>total);
    store<f32>(inverseDeviation + at, <f32>inverse);
    store<f32>(scale + at, <f32>(<f64>load<f32>(gamma + at) * inverse));
    moveTowards(runningMean + at, total, momentum);
    moveTowards(runningVariance + at, squares / <f64>max<i32>(1, rows - 1), momentum);
  }
}

function moveTowards(average: usize, value: f64, momentum: f64): void {
  store<f32>(average, <f32>(momentum * <f64>load<f32>(average) + (1 - momentum) * value));
}

/** scale = gamma / √(runningVariance + epsilon). Units are channels. */
export function batchNormRunningScale(
  runningVariance: usize,
  gamma: usize,
  scale: usize,
  epsilon: f64,
  begin: i32,
  end: i32,
): void {
  for (let at: usize = (<usize>begin) << 2, last: usize = (<usize>end) << 2; at < last; at += 4) {
    const deviation = sqrt<f64>(<f64>load<f32>(runningVariance + at) + epsilon);
    store<f32>(scale + at, <f32>(<f64>load<f32>(gamma + at) / deviation));
  }
}

/** y = (x − mean) × scale + beta, and no less than `floor`. Units are rows. */
export function batchNormApply(
  x: usize,
  y: usize,
  mean: usize,
  scale: usize,
  beta: usize,
  floor: f32,
  channels: i32,
  begin: i32,
  end: i32,
): void {
  const size: usize = (<usize>channels) << 2;
  const least = f32x4.splat(floor);
  for (let row: usize = <usize>begin * size, last: usize = <usize>end * size; row < last; row += size) {
    const input = x + row;
    const output = y + row;
    let c: usize = 0;
    for (; c + 16 <= size; c += 16) {
      const value = normalised(input + c, mean + c, scale + c, beta + c);
      v128.store(output + c, f32x4.pmax(value, least));
    }
    if (c < size) {
      const value = normalised(input + c, mean + c, scale + c, beta + c);
      storeLanes(output + c, f32x4.pmax(value, least), <i32>((size - c) >> 2));
    }
  }
}
