/** Dropout, sixteen values at a time: see reference.ts. Units are four blocks of random numbers, or 16 floats. */
import { PURPOSE_DROPOUT, philoxBlocks } from '../random/philox.wasm';

/** y = x · scale where the random word's upper 24 bits reach the threshold, else 0. Also takes dy to dx. */
export function dropout(
  x: usize,
  y: usize,
  random: usize,
  layer: u32,
  threshold: u32,
  scale: f32,
  begin: i32,
  end: i32,
): void {
  const least = i32x4.splat(threshold);
  const factor = f32x4.splat(scale);
  for (let unit = begin; unit < end; unit++) {
    const source = x + ((<usize>unit) << 6);
    const target = y + ((<usize>unit) << 6);
    // The words wait where the results will be.
    philoxBlocks(target, random, unit << 2, layer, PURPOSE_DROPOUT);
    dropVector(source, target, least, factor);
    dropVector(source + 16, target + 16, least, factor);
    dropVector(source + 32, target + 32, least, factor);
    dropVector(source + 48, target + 48, least, factor);
  }
}

/** Four values, with their random words at `target`. */
function dropVector(source: usize, target: usize, least: v128, factor: v128): void {
  const kept = i32x4.ge_s(i32x4.shr_u(v128.load(target), 8), least);
  v128.store(target, v128.and(kept, f32x4.mul(v128.load(source), factor)));
}
