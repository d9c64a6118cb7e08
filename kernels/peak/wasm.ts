/**
 * How fast this machine can be at best: the roof that benchmarks hold every kernel against.
 */
import { multiplyAddLoop_4x8, multiplyAddLoop_6x8, multiplyAddLoop_6x16 } from '../gemm/tiles.generated.wasm';

/** Multiplies and adds in registers alone, `count` times for each sum of a tile: see gemm/generate.ts. */
export function multiplyAddLoop(tile: i32, data: usize, count: i32): void {
  if (!ASC_FEATURE_RELAXED_SIMD) multiplyAddLoop_4x8(data, count);
  else if (tile === 608) multiplyAddLoop_6x8(data, count);
  else multiplyAddLoop_6x16(data, count);
}

/** Copies from one place to another. Units are 64 bytes. */
export function copyLines(from: usize, to: usize, begin: i32, end: i32): void {
  const first = (<usize>begin) << 6;
  memory.copy(to + first, from + first, (<usize>(end - begin)) << 6);
}
