/** What kernels that run over channels do with single vectors. */

/**
 * Stores the first `count` of the four floats or integers in `vector`, where the channels are not a multiple of four;
 * all four where `count` is larger, none where it is not above 0.
 */
export function storeLanes(address: usize, vector: v128, count: i32): void {
  if (count >= 4) {
    v128.store(address, vector);
    return;
  }
  if (count > 0) v128.store_lane<f32>(address, vector, 0);
  if (count > 1) v128.store_lane<f32>(address, vector, 1, 4);
  if (count > 2) v128.store_lane<f32>(address, vector, 2, 8);
}

/** The larger of each two floats, and NaN where either is: `pmax` keeps only a NaN that stands first. */
export function larger(a: v128, b: v128): v128 {
  return v128.or(f32x4.pmax(a, b), f32x4.pmax(b, a));
}
