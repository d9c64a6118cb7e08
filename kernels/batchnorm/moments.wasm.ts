/** Mean and squared distances of each channel: see wasm.ts for blocks, chunks and lanes. */

/** Rows of a block: measured best, with 16 channels of them in 2 KiB. */
const BLOCK = 32;

/**
 * For each chunk of `chunkRows` rows, mean and sum of squared distances from it of every channel: two rows of
 * doubles in `partial`, each as long as the channels rounded up to four. Units are chunks.
 */
export function batchNormMoments(
  x: usize,
  partial: usize,
  rows: i32,
  channels: i32,
  chunkRows: i32,
  begin: i32,
  end: i32,
): void {
  const padded = (channels + 3) & ~3;
  const stride: usize = (<usize>channels) << 2;
  for (let chunk = begin; chunk < end; chunk++) {
    const means = partial + <usize>chunk * ((<usize>padded) << 4);
    const squares = means + ((<usize>padded) << 3);
    memory.fill(means, 0, (<usize>padded) << 4);
    const first = chunk * chunkRows;
    const last = min<i32>(rows, first + chunkRows);
    for (let row = first; row < last; row += BLOCK) {
      const count = min<i32>(BLOCK, last - row);
      const block = x + <usize>row * stride;
      let c: usize = 0;
      for (; c + 16 <= <usize>padded; c += 16) {
        momentsOf16(block + (c << 2), stride, count, row - first, means + (c << 3), squares + (c << 3));
      }
      for (; c < <usize>padded; c += 4) {
        momentsOf4(block + (c << 2), stride, count, row - first, means + (c << 3), squares + (c << 3));
      }
    }
  }
}

/** Adds `count` rows of 16 channels to the moments of the `earlier` ones. */
function momentsOf16(x: usize, stride: usize, count: i32, earlier: i32, means: usize, squares: usize): void {
  let sum0 = f32x4.splat(0);
  let sum1 = sum0;
  let sum2 = sum0;
  let sum3 = sum0;
  let address = x;
  for (let i = 0; i < count; i++, address += stride) {
    sum0 = f32x4.add(sum0, v128.load(address));
    sum1 = f32x4.add(sum1, v128.load(address, 16));
    sum2 = f32x4.add(sum2, v128.load(address, 32));
    sum3 = f32x4.add(sum3, v128.load(address, 48));
  }
  const share = f32x4.splat(<f32>1 / <f32>count);
  const mean0 = f32x4.mul(sum0, share);
  const mean1 = f32x4.mul(sum1, share);
  const mean2 = f32x4.mul(sum2, share);
  const mean3 = f32x4.mul(sum3, share);
  sum0 = f32x4.splat(0);
  sum1 = sum0;
  sum2 = sum0;
  sum3 = sum0;
  address = x;
  for (let i = 0; i < count; i++, address += stride) {
    const distance0 = f32x4.sub(v128.load(address), mean0);
    const distance1 = f32x4.sub(v128.load(address, 16), mean1);
    const distance2 = f32x4.sub(v128.load(address, 32), mean2);
    const distance3 = f32x4.sub(v128.load(address, 48), mean3);
    sum0 = f32x4.add(sum0, f32x4.mul(distance0, distance0));
    sum1 = f32x4.add(sum1, f32x4.mul(distance1, distance1));
    sum2 = f32x4.add(sum2, f32x4.mul(distance2, distance2));
    sum3 = f32x4.add(sum3, f32x4.mul(distance3, distance3));
  }
  combine(mean0, sum0, count, earlier, means, squares);
  combine(mean1, sum1, count, earlier, means + 32, squares + 32);
  combine(mean2, sum2, count, earlier, means + 64, squares + 64);
  combine(mean3, sum3, count, earlier, means + 96, squares + 96);
}

/** The same with 4 channels. */
function momentsOf4(x: usize, stride: usize, count: i32, earlier: i32, means: usize, squares: usize): void {
  let sum = f32x4.splat(0);
  let address = x;
  for (let i = 0; i < count; i++, address += stride) sum = f32x4.add(sum, v128.load(address));
  const mean = f32x4.mul(sum, f32x4.splat(<f32>1 / <f32>count));
  sum = f32x4.splat(0);
  address = x;
  for (let i = 0; i < count; i++, address += stride) {
    const distance = f32x4.sub(v128.load(address), mean);
    sum = f32x4.add(sum, f32x4.mul(distance, distance));
  }
  combine(mean, sum, count, earlier, means, squares);
}

/** Joins the moments of a block of four channels to those of the rows before it. */
function combine(mean: v128, squared: v128, count: i32, earlier: i32, means: usize, squares: usize): void {
  const high = i8x16.shuffle(mean, mean, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  const highSquared = i8x16.shuffle(
    squared,
    squared,
    8,
    9,
    10,
    11,
    12,
    13,
    14,
    15,
    8,
    9,
    10,
    11,
    12,
    13,
    14,
    15,
  );
  combinePair(
    f64x2.promote_low_f32x4(mean),
    f64x2.promote_low_f32x4(squared),
    count,
    earlier,
    means,
    squares,
  );
  combinePair(
    f64x2.promote_low_f32x4(high),
    f64x2.promote_low_f32x4(highSquared),
    count,
    earlier,
    means + 16,
    squares + 16,
  );
}

function combinePair(
  mean: v128,
  squared: v128,
  count: i32,
  earlier: i32,
  means: usize,
  squares: usize,
): void {
  const share = <f64>count / <f64>(earlier + count);
  const before = v128.load(means);
  const distance = f64x2.sub(mean, before);
  v128.store(means, f64x2.add(before, f64x2.mul(distance, f64x2.splat(share))));
  const between = f64x2.mul(f64x2.mul(distance, distance), f64x2.splat(share * <f64>earlier));
  v128.store(squares, f64x2.add(v128.load(squares), f64x2.add(squared, between)));
}
