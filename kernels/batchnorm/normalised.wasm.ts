/**
 * (x − mean) × scale + beta, of four channels. Forward and backward pass share it to the bit: a value that a ReLU let
 * through forward must let its gradient through backward.
 */
export function normalised(x: usize, mean: usize, scale: usize, beta: usize): v128 {
  const centred = f32x4.sub(v128.load(x), v128.load(mean));
  return f32x4.add(f32x4.mul(centred, v128.load(scale)), v128.load(beta));
}
