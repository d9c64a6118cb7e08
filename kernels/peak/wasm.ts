/**
 * How fast this machine can be at best: the roof that benchmarks hold every kernel against.
 */
export { multiplyAddLoop_4x8, multiplyAddLoop_6x8, multiplyAddLoop_6x16 } from '../gemm/tiles.generated.wasm';

/** Copies from one place to another. Units are 64 bytes. */
export function copyLines(from: usize, to: usize, begin: i32, end: i32): void {
  const first = (<usize>begin) << 6;
  memory.copy(to + first, from + first, (<usize>(end - begin)) << 6);
}
