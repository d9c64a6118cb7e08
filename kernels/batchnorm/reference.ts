/**
 * Batch normalisation (Ioffe and Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing
 * Internal Covariate Shift", 2015, algorithms 1 and 2): each channel is brought to mean 0 and variance 1, then
 * scaled by gamma and shifted by beta.
 *
 * In training, mean and variance are those of the batch, over all images and pixels, with the biased variance
 * (divided by the number of values). For inference running averages of them are kept; there the variance is the
 * unbiased estimate (divided by one less), as in section 3.1 of the paper and in PyTorch.
 *
 * x is a matrix of `rows` (images, or images × height × width) and as many columns as there are channels.
 */
import type { FloatArray } from '../operation.ts';

/** What belongs to each channel: [channels] each. */
export interface RunningStatistics {
  runningMean: FloatArray;
  runningVariance: FloatArray;
}

/** What the backward pass needs of the batch: [channels] each. */
export interface BatchStatistics {
  mean: FloatArray;
  /** 1 / √(variance + epsilon), with the biased variance. */
  inverseDeviation: FloatArray;
  /** gamma × inverseDeviation. */
  scale: FloatArray;
}

/** Measures the batch, and moves the running statistics: new = momentum × old + (1 − momentum) × measured. */
export function batchStatistics(
  x: FloatArray,
  batch: BatchStatistics,
  running: RunningStatistics,
  gamma: FloatArray,
  momentum: number,
  epsilon: number,
): void {
  const channels = batch.mean.length;
  const rows = x.length / channels;
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += x[row * channels + c];
    const mean = sum / rows;
    let squares = 0;
    for (let row = 0; row < rows; row++) squares += (x[row * channels + c] - mean) ** 2;
    batch.mean[c] = mean;
    batch.inverseDeviation[c] = 1 / Math.sqrt(squares / rows + epsilon);
    batch.scale[c] = gamma[c] * batch.inverseDeviation[c];
    // A single value has no unbiased variance; it counts as 0.
    const unbiased = squares / Math.max(1, rows - 1);
    running.runningMean[c] = momentum * running.runningMean[c] + (1 - momentum) * mean;
    running.runningVariance[c] = momentum * running.runningVariance[c] + (1 - momentum) * unbiased;
  }
}

/** y = (x − mean) × scale + beta, and no less than `floor`: 0 with a ReLU behind it, −∞ without. */
export function normalise(
  x: FloatArray,
  mean: FloatArray,
  scale: FloatArray,
  beta: FloatArray,
  floor: number,
  y: FloatArray,
): void {
  const channels = mean.length;
  for (let i = 0; i < x.length; i++) {
    const c = i % channels;
    const value = (x[i] - mean[c]) * scale[c] + beta[c];
    y[i] = value < floor ? floor : value;
  }
}

/** gamma / √(variance + epsilon) of the running variance. */
export function runningScale(runningVariance: FloatArray, gamma: FloatArray, epsilon: number): FloatArray {
  return runningVariance.map((variance, c) => gamma[c] / Math.sqrt(variance + epsilon));
}

/**
 * With x̂ = (x − mean) × inverseDeviation, and sums over all rows of a channel:
 *   dgamma = Σ dy × x̂,   dbeta = Σ dy,
 *   dx = gamma × inverseDeviation × (dy − dbeta / rows − x̂ × dgamma / rows),
 * the last one being section 3's chain rule, simplified. dx is left out where nobody needs it. Where the value was
 * not above `floor`, dy counts as 0: the derivative of a ReLU.
 */
export function batchNormBackward(
  dy: FloatArray,
  x: FloatArray,
  { mean, inverseDeviation, scale }: BatchStatistics,
  beta: FloatArray,
  floor: number,
  dgamma: FloatArray,
  dbeta: FloatArray,
  dx?: FloatArray,
): void {
  const channels = mean.length;
  const rows = x.length / channels;
  for (let c = 0; c < channels; c++) {
    const normalised = (row: number) => (x[row * channels + c] - mean[c]) * inverseDeviation[c];
    const gradient = (row: number) => {
      const value = (x[row * channels + c] - mean[c]) * scale[c] + beta[c];
      return value > floor ? dy[row * channels + c] : 0;
    };
    let sum = 0;
    let product = 0;
    for (let row = 0; row < rows; row++) {
      sum += gradient(row);
      product += gradient(row) * normalised(row);
    }
    dbeta[c] = sum;
    dgamma[c] = product;
    if (!dx) continue;
    for (let row = 0; row < rows; row++) {
      const centred = gradient(row) - sum / rows - (normalised(row) * product) / rows;
      dx[row * channels + c] = scale[c] * centred;
    }
  }
}
