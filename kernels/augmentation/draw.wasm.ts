/** Numbers from random words, as `RandomStream` of random/reference.ts makes them. */

/** From 0 (inclusive) to 1 (exclusive), from the word at `word`. */
export function uniform(word: usize): f32 {
  return <f32>(load<u32>(word) >> 8) * <f32>(1.0 / 16777216);
}

/** From -range to range. */
export function either(word: usize, range: f32): f32 {
  return (uniform(word) + uniform(word)) * range - range;
}

/** A whole number below `count`, of at most 2^16. */
export function below(word: usize, count: u32): i32 {
  return <i32>(((load<u32>(word) >> 16) * count) >> 16);
}
