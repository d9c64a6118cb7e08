/** Batch normalisation backward: see reference.ts, and wasm.ts for blocks, chunks and lanes. */
import { storeLanes } from '../lanes.wasm';

/** Rows whose sums are kept in 32 bits: measured best. */
const BLOCK = 32;

/**
 * For each chunk of `chunkRows` rows, Σ dy and Σ dy × (x − mean) of every channel: two rows of doubles in `partial`,
 * each as long as the channels rounded up to four. Units are chunks.
 */
export function batchNormGradientSums(
  dy: usize,
  x: usize,
  mean: usize,
  partial: usize,
  rows: i32,
  channels: i32,
  chunkRows: i32,
  begin: i32,
  end: i32,
): void {
  const padded: usize = (<usize>channels + 3) & ~3;
  const stride: usize = (<usize>channels) << 2;
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
      for (; c + 16 <= padded; c += 16) {
        const at = block + (c << 2);
        sumsOf16(dy + at, x + at, mean + (c << 2), stride, count, sums + (c << 3), products + (c << 3));
      }
      for (; c < padded; c += 4) {
        const at = block + (c << 2);
        sumsOf4(dy + at, x + at, mean + (c << 2), stride, count, sums + (c << 3), products + (c << 3));
      }
    }
  }
}

/** Adds `count` rows of 16 channels to their sums. */
function sumsOf16(
  dy: usize,
  x: usize,
  mean: usize,
  stride: usize,
  count: i32,
  sums: usize,
  products: usize,
): void {
  const mean0 = v128.load(mean);
  const mean1 = v128.load(mean, 16);
  const mean2 = v128.load(mean, 32);
  const mean3 = v128.load(mean, 48);
  let sum0 = f32x4.splat(0);
  let sum1 = sum0;
  let sum2 = sum0;
  let sum3 = sum0;
  let product0 = sum0;
  let product1 = sum0;
  let product2 = sum0;
  let product3 = sum0;
  for (let i = 0; i < count; i++, dy += stride, x += stride) {
    const gradient0 = v128.load(dy);
    sum0 = f32x4.add(sum0, gradient0);
    product0 = f32x4.add(product0, f32x4.mul(gradient0, f32x4.sub(v128.load(x), mean0)));
    const gradient1 = v128.load(dy, 16);
    sum1 = f32x4.add(sum1, gradient1);
    product1 = f32x4.add(product1, f32x4.mul(gradient1, f32x4.sub(v128.load(x, 16), mean1)));
    const gradient2 = v128.load(dy, 32);
    sum2 = f32x4.add(sum2, gradient2);
    product2 = f32x4.add(product2, f32x4.mul(gradient2, f32x4.sub(v128.load(x, 32), mean2)));
    const gradient3 = v128.load(dy, 48);
    sum3 = f32x4.add(sum3, gradient3);
    product3 = f32x4.add(product3, f32x4.mul(gradient3, f32x4.sub(v128.load(x, 48), mean3)));
  }
  addTo(sums, sum0);
  addTo(sums + 32, sum1);
  addTo(sums + 64, sum2);
  addTo(sums + 96, sum3);
  addTo(products, product0);
  addTo(products + 32, product1);
  addTo(products + 64, product2);
  addTo(products + 96, product3);
}

/** The same with 4 channels. */
function sumsOf4(
  dy: usize,
  x: usize,
  mean: usize,
  stride: usize,
  count: i32,
  sums: usize,
  products: usize,
): void {
  const mean0 = v128.load(mean);
  let sum = f32x4.splat(0);
  let product = sum;
  for (let i = 0; i < count; i++, dy += stride, x += stride) {
    const gradient = v128.load(dy);
    sum = f32x4.add(sum, gradient);
    product = f32x4.add(product, f32x4.mul(gradient, f32x4.sub(v128.load(x), mean0)));
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
  gamma: usize,
  dgamma: usize,
  dbeta: usize,
  scale: usize,
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
    store<f32>(scale + at, <f32>(<f64>load<f32>(gamma + at) * inverse));
    store<f32>(offset + at, <f32>(sum / <f64>rows));
    store<f32>(slope + at, <f32>((product * inverse * inverse) / <f64>rows));
  }
}

/** dx = scale × (dy − offset − (x − mean) × slope). Units are rows. */
export function batchNormInputGradient(
  dy: usize,
  x: usize,
  dx: usize,
  mean: usize,
  scale: usize,
  offset: usize,
  slope: usize,
  channels: i32,
  begin: i32,
  end: i32,
): void {
  const size: usize = (<usize>channels) << 2;
  for (let row: usize = <usize>begin * size, last: usize = <usize>end * size; row < last; row += size) {
    let c: usize = 0;
    for (; c + 16 <= size; c += 16) {
      const centred = f32x4.sub(v128.load(x + row + c), v128.load(mean + c));
      const gradient = f32x4.sub(v128.load(dy + row + c), v128.load(offset + c));
      const rest = f32x4.sub(gradient, f32x4.mul(centred, v128.load(slope + c)));
      v128.store(dx + row + c, f32x4.mul(rest, v128.load(scale + c)));
    }
    if (c < size) {
      const centred = f32x4.sub(v128.load(x + row + c), v128.load(mean + c));
      const gradient = f32x4.sub(v128.load(dy + row + c), v128.load(offset + c));
      const rest = f32x4.sub(gradient, f32x4.mul(centred, v128.load(slope + c)));
      storeLanes(dx + row + c, f32x4.mul(rest, v128.load(scale + c)), <i32>((size - c) >> 2));
    }
  }
}
