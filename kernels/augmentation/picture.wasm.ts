/** From bytes to floats; strokes that grow or shrink, or whose outlines are left alone. */
import { storeLanes } from '../lanes.wasm';
import { multiplyAdd } from '../vector.wasm';

/** Four bytes as floats from 0 to 1. */
function fourValues(bytes: usize): v128 {
  const pairs = i16x8.extend_low_i8x16_u(v128.load32_zero(bytes));
  const values = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(pairs));
  return f32x4.mul(values, f32x4.splat(<f32>(1.0 / 255)));
}

/** Bytes one after the other. */
export function expand(bytes: usize, values: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) {
    storeLanes(values + ((<usize>i) << 2), fourValues(bytes + i), count - i);
  }
}

/** Bytes of a picture to the inside of its padded floats. */
export function expandPadded(bytes: usize, padded: usize, height: i32, width: i32, channels: i32): void {
  const line = width * channels;
  const stride = (<usize>(width + 3) * channels) << 2;
  for (let row = 0; row < height; row++) {
    const target = padded + <usize>(row + 1) * stride + ((<usize>channels) << 2);
    expand(bytes + <usize>row * line, target, line);
  }
}

/** Each value goes |thickness| of the way to the largest of it and its four neighbours, or to the smallest. */
export function thicken(
  padded: usize,
  target: usize,
  height: i32,
  width: i32,
  channels: i32,
  thickness: f32,
): void {
  const line = width * channels;
  const pixel = (<usize>channels) << 2;
  const stride = <usize>(width + 3) * pixel;
  const share = f32x4.splat(abs(thickness));
  for (let row = 0; row < height; row++) {
    const first = <usize>(row + 1) * stride + pixel;
    for (let i = 0; i < line; i += 4) {
      const at = padded + first + ((<usize>i) << 2);
      const value = v128.load(at);
      const above = v128.load(at - stride);
      const below = v128.load(at + stride);
      const left = v128.load(at - pixel);
      const right = v128.load(at + pixel);
      const goal =
        thickness > 0
          ? f32x4.pmax(f32x4.pmax(f32x4.pmax(value, above), below), f32x4.pmax(left, right))
          : f32x4.pmin(f32x4.pmin(f32x4.pmin(value, above), below), f32x4.pmin(left, right));
      const moved = multiplyAdd(share, f32x4.sub(goal, value), value);
      storeLanes(target + first + ((<usize>i) << 2), moved, line - i);
    }
  }
}

/** Each value becomes the difference between the largest and the smallest of it and its four neighbours. */
export function outline(padded: usize, target: usize, height: i32, width: i32, channels: i32): void {
  const line = width * channels;
  const pixel = (<usize>channels) << 2;
  const stride = <usize>(width + 3) * pixel;
  for (let row = 0; row < height; row++) {
    const first = <usize>(row + 1) * stride + pixel;
    for (let i = 0; i < line; i += 4) {
      const at = padded + first + ((<usize>i) << 2);
      const value = v128.load(at);
      const above = v128.load(at - stride);
      const below = v128.load(at + stride);
      const left = v128.load(at - pixel);
      const right = v128.load(at + pixel);
      const largest = f32x4.pmax(f32x4.pmax(f32x4.pmax(value, above), below), f32x4.pmax(left, right));
      const smallest = f32x4.pmin(f32x4.pmin(f32x4.pmin(value, above), below), f32x4.pmin(left, right));
      storeLanes(target + first + ((<usize>i) << 2), f32x4.sub(largest, smallest), line - i);
    }
  }
}
