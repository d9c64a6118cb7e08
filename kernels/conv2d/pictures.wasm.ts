/** What all convolutions do with whole pictures. */
import { larger, storeLanes } from '../lanes.wasm';

/** Copies pictures [images, height, width, channels] into zeros of paddedHeight × paddedWidth, `spread` pixels apart. */
export function copyWithBorder(
  x: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  top: i32,
  left: i32,
  spreadHeight: i32,
  spreadWidth: i32,
  paddedHeight: i32,
  paddedWidth: i32,
  target: usize,
): void {
  const pixel = (<usize>channels) << 2;
  const rowBytes = <usize>paddedWidth * pixel;
  const imageBytes = <usize>paddedHeight * rowBytes;
  memory.fill(target, 0, <usize>images * imageBytes);
  for (let n = 0; n < images; n++) {
    for (let row = 0; row < height; row++) {
      const to = top + row * spreadHeight;
      if (to < 0 || to >= paddedHeight) continue;
      const source = x + <usize>((n * height + row) * width) * pixel;
      const line = target + <usize>n * imageBytes + <usize>to * rowBytes;
      if (spreadWidth === 1 && left >= 0 && left + width <= paddedWidth) {
        memory.copy(line + <usize>left * pixel, source, <usize>width * pixel);
        continue;
      }
      for (let column = 0; column < width; column++) {
        const at = left + column * spreadWidth;
        if (at < 0 || at >= paddedWidth) continue;
        memory.copy(line + <usize>at * pixel, source + <usize>column * pixel, pixel);
      }
    }
  }
}

/** sums[0…columns) += each row of `matrix`, rows `stride` bytes apart; by fours, so that sums are written less often. */
export function addRows(matrix: usize, stride: usize, rows: i32, columns: i32, sums: usize): void {
  const bytes = (<usize>columns) << 2;
  const whole = bytes & ~15;
  for (; rows > 0; rows -= 4, matrix += 4 * stride) {
    const count = min(rows, 4);
    if (count === 4)
      for (let i: usize = 0; i < whole; i += 16) {
        const at = matrix + i;
        let sum = f32x4.add(v128.load(sums + i), v128.load(at));
        sum = f32x4.add(sum, v128.load(at + stride));
        sum = f32x4.add(sum, v128.load(at + 2 * stride));
        v128.store(sums + i, f32x4.add(sum, v128.load(at + 3 * stride)));
      }
    for (let row = 0; row < count; row++) {
      const at = matrix + <usize>row * stride;
      let i = count === 4 ? whole : 0;
      for (; i < whole; i += 16) v128.store(sums + i, f32x4.add(v128.load(sums + i), v128.load(at + i)));
      for (; i < bytes; i += 4) store<f32>(sums + i, load<f32>(sums + i) + load<f32>(at + i));
    }
  }
}

/** y[m, …] = the largest of the rows 4m to 4m + 3 of `matrix`, for `count` rows m. */
export function poolFours(matrix: usize, count: i32, columns: i32, y: usize): void {
  const row = (<usize>columns) << 2;
  for (let m = 0; m < count; m++) {
    for (let i = 0; i < columns; i += 8) {
      const from = matrix + ((<usize>i) << 2);
      const to = y + ((<usize>i) << 2);
      const first0 = larger(v128.load(from), v128.load(from + row));
      const first1 = larger(v128.load(from, 16), v128.load(from + row, 16));
      const second0 = larger(v128.load(from + 2 * row), v128.load(from + 3 * row));
      const second1 = larger(v128.load(from + 2 * row, 16), v128.load(from + 3 * row, 16));
      if (i + 8 <= columns) {
        v128.store(to, larger(first0, second0));
        v128.store(to, larger(first1, second1), 16);
      } else {
        storeLanes(to, larger(first0, second0), columns - i);
        storeLanes(to + 16, larger(first1, second1), columns - i - 4);
      }
    }
    matrix += 4 * row;
    y += row;
  }
}
