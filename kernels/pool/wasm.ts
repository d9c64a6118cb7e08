/**
 * Pooling, four channels at a time: see reference.ts. Loads may run past the last channel into what follows; only
 * the lanes that are channels are stored.
 */
import { larger, storeLanes } from '../lanes.wasm';

/** y = the largest value under each window, and its place where `positions` is not 0. Units are rows of y. */
export function maxPool2dForward(
  x: usize,
  y: usize,
  positions: usize,
  height: i32,
  width: i32,
  channels: i32,
  outputHeight: i32,
  outputWidth: i32,
  windowHeight: i32,
  windowWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  top: i32,
  left: i32,
  begin: i32,
  end: i32,
): void {
  const pixel: usize = (<usize>channels) << 2;
  const line: usize = pixel * <usize>width;
  const one = i32x4.splat(1);
  const lastColumn = (outputWidth - 1) * strideWidth + windowWidth;
  const isSquare =
    windowHeight === 2 && windowWidth === 2 && left === 0 && lastColumn <= width && channels % 8 === 0;
  for (let unit = begin; unit < end; unit++) {
    const start = (unit % outputHeight) * strideHeight - top;
    const firstRow = max<i32>(0, start);
    const rows = min<i32>(height, start + windowHeight) - firstRow;
    const input = x + <usize>((unit / outputHeight) * height + firstRow) * line;
    let output: usize = <usize>unit * <usize>outputWidth * pixel;
    if (rows === 2 && isSquare) {
      maxOfSquares(
        input,
        line,
        firstRow * width,
        width,
        channels,
        y + output,
        positions && positions + output,
        outputWidth,
        strideWidth,
      );
      continue;
    }
    for (let column = -left, last = outputWidth * strideWidth - left; column < last; column += strideWidth) {
      const firstColumn = max<i32>(0, column);
      const columns = min<i32>(width, column + windowWidth) - firstColumn;
      const corner = input + <usize>firstColumn * pixel;
      const position = firstRow * width + firstColumn;
      for (let c = 0; c < channels; c += 8) {
        const from = corner + ((<usize>c) << 2);
        let best0 = f32x4.splat(-Infinity);
        let best1 = best0;
        let missing0 = i32x4.splat(0);
        let missing1 = missing0;
        let place0 = i32x4.splat(position);
        let place1 = place0;
        for (let row = 0; row < rows; row++) {
          let address = from + <usize>row * line;
          let here = i32x4.splat(position + row * width);
          for (let k = 0; k < columns; k++, address += pixel) {
            const value0 = v128.load(address);
            const value1 = v128.load(address, 16);
            // Places grow along the way, so the last improvement is the largest place of any.
            place0 = i32x4.max_s(place0, v128.and(here, f32x4.gt(value0, best0)));
            place1 = i32x4.max_s(place1, v128.and(here, f32x4.gt(value1, best1)));
            best0 = f32x4.pmax(best0, value0);
            best1 = f32x4.pmax(best1, value1);
            missing0 = v128.or(missing0, f32x4.ne(value0, value0));
            missing1 = v128.or(missing1, f32x4.ne(value1, value1));
            here = i32x4.add(here, one);
          }
        }
        const to = output + ((<usize>c) << 2);
        // All bits set is a NaN.
        storeLanes(y + to, v128.or(best0, missing0), channels - c);
        storeLanes(y + to + 16, v128.or(best1, missing1), channels - c - 4);
        if (positions) {
          storeLanes(positions + to, place0, channels - c);
          storeLanes(positions + to + 16, place1, channels - c - 4);
        }
      }
      output += pixel;
    }
  }
}

/** A row of that for windows of 2×2 that lie inside, without loops over a window. Channels are a multiple of eight. */
function maxOfSquares(
  x: usize,
  line: usize,
  position: i32,
  width: i32,
  channels: i32,
  y: usize,
  positions: usize,
  count: i32,
  stride: i32,
): void {
  const pixel: usize = (<usize>channels) << 2;
  for (; count > 0; count--, position += stride, x += <usize>stride * pixel) {
    const place = i32x4.splat(position);
    const right = i32x4.splat(position + 1);
    const below = i32x4.splat(position + width);
    const opposite = i32x4.splat(position + width + 1);
    for (let c: usize = 0; c < pixel; c += 32, y += 32) {
      const upper = x + c;
      const lower = upper + line;
      const a0 = v128.load(upper);
      const a1 = v128.load(upper, 16);
      const b0 = v128.load(upper + pixel);
      const b1 = v128.load(upper + pixel, 16);
      const c0 = v128.load(lower);
      const c1 = v128.load(lower, 16);
      const d0 = v128.load(lower + pixel);
      const d1 = v128.load(lower + pixel, 16);
      v128.store(y, larger(larger(a0, b0), larger(c0, d0)));
      v128.store(y, larger(larger(a1, b1), larger(c1, d1)), 16);
      if (positions) {
        // A NaN is passed over: where it stands first, −∞ takes its place.
        const first0 = f32x4.pmax(f32x4.splat(-Infinity), a0);
        const first1 = f32x4.pmax(f32x4.splat(-Infinity), a1);
        const second0 = f32x4.pmax(first0, b0);
        const second1 = f32x4.pmax(first1, b1);
        const third0 = f32x4.pmax(second0, c0);
        const third1 = f32x4.pmax(second1, c1);
        const top0 = i32x4.max_s(place, v128.and(right, f32x4.gt(b0, first0)));
        const top1 = i32x4.max_s(place, v128.and(right, f32x4.gt(b1, first1)));
        const left0 = i32x4.max_s(top0, v128.and(below, f32x4.gt(c0, second0)));
        const left1 = i32x4.max_s(top1, v128.and(below, f32x4.gt(c1, second1)));
        v128.store(positions, i32x4.max_s(left0, v128.and(opposite, f32x4.gt(d0, third0))));
        v128.store(positions, i32x4.max_s(left1, v128.and(opposite, f32x4.gt(d1, third1))), 16);
        positions += 32;
      }
    }
  }
}

/** dx = at each position the sum of the dy whose maximum lay there. Units are images. */
export function maxPool2dBackward(
  dy: usize,
  positions: usize,
  dx: usize,
  inputPixels: i32,
  outputPixels: i32,
  channels: i32,
  begin: i32,
  end: i32,
): void {
  const pixel: usize = (<usize>channels) << 2;
  const size: usize = pixel * <usize>inputPixels;
  for (let image = begin; image < end; image++) {
    const gradient = dx + <usize>image * size;
    memory.fill(gradient, 0, size);
    let from: usize = <usize>image * <usize>outputPixels * pixel;
    for (let output = 0; output < outputPixels; output++) {
      for (let c: usize = 0; c < pixel; c += 4, from += 4) {
        const to = gradient + <usize>load<i32>(positions + from) * pixel + c;
        store<f32>(to, load<f32>(to) + load<f32>(dy + from));
      }
    }
  }
}

/** y = the mean of the values under each window: sums of rows, then their sum, to keep its digits. Units are rows of y. */
export function averagePool2dForward(
  x: usize,
  y: usize,
  height: i32,
  width: i32,
  channels: i32,
  outputHeight: i32,
  outputWidth: i32,
  windowHeight: i32,
  windowWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  top: i32,
  left: i32,
  begin: i32,
  end: i32,
): void {
  const pixel: usize = (<usize>channels) << 2;
  const line: usize = pixel * <usize>width;
  for (let unit = begin; unit < end; unit++) {
    const start = (unit % outputHeight) * strideHeight - top;
    const firstRow = max<i32>(0, start);
    const rows = min<i32>(height, start + windowHeight) - firstRow;
    const input = x + <usize>((unit / outputHeight) * height + firstRow) * line;
    let output: usize = y + <usize>unit * <usize>outputWidth * pixel;
    for (let column = -left, last = outputWidth * strideWidth - left; column < last; column += strideWidth) {
      const firstColumn = max<i32>(0, column);
      const columns = min<i32>(width, column + windowWidth) - firstColumn;
      const share = f32x4.splat(<f32>1 / <f32>(rows * columns));
      for (let c = 0; c < channels; c += 4) {
        const from = input + <usize>firstColumn * pixel + ((<usize>c) << 2);
        let total = f32x4.splat(0);
        for (let row = 0; row < rows; row++) {
          let address = from + <usize>row * line;
          let sum = v128.load(address);
          for (let k = 1; k < columns; k++) {
            address += pixel;
            sum = f32x4.add(sum, v128.load(address));
          }
          total = f32x4.add(total, sum);
        }
        storeLanes(output + ((<usize>c) << 2), f32x4.mul(total, share), channels - c);
      }
      output += pixel;
    }
  }
}

/** dx = each position's share of the windows it lies under. Units are images. */
export function averagePool2dBackward(
  dy: usize,
  dx: usize,
  height: i32,
  width: i32,
  channels: i32,
  outputHeight: i32,
  outputWidth: i32,
  windowHeight: i32,
  windowWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  top: i32,
  left: i32,
  begin: i32,
  end: i32,
): void {
  const pixel: usize = (<usize>channels) << 2;
  const line: usize = pixel * <usize>width;
  let from = dy + <usize>begin * <usize>(outputHeight * outputWidth) * pixel;
  for (let image = begin; image < end; image++) {
    const gradient = dx + <usize>image * <usize>height * line;
    memory.fill(gradient, 0, <usize>height * line);
    for (let row = -top, lastRow = outputHeight * strideHeight - top; row < lastRow; row += strideHeight) {
      const firstRow = max<i32>(0, row);
      const rows = min<i32>(height, row + windowHeight) - firstRow;
      for (
        let column = -left, last = outputWidth * strideWidth - left;
        column < last;
        column += strideWidth
      ) {
        const firstColumn = max<i32>(0, column);
        const columns = min<i32>(width, column + windowWidth) - firstColumn;
        const share = f32x4.splat(<f32>1 / <f32>(rows * columns));
        for (let c = 0; c < channels; c += 4) {
          const value = f32x4.mul(v128.load(from + ((<usize>c) << 2)), share);
          const corner = gradient + <usize>firstRow * line + <usize>firstColumn * pixel + ((<usize>c) << 2);
          for (let r = 0; r < rows; r++) {
            let to = corner + <usize>r * line;
            for (let k = 0; k < columns; k++, to += pixel) {
              storeLanes(to, f32x4.add(v128.load(to), value), channels - c);
            }
          }
        }
        from += pixel;
      }
    }
  }
}
