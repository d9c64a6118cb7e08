/**
 * Activations: functions of one value, applied to each.
 *
 *   y_i = value(x_i)      dx_i = dy_i · slope(x_i, y_i)
 *
 * `slope` is the derivative at x, and may use y = value(x) where that is shorter.
 */
import type { FloatArray } from '../operation.ts';

export interface Activation {
  value(x: number): number;
  slope(x: number, y: number): number;
}

/** Applies an activation to every value of x. */
export function forward({ value }: Activation, x: FloatArray, y: FloatArray): void {
  for (let i = 0; i < y.length; i++) y[i] = value(x[i]);
}

/** The gradient of x, from that of y. */
export function backward(
  { slope }: Activation,
  x: FloatArray,
  y: FloatArray,
  dy: FloatArray,
  dx: FloatArray,
): void {
  for (let i = 0; i < dx.length; i++) dx[i] = dy[i] * slope(x[i], y[i]);
}

/** max(x, 0). At 0, where there is no derivative, the slope is 0. */
export const relu: Activation = {
  value: (x) => Math.max(x, 0),
  slope: (x) => (x > 0 ? 1 : 0),
};

/** x above 0, `negativeSlope` · x below (Maas, Hannun, Ng, "Rectifier nonlinearities", 2013). */
export function leakyRelu(negativeSlope: number): Activation {
  return {
    value: (x) => (x < 0 ? negativeSlope * x : x),
    slope: (x) => (x > 0 ? 1 : negativeSlope),
  };
}

/** 1 / (1 + e^-x). */
export const sigmoid: Activation = {
  value: (x) => 1 / (1 + Math.exp(-x)),
  slope: (_, y) => y * (1 - y),
};

export const tanh: Activation = {
  value: Math.tanh,
  slope: (_, y) => 1 - y * y,
};

/** x · sigmoid(x), also called swish (Elfwing, Uchibe, Doya, "Sigmoid-weighted linear units", 2017). */
export const silu: Activation = {
  value: (x) => x * sigmoid.value(x),
  slope(x) {
    const share = sigmoid.value(x);
    return share * (1 + x * (1 - share));
  },
};

/**
 * x · Φ(x), where Φ is the share of the standard normal distribution below x: the exact form, not its approximation
 * by tanh (Hendrycks and Gimpel, "Gaussian error linear units", 2016).
 */
export const gelu: Activation = {
  value: (x) => x * normalBelow(x),
  slope: (x) => normalBelow(x) + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI),
};

function normalBelow(x: number): number {
  return (1 + errorFunction(x / Math.SQRT2)) / 2;
}

/**
 * erf x = 2/√π · e^(-x²) · Σ 2ⁿ x^(2n+1) / (1 · 3 · … · (2n+1)). All terms have one sign, so nothing cancels.
 * Source: Abramowitz and Stegun, formula 7.1.6.
 */
export function errorFunction(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > Math.abs(sum) * 1e-17; odd += 2) {
    term *= (2 * x * x) / odd;
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
