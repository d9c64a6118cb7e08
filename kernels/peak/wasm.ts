/**
 * How fast this machine can be at best: the roof that benchmarks hold every kernel against.
 */
export { multiplyAddLoop_4x8, multiplyAddLoop_6x8, multiplyAddLoop_6x16 } from '../gemm/tiles.generated.wasm';

/** Copies `bytes` from one place to another, `count` times. */
export function copyLoop(from: usize, to: usize, bytes: usize, count: i32): void {
  for (let i = 0; i < count; i++) memory.copy(to, from, bytes);
}
