/**
 * Scaling of channels, four at a time: see reference.ts. Loads may run past the last channel into what follows; only
 * the lanes that are channels are stored. Units are rows of images going forward, images going backward.
 */
import { storeLanes } from '../lanes.wasm';

/** y = x × scale. */
export function scaleChannelsForward(
  x: usize,
  scale: usize,
  y: usize,
  height: i32,
  width: i32,
  channels: i32,
  begin: i32,
  end: i32,
): void {
  const pixel: usize = (<usize>channels) << 2;
  let at = <usize>begin * <usize>width * pixel;
  for (let row = begin; row < end; row++) {
    const factors = scale + <usize>(row / height) * pixel;
    for (let column = 0; column < width; column++, at += pixel) {
      let c: usize = 0;
      for (; c + 16 <= pixel; c += 16) {
        v128.store(y + at + c, f32x4.mul(v128.load(x + at + c), v128.load(factors + c)));
      }
      if (c < pixel) {
        const value = f32x4.mul(v128.load(x + at + c), v128.load(factors + c));
        storeLanes(y + at + c, value, <i32>((pixel - c) >> 2));
      }
    }
  }
}

/** dx = dy × scale and dscale = Σ dy × x: sums of rows of an image, then their sum, to keep its digits. */
export function scaleChannelsBackward(
  dy: usize,
  x: usize,
  scale: usize,
  dx: usize,
  dscale: usize,
  height: i32,
  width: i32,
  channels: i32,
  begin: i32,
  end: i32,
): void {
  const pixel: usize = (<usize>channels) << 2;
  for (let image: usize = begin; image < <usize>end; image++) {
    for (let c = 0; c < channels; c += 4) {
      const lanes = channels - c;
      const channel = image * pixel + ((<usize>c) << 2);
      const factor = v128.load(scale + channel);
      let at = image * <usize>height * <usize>width * pixel + ((<usize>c) << 2);
      let total = f32x4.splat(0);
      for (let row = 0; row < height; row++) {
        let sum = f32x4.splat(0);
        for (let column = 0; column < width; column++, at += pixel) {
          const gradient = v128.load(dy + at);
          sum = f32x4.add(sum, f32x4.mul(gradient, v128.load(x + at)));
          storeLanes(dx + at, f32x4.mul(gradient, factor), lanes);
        }
        total = f32x4.add(total, sum);
      }
      storeLanes(dscale + channel, total, lanes);
    }
  }
}
