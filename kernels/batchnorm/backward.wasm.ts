/** Batch normalisation backward: see reference.ts, and wasm.ts for blocks, chunks and lanes. */
import { storeLanes } from '../lanes.wasm';

/** Rows whose sums are kept in 32 bits: measured best. */
const BLOCK = 32;

/**
 * For each chunk of `chunkRows` rows, Σ dy and Σ dy × (x − mean) of every channel: two rows of doubles in `partial`,
 * each as long as the channels rounded up to four. Where the normalised value was not above `floor`, dy counts as 0.
 * Units are chunks.
 */
export function batchNormGradientSums(
  dy: usize,
  x: usize,
  mean: usize,
  scale: usize,
  beta: usize,
  floor: f32,
  partial: usize,
  rows: i32,
  channels: i32,
  chunkRows: i32,
  begin: i32,
  end: i32,
): void {
  const padded: usize = (<usize>channels + 3) & ~3;
  const stride: usize = (<usize>channels) << 2;
  const least = f32x4.splat(floor);
  for (let chunk = begin; chunk < end; chunk++) {
    const sums = partial + <usize>chunk * (padded << 4);
    const products = sums + (padded << 3);
    memory.fill(sums, 0, padded << 4);
    const first = chunk * chunkRows;
    const last = min<i32>(rows, first + chunkRows);
    for (let row = first; row < last; row += BLOCK) {
      const count = min<i32>(BLOCK, last - row);
      const block = <usize>row * stride;
      let c: usize = 0;
      for (; c + 8 <= padded; c += 8) {
        const at = c << 2;
        sumsOf8(
          dy + block + at,
          x + block + at,
          mean + at,
          scale + at,
          beta + at,
          least,
          stride,
          count,
          sums + (c << 3),
          products + (c << 3),
        );
      }
      for (; c < padded; c += 4) {
        const at = c << 2;
        sumsOf4(
          dy + block + at,
          x + block + at,
          mean + at,
          scale + at,
          beta + at,
          least,
          stride,
          count,
          sums + (c << 3),
          products + (c << 3),
        );
      }
    }
  }
}

/** Adds `count` rows of 8 channels to their sums. */
function sumsOf8(
  dy: usize,
  x: usize,
  mean: usize,
  scale: usize,
  beta: usize,
  least: v128,
  stride: usize,
  count: i32,
  sums: usize,
  products: usize,
): void {
  const mean0 = v128.load(mean);
  const mean1 = v128.load(mean, 16);
  const scale0 = v128.load(scale);
  const scale1 = v128.load(scale, 16);
  const beta0 = v128.load(beta);
  const beta1 = v128.load(beta, 16);
  let sum0 = f32x4.splat(0);
  let sum1 = sum0;
  let product0 = sum0;
  let product1 = sum0;
  for (let i = 0; i < count; i++, dy += stride, x += stride) {
    const centred0 = f32x4.sub(v128.load(x), mean0);
    const centred1 = f32x4.sub(v128.load(x, 16), mean1);
    const open0 = f32x4.gt(f32x4.add(f32x4.mul(centred0, scale0), beta0), least);
    const open1 = f32x4.gt(f32x4.add(f32x4.mul(centred1, scale1), beta1), least);
    const gradient0 = v128.and(v128.load(dy), open0);
    const gradient1 = v128.and(v128.load(dy, 16), open1);
    sum0 = f32x4.add(sum0, gradient0);
    sum1 = f32x4.add(sum1, gradient1);
    product0 = f32x4.add(product0, f32x4.mul(gradient0, centred0));
    product1 = f32x4.add(product1, f32x4.mul(gradient1, centred1));
  }
  addTo(sums, sum0);
  addTo(sums + 32, sum1);
  addTo(products, product0);
  addTo(products + 32, product1);
}

/** The same with 4 channels. */
function sumsOf4(
  dy: usize,
  x: usize,
  mean: usize,
  scale: usize,
  beta: usize,
  least: v128,
  stride: usize,
  count: i32,
  sums: usize,
  products: usize,
): void {
  const mean0 = v128.load(mean);
  const scale0 = v128.load(scale);
  const beta0 = v128.load(beta);
  let sum = f32x4.splat(0);
  let product = sum;
  for (let i = 0; i < count; i++, dy += stride, x += stride) {
    const centred = f32x4.sub(v128.load(x), mean0);
    const open = f32x4.gt(f32x4.add(f32x4.mul(centred, scale0), beta0), least);
    const gradient = v128.and(v128.load(dy), open);
    sum = f32x4.add(sum, gradient);
    product = f32x4.add(product, f32x4.mul(gradient, centred));
  }
  addTo(sums, sum);
  addTo(products, product);
}

/** Adds four floats to four doubles. */
function addTo(sums: usize, values: v128): void {
  const high = i8x16.shuffle(values, values, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(values)));
  v128.store(sums, f64x2.add(v128.load(sums, 16), f64x2.promote_low_f32x4(high)), 16);
}

/**
 * Adds the sums of all chunks: the gradients of gamma and beta, and the numbers from which dx follows,
 * dx = scale × (dy − offset − (x − mean) × slope). Units are channels.
 */
export function batchNormGradients(
  partial: usize,
  rows: i32,
  channels: i32,
  chunks: i32,
  inverseDeviation: usize,
  dgamma: usize,
  dbeta: usize,
  offset: usize,
  slope: usize,
  begin: i32,
  end: i32,
): void {
  const padded: usize = (<usize>channels + 3) & ~3;
  for (let c: usize = begin; c < <usize>end; c++) {
    let sum: f64 = 0;
    let product: f64 = 0;
    let from = partial + (c << 3);
    for (let chunk = 0; chunk < chunks; chunk++, from += padded << 4) {
      sum += load<f64>(from);
      product += load<f64>(from + (padded << 3));
    }
    const at = c << 2;
    const inverse = <f64>load<f32>(inverseDeviation + at);
    store<f32>(dgamma + at, <f32>(product * inverse));
    store<f32>(dbeta + at, <f32>sum);
    store<f32>(offset + at, <f32>(sum / <f64>rows));
    store<f32>(slope + at, <f32>((product * inverse * inverse) / <f64>rows));
  }
}

/**
 * dx = scale × (dy − offset − (x − mean) × slope), with dy counted as 0 where the normalised value was not above
 * `floor`. Units are rows.
 */
export function batchNormInputGradient(
  dy: usize,
  x: usize,
  dx: usize,
  mean: usize,
  scale: usize,
  beta: usize,
  floor: f32,
  offset: usize,
  slope: usize,
  channels: i32,
  begin: i32,
  end: i32,
): void {
  const size: usize = (<usize>channels) << 2;
  const least = f32x4.splat(floor);
  for (let row: usize = <usize>begin * size, last: usize = <usize>end * size; row < last; row += size) {
    let c: usize = 0;
    for (; c + 16 <= size; c += 16) {
      v128.store(
        dx + row + c,
        inputGradient(dy + row + c, x + row + c, mean + c, scale + c, beta + c, least, offset + c, slope + c),
      );
    }
    if (c < size) {
      const gradient = inputGradient(
        dy + row + c,
        x + row + c,
        mean + c,
        scale + c,
        beta + c,
        least,
        offset + c,
        slope + c,
      );
      storeLanes(dx + row + c, gradient, <i32>((size - c) >> 2));
    }
  }
}

function inputGradient(
  dy: usize,
  x: usize,
  mean: usize,
  scale: usize,
  beta: usize,
  least: v128,
  offset: usize,
  slope: usize,
): v128 {
  const factor = v128.load(scale);
  const centred = f32x4.sub(v128.load(x), v128.load(mean));
  const open = f32x4.gt(f32x4.add(f32x4.mul(centred, factor), v128.load(beta)), least);
  const gradient = f32x4.sub(v128.and(v128.load(dy), open), v128.load(offset));
  return f32x4.mul(f32x4.sub(gradient, f32x4.mul(centred, v128.load(slope))), factor);
}
