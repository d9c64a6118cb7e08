/**
 * Activations, four values at a time: see reference.ts. Units are vectors of four floats.
 *
 * Backward kernels read whichever of x and y makes the derivative short.
 */
import { exponential, hyperbolicTangent, logistic, multiplyAdd, normalTail, ONE } from '../vector.wasm';

/** y = max(x, 0): one instruction between load and store, so that memory sets the pace. */
export function relu(x: usize, y: usize, begin: i32, end: i32): void {
  const zero = f32x4.splat(0);
  for (let i: usize = (<usize>begin) << 4, last: usize = (<usize>end) << 4; i < last; i += 16) {
    v128.store(y + i, f32x4.pmax(v128.load(x + i), zero));
  }
}

export function reluBackward(y: usize, dy: usize, dx: usize, begin: i32, end: i32): void {
  const zero = f32x4.splat(0);
  for (let i: usize = (<usize>begin) << 4, last: usize = (<usize>end) << 4; i < last; i += 16) {
    v128.store(dx + i, v128.and(v128.load(dy + i), f32x4.gt(v128.load(y + i), zero)));
  }
}

/** With a slope below 1, the larger of x and slope · x is the right one on both sides. */
export function leakyRelu(x: usize, y: usize, negativeSlope: f32, begin: i32, end: i32): void {
  const slope = f32x4.splat(negativeSlope);
  for (let i: usize = (<usize>begin) << 4, last: usize = (<usize>end) << 4; i < last; i += 16) {
    const value = v128.load(x + i);
    v128.store(y + i, f32x4.pmax(value, f32x4.mul(value, slope)));
  }
}

export function leakyReluBackward(
  x: usize,
  dy: usize,
  dx: usize,
  negativeSlope: f32,
  begin: i32,
  end: i32,
): void {
  const zero = f32x4.splat(0);
  const slope = f32x4.splat(negativeSlope);
  for (let i: usize = (<usize>begin) << 4, last: usize = (<usize>end) << 4; i < last; i += 16) {
    const gradient = v128.load(dy + i);
    const positive = f32x4.gt(v128.load(x + i), zero);
    v128.store(dx + i, v128.bitselect(gradient, f32x4.mul(gradient, slope), positive));
  }
}

export function sigmoid(x: usize, y: usize, begin: i32, end: i32): void {
  for (let i: usize = (<usize>begin) << 4, last: usize = (<usize>end) << 4; i < last; i += 16) {
    v128.store(y + i, logistic(v128.load(x + i)));
  }
}

export function sigmoidBackward(y: usize, dy: usize, dx: usize, begin: i32, end: i32): void {
  const one = v128.load32_splat(ONE);
  for (let i: usize = (<usize>begin) << 4, last: usize = (<usize>end) << 4; i < last; i += 16) {
    const value = v128.load(y + i);
    const slope = f32x4.mul(value, f32x4.sub(one, value));
    v128.store(dx + i, f32x4.mul(v128.load(dy + i), slope));
  }
}

export function tanh(x: usize, y: usize, begin: i32, end: i32): void {
  for (let i: usize = (<usize>begin) << 4, last: usize = (<usize>end) << 4; i < last; i += 16) {
    v128.store(y + i, hyperbolicTangent(v128.load(x + i)));
  }
}

export function tanhBackward(y: usize, dy: usize, dx: usize, begin: i32, end: i32): void {
  const one = v128.load32_splat(ONE);
  for (let i: usize = (<usize>begin) << 4, last: usize = (<usize>end) << 4; i < last; i += 16) {
    const value = v128.load(y + i);
    v128.store(dx + i, f32x4.mul(v128.load(dy + i), f32x4.sub(one, f32x4.mul(value, value))));
  }
}

export function silu(x: usize, y: usize, begin: i32, end: i32): void {
  for (let i: usize = (<usize>begin) << 4, last: usize = (<usize>end) << 4; i < last; i += 16) {
    const value = v128.load(x + i);
    v128.store(y + i, f32x4.mul(value, logistic(value)));
  }
}

export function siluBackward(x: usize, dy: usize, dx: usize, begin: i32, end: i32): void {
  const one = v128.load32_splat(ONE);
  for (let i: usize = (<usize>begin) << 4, last: usize = (<usize>end) << 4; i < last; i += 16) {
    const value = v128.load(x + i);
    const power = exponential(f32x4.neg(value));
    const share = f32x4.div(one, f32x4.add(one, power));
    // 1 - share, without the digits that this difference loses where x is large.
    const rest = f32x4.mul(power, share);
    const slope = f32x4.mul(share, multiplyAdd(value, rest, one));
    v128.store(dx + i, f32x4.mul(v128.load(dy + i), slope));
  }
}

const MINUS_HALF = memory.data<f32>([-0.5]);
/** 1 / √(2π), the normal distribution's density at 0. */
const DENSITY = memory.data<f32>([0.3989422804014327]);

/** x Φ(x): below zero Φ is the tail itself, above it is 1 less the tail. */
export function gelu(x: usize, y: usize, begin: i32, end: i32): void {
  for (let i: usize = (<usize>begin) << 4, last: usize = (<usize>end) << 4; i < last; i += 16) {
    const value = v128.load(x + i);
    v128.store(y + i, f32x4.mul(value, normalBelow(value, bellCurve(value))));
  }
}

/** Φ(x) + x e^(-x²/2) / √(2π). */
export function geluBackward(x: usize, dy: usize, dx: usize, begin: i32, end: i32): void {
  const density = v128.load32_splat(DENSITY);
  for (let i: usize = (<usize>begin) << 4, last: usize = (<usize>end) << 4; i < last; i += 16) {
    const value = v128.load(x + i);
    const bell = bellCurve(value);
    const slope = multiplyAdd(f32x4.mul(value, density), bell, normalBelow(value, bell));
    v128.store(dx + i, f32x4.mul(v128.load(dy + i), slope));
  }
}

/** e^(-x²/2). */
function bellCurve(x: v128): v128 {
  return exponential(f32x4.mul(f32x4.mul(x, x), v128.load32_splat(MINUS_HALF)));
}

function normalBelow(x: v128, bell: v128): v128 {
  const tail = normalTail(f32x4.abs(x), bell);
  return v128.bitselect(tail, f32x4.sub(v128.load32_splat(ONE), tail), f32x4.lt(x, f32x4.splat(0)));
}
