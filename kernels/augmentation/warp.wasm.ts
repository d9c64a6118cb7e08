/** The affine map and the elastic field: where each pixel comes from, and what is there. */
import { storeLanes } from '../lanes.wasm';
import { multiplyAdd } from '../vector.wasm';
import { either } from './draw.wasm';
import { displaceRow } from './elastic.wasm';

const LANES = memory.data<f32>([0, 1, 2, 3]);

/**
 * Writes the map as six floats: xx, xy, yx, yy, and where the picture's first pixel comes from, x and y.
 *
 * Sine and cosine are summed as series (Taylor's) for a quarter of the angle, at most π / 4, and doubled twice.
 */
export function drawMap(words: usize, map: usize, settings: usize, height: i32, width: i32): void {
  const quarter = <f64>either(words, load<f32>(settings)) / 4;
  const square = quarter * quarter;
  let sine = quarter * (1 - (square / 6) * (1 - (square / 20) * (1 - (square / 42) * (1 - square / 72))));
  let cosine =
    1 - (square / 2) * (1 - (square / 12) * (1 - (square / 30) * (1 - (square / 56) * (1 - square / 90))));
  for (let doubling = 0; doubling < 2; doubling++) {
    const double = 2 * sine * cosine;
    cosine = 1 - 2 * sine * sine;
    sine = double;
  }
  const inverseX: f64 = 1 / (1 + <f64>either(words + 4, load<f32>(settings, 4)));
  const inverseY: f64 = 1 / (1 + <f64>either(words + 8, load<f32>(settings, 4)));
  const shear = <f64>either(words + 12, load<f32>(settings, 8));
  const xx = (cosine + shear * sine) * inverseX;
  const xy = (shear * cosine - sine) * inverseX;
  const yx = sine * inverseY;
  const yy = cosine * inverseY;
  const centreX = <f64>(width - 1) / 2;
  const centreY = <f64>(height - 1) / 2;
  const shift = load<f32>(settings, 12);
  store<f32>(map, <f32>xx);
  store<f32>(map, <f32>xy, 4);
  store<f32>(map, <f32>yx, 8);
  store<f32>(map, <f32>yy, 12);
  store<f32>(map, <f32>(centreX - xx * centreX - xy * centreY + either(words + 16, shift)), 16);
  store<f32>(map, <f32>(centreY - yx * centreX - yy * centreY + either(words + 20, shift)), 20);
}

/**
 * Fills a picture from the padded one at `padded`. The displacements of a row's pixels lie at `field`, and are worked
 * out for each row unless `spacing` is 0. Four pixels at a time where there is one channel.
 */
export function warp(
  padded: usize,
  target: usize,
  map: usize,
  field: usize,
  height: i32,
  width: i32,
  channels: i32,
  spacing: i32,
): void {
  const lanes = v128.load(LANES);
  const xx = v128.load32_splat(map);
  const yx = v128.load32_splat(map, 8);
  // A place beyond the border is as much paper as one on it.
  const least = f32x4.splat(-1);
  const mostX = f32x4.splat(<f32>width);
  const mostY = f32x4.splat(<f32>height);
  const pixel = channels << 2;
  const stride = (width + 3) * pixel;
  const origin = padded + stride + pixel;
  let to = target;
  for (let row = 0; row < height; row++) {
    if (spacing > 0) displaceRow(field, width, spacing, row);
    const x0 = f32x4.splat(load<f32>(map, 4) * <f32>row + load<f32>(map, 16));
    const y0 = f32x4.splat(load<f32>(map, 12) * <f32>row + load<f32>(map, 20));
    for (let column = 0; column < width; column += 4) {
      const across = f32x4.add(f32x4.splat(<f32>column), lanes);
      const displaced = field + ((<usize>column) << 3);
      const first = v128.load(displaced);
      const last = v128.load(displaced, 16);
      const x = f32x4.add(multiplyAdd(xx, across, x0), v128.shuffle<f32>(first, last, 0, 2, 4, 6));
      const y = f32x4.add(multiplyAdd(yx, across, y0), v128.shuffle<f32>(first, last, 1, 3, 5, 7));
      const heldX = f32x4.pmin(f32x4.pmax(x, least), mostX);
      const heldY = f32x4.pmin(f32x4.pmax(y, least), mostY);
      const left = f32x4.floor(heldX);
      const top = f32x4.floor(heldY);
      const right = f32x4.sub(heldX, left);
      const below = f32x4.sub(heldY, top);
      const at = i32x4.add(
        i32x4.mul(i32x4.trunc_sat_f32x4_s(left), i32x4.splat(pixel)),
        i32x4.mul(i32x4.trunc_sat_f32x4_s(top), i32x4.splat(stride)),
      );
      const from0 = origin + i32x4.extract_lane(at, 0);
      const from1 = origin + i32x4.extract_lane(at, 1);
      const from2 = origin + i32x4.extract_lane(at, 2);
      const from3 = origin + i32x4.extract_lane(at, 3);
      if (channels === 1) {
        const upper01 = v128.load64_lane(from1, v128.load64_zero(from0), 1);
        const upper23 = v128.load64_lane(from3, v128.load64_zero(from2), 1);
        const lower01 = v128.load64_lane(from1 + stride, v128.load64_zero(from0 + stride), 1);
        const lower23 = v128.load64_lane(from3 + stride, v128.load64_zero(from2 + stride), 1);
        const topLeft = v128.shuffle<f32>(upper01, upper23, 0, 2, 4, 6);
        const topRight = v128.shuffle<f32>(upper01, upper23, 1, 3, 5, 7);
        const bottomLeft = v128.shuffle<f32>(lower01, lower23, 0, 2, 4, 6);
        const bottomRight = v128.shuffle<f32>(lower01, lower23, 1, 3, 5, 7);
        const upper = multiplyAdd(f32x4.sub(topRight, topLeft), right, topLeft);
        const lower = multiplyAdd(f32x4.sub(bottomRight, bottomLeft), right, bottomLeft);
        const value = multiplyAdd(f32x4.sub(lower, upper), below, upper);
        storeLanes(to + ((<usize>column) << 2), value, width - column);
      } else {
        const pixels = to + <usize>column * pixel;
        const count = width - column;
        mixPixel(from0, pixels, pixel, stride, f32x4.extract_lane(right, 0), f32x4.extract_lane(below, 0));
        if (count > 1)
          mixPixel(
            from1,
            pixels + pixel,
            pixel,
            stride,
            f32x4.extract_lane(right, 1),
            f32x4.extract_lane(below, 1),
          );
        if (count > 2)
          mixPixel(
            from2,
            pixels + 2 * pixel,
            pixel,
            stride,
            f32x4.extract_lane(right, 2),
            f32x4.extract_lane(below, 2),
          );
        if (count > 3)
          mixPixel(
            from3,
            pixels + 3 * pixel,
            pixel,
            stride,
            f32x4.extract_lane(right, 3),
            f32x4.extract_lane(below, 3),
          );
      }
    }
    to += width * pixel;
  }
}

/** All channels of one pixel, `right` and `below` the one at `from`. */
function mixPixel(from: usize, to: usize, pixel: i32, stride: i32, right: f32, below: f32): void {
  for (let i = 0; i < pixel; i += 4) {
    const at = from + i;
    const topLeft = load<f32>(at);
    const bottomLeft = load<f32>(at + stride);
    const upper = topLeft + (load<f32>(at + pixel) - topLeft) * right;
    const lower = bottomLeft + (load<f32>(at + stride + pixel) - bottomLeft) * right;
    store<f32>(to + i, upper + (lower - upper) * below);
  }
}
