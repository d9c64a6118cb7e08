/**
 * Functions of four floats at once, which WebAssembly has no instructions for.
 *
 * Each follows the usual recipe: bring the argument into a short interval, evaluate a polynomial there, and put the
 * result together again. `pmin` and `pmax` with the argument first are one instruction each and let a NaN through.
 * Sources: the coefficients of exp, log and tanh are those of Moshier's Cephes library (expf.c, logf.c, tanhf.c).
 */

/** a · b + c, rounded once where the instruction level has it. */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/**
 * Constants lie in memory and are loaded where they are used, one number into all lanes. Written as constant vectors
 * they made GELU and its like 1.5 to 1.8 times as slow (Node 24, x64).
 */
export const ONE = memory.data<f32>([1]);
const INVERSE_LN2 = memory.data<f32>([<f32>Math.LOG2E]);
/** ln 2 in two parts, of which the first is exact in few bits; both negative. */
const LN2_PARTS = memory.data<f32>([-0.693359375, 2.1219444e-4]);
/** 1.5 · 2^23 pushes the fraction out of a sum's last bits, and 127 is how much too high exponents are stored. */
const ROUNDING = memory.data<f32>([12582912 + 127]);
const EXPONENTIAL_ENDS = memory.data<f32>([-87, 88.3]);
const EXPONENTIAL_SERIES = memory.data<f32>([
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1, 1, 1,
]);

/**
 * e^x, to 2 units in the last place. Arguments are held between -87 and 88.3, close to where a float cannot tell the
 * result from zero and infinity.
 * x = n ln 2 + r with |r| ≤ ln 2 / 2, so that e^x = 2^n e^r.
 */
export function exponential(x: v128): v128 {
  const above = f32x4.pmax(x, v128.load32_splat(EXPONENTIAL_ENDS));
  const held = f32x4.pmin(above, v128.load32_splat(EXPONENTIAL_ENDS, 4));
  const rounding = v128.load32_splat(ROUNDING);
  const rounded = multiplyAdd(held, v128.load32_splat(INVERSE_LN2), rounding);
  const n = f32x4.sub(rounded, rounding);
  let r = multiplyAdd(n, v128.load32_splat(LN2_PARTS), held);
  r = multiplyAdd(n, v128.load32_splat(LN2_PARTS, 4), r);
  let series = v128.load32_splat(EXPONENTIAL_SERIES);
  series = multiplyAdd(series, r, v128.load32_splat(EXPONENTIAL_SERIES, 4));
  series = multiplyAdd(series, r, v128.load32_splat(EXPONENTIAL_SERIES, 8));
  series = multiplyAdd(series, r, v128.load32_splat(EXPONENTIAL_SERIES, 12));
  series = multiplyAdd(series, r, v128.load32_splat(EXPONENTIAL_SERIES, 16));
  series = multiplyAdd(series, r, v128.load32_splat(EXPONENTIAL_SERIES, 20));
  series = multiplyAdd(series, r, v128.load32_splat(EXPONENTIAL_SERIES, 24));
  series = multiplyAdd(series, r, v128.load32_splat(EXPONENTIAL_SERIES, 28));
  // The last bits of `rounded` are n + 127; moved up by 23 they are those of the float 2^n.
  return f32x4.mul(series, i32x4.shl(rounded, 23));
}

/** 1 / (1 + e^-x). */
export function logistic(x: v128): v128 {
  const one = v128.load32_splat(ONE);
  return f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(x))));
}

const TANH_SMALL = memory.data<f32>([0.625]);
const TANH_SERIES = memory.data<f32>([
  -5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1,
]);

/** tanh x: a polynomial below 0.625, where 1 - 2 / (e^2x + 1) would lose its digits. */
export function hyperbolicTangent(x: v128): v128 {
  const magnitude = f32x4.abs(x);
  const square = f32x4.mul(x, x);
  let series = v128.load32_splat(TANH_SERIES);
  series = multiplyAdd(series, square, v128.load32_splat(TANH_SERIES, 4));
  series = multiplyAdd(series, square, v128.load32_splat(TANH_SERIES, 8));
  series = multiplyAdd(series, square, v128.load32_splat(TANH_SERIES, 12));
  series = multiplyAdd(series, square, v128.load32_splat(TANH_SERIES, 16));
  const small = multiplyAdd(f32x4.mul(series, square), x, x);
  const one = v128.load32_splat(ONE);
  const power = exponential(f32x4.add(magnitude, magnitude));
  const large = f32x4.sub(one, f32x4.div(f32x4.add(one, one), f32x4.add(power, one)));
  const signed = v128.or(large, v128.xor(x, magnitude));
  return v128.bitselect(signed, small, f32x4.gt(magnitude, v128.load32_splat(TANH_SMALL)));
}

/** Its first number is 0.3275911 / √2 and the others are halved, since that formula is written for erf. */
const NORMAL_TAIL = memory.data<f32>([
  0.23164189, 0.5307027145, -0.7265760135, 0.7107068705, -0.142248368, 0.127414796,
]);

/**
 * Probability that a standard normal number exceeds |x|, that is erfc(|x| / √2) / 2, given `bell` = e^(-x²/2), which
 * callers need anyway. Within 7.5e-8: half the error of erf in Abramowitz and Stegun, formula 7.1.26.
 */
export function normalTail(magnitude: v128, bell: v128): v128 {
  const one = v128.load32_splat(ONE);
  const t = f32x4.div(one, multiplyAdd(magnitude, v128.load32_splat(NORMAL_TAIL), one));
  let series = v128.load32_splat(NORMAL_TAIL, 4);
  series = multiplyAdd(series, t, v128.load32_splat(NORMAL_TAIL, 8));
  series = multiplyAdd(series, t, v128.load32_splat(NORMAL_TAIL, 12));
  series = multiplyAdd(series, t, v128.load32_splat(NORMAL_TAIL, 16));
  series = multiplyAdd(series, t, v128.load32_splat(NORMAL_TAIL, 20));
  return f32x4.mul(f32x4.mul(series, t), bell);
}

/** ln x of one number, for x from the smallest normal number up. */
export function naturalLogarithm(x: f32): f32 {
  // Also a NaN and infinity.
  if (!(x <= f32.MAX_VALUE)) return x;
  // x = m · 2^n with m from √½ to √2.
  const bits = reinterpret<i32>(x) - 0x3f3504f3;
  const n = <f32>(bits >> 23);
  const m = reinterpret<f32>((bits & 0x007fffff) + 0x3f3504f3) - <f32>1;
  let series: f32 = 7.0376836292e-2;
  series = series * m - <f32>1.151461031e-1;
  series = series * m + <f32>1.167699874e-1;
  series = series * m - <f32>1.2420140846e-1;
  series = series * m + <f32>1.4249322787e-1;
  series = series * m - <f32>1.6668057665e-1;
  series = series * m + <f32>2.0000714765e-1;
  series = series * m - <f32>2.4999993993e-1;
  series = series * m + <f32>3.3333331174e-1;
  const square = m * m;
  const remainder = m * square * series - n * <f32>2.1219444e-4 - <f32>0.5 * square;
  return m + remainder + n * <f32>0.693359375;
}
