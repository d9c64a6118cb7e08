/** Sums of tensors, four values at a time: see reference.ts. Units are vectors of four floats. */

/** y = a + b. */
export function add(a: usize, b: usize, y: usize, begin: i32, end: i32): void {
  for (let i: usize = (<usize>begin) << 4, last: usize = (<usize>end) << 4; i < last; i += 16) {
    v128.store(y + i, f32x4.add(v128.load(a + i), v128.load(b + i)));
  }
}

/** y = x. */
export function copy(x: usize, y: usize, begin: i32, end: i32): void {
  memory.copy(y + ((<usize>begin) << 4), x + ((<usize>begin) << 4), (<usize>(end - begin)) << 4);
}
