/**
 * Optimisers, four values at a time: each is described in the file of its name, and clipping in clip.ts. Units are
 * vectors of four floats. `hyper` holds what the optimiser's `hyper` function gives, as floats.
 */
import { multiplyAdd } from '../vector.wasm';

/** The thresholds of flush.ts, loaded once for each call. */
const TINY = memory.data<f32>([7.888609052210118e-31, 8.881784197001252e-16]);

/** Values, or zero below the threshold; a NaN stays. */
function flushed(values: v128, threshold: v128): v128 {
  return v128.andnot(values, f32x4.lt(f32x4.abs(values), threshold));
}

function hyperAt(hyper: usize, index: usize): v128 {
  return v128.load32_splat(hyper + (index << 2));
}

/** A number of the L2 penalty or weight decay: zero where they do not apply. */
function decayAt(hyper: usize, index: usize, decay: i32): v128 {
  return decay ? hyperAt(hyper, index) : f32x4.splat(0);
}

export function sgd(
  parameter: usize,
  gradient: usize,
  velocity: usize,
  _: usize,
  hyper: usize,
  decay: i32,
  begin: i32,
  end: i32,
): void {
  const rate = f32x4.neg(hyperAt(hyper, 0));
  const l2 = decayAt(hyper, 1, decay);
  const shrink = f32x4.neg(decayAt(hyper, 2, decay));
  const momentum = hyperAt(hyper, 3);
  const nesterov = load<f32>(hyper, 16) > 0;
  const tiny = v128.load32_splat(TINY);
  const tinyGradient = v128.load32_splat(TINY, 4);
  for (let i: usize = (<usize>begin) << 4, last: usize = (<usize>end) << 4; i < last; i += 16) {
    const p = v128.load(parameter + i);
    const g = flushed(multiplyAdd(l2, p, v128.load(gradient + i)), tinyGradient);
    let direction = g;
    if (velocity) {
      const v = flushed(multiplyAdd(momentum, v128.load(velocity + i), g), tiny);
      v128.store(velocity + i, v);
      direction = nesterov ? multiplyAdd(momentum, v, g) : v;
    }
    v128.store(parameter + i, flushed(multiplyAdd(rate, direction, multiplyAdd(shrink, p, p)), tiny));
  }
}

export function rmsprop(
  parameter: usize,
  gradient: usize,
  meanSquare: usize,
  velocity: usize,
  hyper: usize,
  decay: i32,
  begin: i32,
  end: i32,
): void {
  const rate = hyperAt(hyper, 0);
  const l2 = decayAt(hyper, 1, decay);
  const shrink = f32x4.neg(decayAt(hyper, 2, decay));
  const share = hyperAt(hyper, 3);
  const momentum = hyperAt(hyper, 4);
  const epsilon = hyperAt(hyper, 5);
  const tiny = v128.load32_splat(TINY);
  const tinyGradient = v128.load32_splat(TINY, 4);
  for (let i: usize = (<usize>begin) << 4, last: usize = (<usize>end) << 4; i < last; i += 16) {
    const p = v128.load(parameter + i);
    const g = flushed(multiplyAdd(l2, p, v128.load(gradient + i)), tinyGradient);
    const s = towards(v128.load(meanSquare + i), f32x4.mul(g, g), share, tiny);
    v128.store(meanSquare + i, s);
    let change = f32x4.div(f32x4.mul(rate, g), f32x4.sqrt(f32x4.add(s, epsilon)));
    if (velocity) {
      change = flushed(multiplyAdd(momentum, v128.load(velocity + i), change), tiny);
      v128.store(velocity + i, change);
    }
    v128.store(parameter + i, flushed(f32x4.sub(multiplyAdd(shrink, p, p), change), tiny));
  }
}

export function adagrad(
  parameter: usize,
  gradient: usize,
  squares: usize,
  _: usize,
  hyper: usize,
  decay: i32,
  begin: i32,
  end: i32,
): void {
  const rate = hyperAt(hyper, 0);
  const l2 = decayAt(hyper, 1, decay);
  const shrink = f32x4.neg(decayAt(hyper, 2, decay));
  const epsilon = hyperAt(hyper, 3);
  const tiny = v128.load32_splat(TINY);
  const tinyGradient = v128.load32_splat(TINY, 4);
  for (let i: usize = (<usize>begin) << 4, last: usize = (<usize>end) << 4; i < last; i += 16) {
    const p = v128.load(parameter + i);
    const g = flushed(multiplyAdd(l2, p, v128.load(gradient + i)), tinyGradient);
    const s = flushed(multiplyAdd(g, g, v128.load(squares + i)), tiny);
    v128.store(squares + i, s);
    const change = f32x4.div(f32x4.mul(rate, g), f32x4.sqrt(f32x4.add(s, epsilon)));
    v128.store(parameter + i, flushed(f32x4.sub(multiplyAdd(shrink, p, p), change), tiny));
  }
}

/** Also AdamW, which differs in its options. */
export function adam(
  parameter: usize,
  gradient: usize,
  mean: usize,
  meanSquare: usize,
  hyper: usize,
  decay: i32,
  begin: i32,
  end: i32,
): void {
  const l2 = decayAt(hyper, 1, decay);
  const shrink = f32x4.neg(decayAt(hyper, 2, decay));
  const share1 = hyperAt(hyper, 3);
  const share2 = hyperAt(hyper, 4);
  const epsilon = hyperAt(hyper, 5);
  const correctedRate = hyperAt(hyper, 6);
  const rootCorrection = hyperAt(hyper, 7);
  const tiny = v128.load32_splat(TINY);
  const tinyGradient = v128.load32_splat(TINY, 4);
  for (let i: usize = (<usize>begin) << 4, last: usize = (<usize>end) << 4; i < last; i += 16) {
    const p = v128.load(parameter + i);
    const g = flushed(multiplyAdd(l2, p, v128.load(gradient + i)), tinyGradient);
    const m = towards(v128.load(mean + i), g, share1, tiny);
    v128.store(mean + i, m);
    const s = towards(v128.load(meanSquare + i), f32x4.mul(g, g), share2, tiny);
    v128.store(meanSquare + i, s);
    const divisor = multiplyAdd(f32x4.sqrt(s), rootCorrection, epsilon);
    const change = f32x4.div(f32x4.mul(correctedRate, m), divisor);
    v128.store(parameter + i, flushed(f32x4.sub(multiplyAdd(shrink, p, p), change), tiny));
  }
}

/** A running mean after a new value: old + share · (value - old), or zero where that is tiny. */
function towards(old: v128, value: v128, share: v128, tiny: v128): v128 {
  return flushed(multiplyAdd(share, f32x4.sub(value, old), old), tiny);
}

/** Writes this part's sum of squares, in double precision, to a place of its own 64 bytes from the next part's. */
export function sumOfSquares(gradients: usize, partials: usize, begin: i32, end: i32, part: i32): void {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let i: usize = (<usize>begin) << 4, last: usize = (<usize>end) << 4; i < last; i += 16) {
    const g = v128.load(gradients + i);
    const first = f64x2.promote_low_f32x4(g);
    const second = f64x2.promote_low_f32x4(v128.shuffle<u64>(g, g, 1, 1));
    low = f64x2.add(low, f64x2.mul(first, first));
    high = f64x2.add(high, f64x2.mul(second, second));
  }
  const sum = f64x2.add(low, high);
  store<f64>(partials + ((<usize>part) << 6), f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
}

/** Scales the gradients where the root of all partial sums exceeds the norm. A NaN spreads, so that it is noticed. */
export function clipToNorm(
  gradients: usize,
  partials: usize,
  parts: i32,
  maximumNorm: f64,
  begin: i32,
  end: i32,
): void {
  let squares: f64 = 0;
  for (let part = 0; part < parts; part++) squares += load<f64>(partials + ((<usize>part) << 6));
  const norm = sqrt<f64>(squares);
  if (norm <= maximumNorm) return;
  const scale = f32x4.splat(<f32>(maximumNorm / norm));
  for (let i: usize = (<usize>begin) << 4, last: usize = (<usize>end) << 4; i < last; i += 16) {
    v128.store(gradients + i, f32x4.mul(v128.load(gradients + i), scale));
  }
}
