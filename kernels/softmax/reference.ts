/**
 * Softmax cross-entropy: the loss of a classifier, from its logits x [N, C] and the right class of each example.
 *
 *   p_nc    = e^x_nc / Σ_k e^x_nk                                 probabilities
 *   t_nc    = (1 - s) [c = label_n] + s / C                       targets, smoothed by s
 *   y_n     = -w(label_n) Σ_c t_nc ln p_nc                        loss of an example, weighted by its class
 *   dx_nc   = w(label_n) (p_nc - t_nc) / N                        gradient of the mean of y over the N examples
 *
 * The mean divides by N, not by the sum of the weights, as Keras's `class_weight` does (PyTorch's `weight` divides by
 * the sum). Gradients too small to matter are 0: see optimizer/flush.ts. A label that names no class makes the loss and its gradient NaN.
 * Label smoothing: Szegedy et al., "Rethinking the Inception architecture for computer vision", 2016, section 7.
 */
import type { FloatArray } from '../operation.ts';
import { flushed, TINY_GRADIENT } from '../optimizer/flush.ts';

interface Targets {
  classes: number;
  labels: Int32Array;
  labelSmoothing: number;
  classWeights?: FloatArray;
}

export function forward(x: FloatArray, targets: Targets, y: FloatArray, probabilities: FloatArray): void {
  const { classes, labels, labelSmoothing } = targets;
  for (let n = 0; n < y.length; n++) {
    const row = n * classes;
    // The largest logit is subtracted from all, which changes no probability and keeps e^x within range.
    let largest = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) largest = Math.max(largest, x[row + c]);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(x[row + c] - largest);
    let loss = 0;
    for (let c = 0; c < classes; c++) {
      const logProbability = x[row + c] - largest - Math.log(sum);
      const target = (c === labels[n] ? 1 - labelSmoothing : 0) + labelSmoothing / classes;
      probabilities[row + c] = Math.exp(logProbability);
      // A class that is no target may have probability 0, whose logarithm would make 0 · ∞.
      if (target > 0) loss -= target * logProbability;
    }
    y[n] = weightOf(targets, n) * loss;
  }
}

export function backward(probabilities: FloatArray, targets: Targets, dx: FloatArray): void {
  const { classes, labels, labelSmoothing } = targets;
  const examples = dx.length / classes;
  for (let n = 0; n < examples; n++) {
    const scale = weightOf(targets, n) / examples;
    for (let c = 0; c < classes; c++) {
      const target = (c === labels[n] ? 1 - labelSmoothing : 0) + labelSmoothing / classes;
      dx[n * classes + c] = flushed(scale * (probabilities[n * classes + c] - target), TINY_GRADIENT);
    }
  }
}

function weightOf({ classes, labels, classWeights }: Targets, n: number): number {
  if (!(labels[n] >= 0 && labels[n] < classes)) return Number.NaN;
  return classWeights ? classWeights[labels[n]] : 1;
}
