/** Contrast, brightness and noise; normalising; and a square that is wiped out. */
import { storeLanes } from '../lanes.wasm';
import { PURPOSE_NOISE, philoxBlocks } from '../random/philox.wasm';
import { multiplyAdd } from '../vector.wasm';
import { below, either, uniform } from './draw.wasm';

/**
 * Changes the shade of a picture in place, where `shades` says so, and normalises it. Words 7 to 9 are for contrast,
 * brightness and noise; `noiseWords` is room for 16 of the noise itself.
 */
export function shade(
  picture: usize,
  size: i32,
  words: usize,
  noiseWords: usize,
  settings: usize,
  random: usize,
  slot: i32,
  shades: bool,
): void {
  const gain = v128.load32_splat(settings, 36);
  const offset = v128.load32_splat(settings, 40);
  if (!shades) {
    for (let i = 0; i < size; i += 4) {
      const at = picture + ((<usize>i) << 2);
      storeLanes(at, multiplyAdd(v128.load(at), gain, offset), size - i);
    }
    return;
  }
  const contrast: f32 = 1 + either(words + 28, load<f32>(settings, 24));
  const brightness = either(words + 32, load<f32>(settings, 28));
  const deviation = uniform(words + 36) * load<f32>(settings, 32);
  const factor = f32x4.splat(contrast);
  // 510 is the mean of the sum of four random bytes.
  const base = f32x4.splat(<f32>0.5 - <f32>0.5 * contrast + brightness - 510 * deviation);
  const unit = f32x4.splat(deviation);
  for (let i = 0; i < size; i += 16) {
    if (deviation > 0) philoxBlocks(noiseWords, random, i >> 2, slot, PURPOSE_NOISE);
    for (let j = 0; j < 16; j += 4) {
      const at = picture + ((<usize>(i + j)) << 2);
      const sum = f32x4.convert_i32x4_s(byteSums(v128.load(noiseWords + ((<usize>j) << 2))));
      const value = multiplyAdd(v128.load(at), factor, multiplyAdd(sum, unit, base));
      const held = f32x4.pmin(f32x4.pmax(value, f32x4.splat(0)), f32x4.splat(1));
      storeLanes(at, multiplyAdd(held, gain, offset), size - i - j);
    }
  }
}

/** The sum of the four bytes of each word. */
function byteSums(words: v128): v128 {
  const even = v128.and(words, i32x4.splat(0x00ff00ff));
  const odd = v128.and(i32x4.shr_u(words, 8), i32x4.splat(0x00ff00ff));
  return i32x4.extadd_pairwise_i16x8_u(i16x8.add(even, odd));
}

/** Makes a square paper. Words 10 to 12 are for its side, of at most `cutOut`, and the row and column of its middle. */
export function wipe(
  picture: usize,
  words: usize,
  height: i32,
  width: i32,
  channels: i32,
  cutOut: i32,
  paper: f32,
): void {
  const side = below(words + 40, cutOut + 1);
  const top = below(words + 44, height) - (side >> 1);
  const left = below(words + 48, width) - (side >> 1);
  const first = max(left, 0);
  const last = min(left + side, width);
  for (let row = max(top, 0), bottom = min(top + side, height); row < bottom; row++) {
    for (let i = (row * width + first) * channels, end = (row * width + last) * channels; i < end; i++) {
      store<f32>(picture + ((<usize>i) << 2), paper);
    }
  }
}
