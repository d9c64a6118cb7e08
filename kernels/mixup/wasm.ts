/** Mixup, a picture at a time: see reference.ts. Units are pictures. */
import { storeLanes } from '../lanes.wasm';
import { multiplyAdd } from '../vector.wasm';

/** Takes x to y and dy to dx alike; `size` is that of a picture, in values. */
export function mixPictures(
  x: usize,
  y: usize,
  share: usize,
  size: i32,
  examples: i32,
  begin: i32,
  end: i32,
): void {
  const rest = f32x4.splat(<f32>1 - load<f32>(share));
  for (let n = begin; n < end; n++) {
    const own = x + ((<usize>(n * size)) << 2);
    const other = x + ((<usize>((examples - 1 - n) * size)) << 2);
    const target = y + ((<usize>(n * size)) << 2);
    for (let i = 0; i < size; i += 4) {
      const at = (<usize>i) << 2;
      const value = v128.load(own + at);
      const away = f32x4.sub(v128.load(other + at), value);
      storeLanes(target + at, multiplyAdd(rest, away, value), size - i);
    }
  }
}
