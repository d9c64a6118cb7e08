/** Storing part of a vector: what kernels that run over channels do where the channels are not a multiple of four. */

/** Stores the first `count` of the four floats or integers in `vector`; all four where `count` is larger, none where it is not above 0. */
export function storeLanes(address: usize, vector: v128, count: i32): void {
  if (count >= 4) {
    v128.store(address, vector);
    return;
  }
  if (count > 0) v128.store_lane<f32>(address, vector, 0);
  if (count > 1) v128.store_lane<f32>(address, vector, 1, 4);
  if (count > 2) v128.store_lane<f32>(address, vector, 2, 8);
}
