/**
 * Softmax cross-entropy: the loss of a classifier, from its logits x [N, C] and the right class of each example.
 *
 *   p_nc    = e^x_nc / Σ_k e^x_nk                                 probabilities
 *   t_nc    = (1 - s) [c = label_n] + s / C                       targets, smoothed by s
 *   y_n     = -w(label_n) Σ_c t_nc ln p_nc                        loss of an example, weighted by its class
 *   dx_nc   = w(label_n) (p_nc - t_nc) / N                        gradient of the mean of y over the N examples
 *
 * Where pictures are mixed (see mixup/reference.ts), example n has a second label, that of its partner, and loss and
 * gradient are λ times those of the first and 1 - λ times those of the second, each weighted by its own class:
 *
 *   y_n     = λ y(label_n) + (1 - λ) y(label_m)
 *   dx_nc   = (λ w(label_n) (p_nc - t_nc) + (1 - λ) w(label_m) (p_nc - t_mc)) / N
 *
 * That is cross-entropy with the mixed targets. PyTorch's, with probabilities as targets, divides by N too and agrees
 * where there is smoothing or weights, but not both: it weighs each class's term of the sum, so that smoothing counts by
 * the weights of all classes, and here, mixed or not, by that of the label.
 *
 * The mean divides by N, not by the sum of the weights, as Keras's `class_weight` does (PyTorch's `weight` divides by
 * the sum). Gradients too small to matter are 0: see optimizer/flush.ts. A label that names no class makes the loss and its gradient NaN.
 * Label smoothing: Szegedy et al., "Rethinking the Inception architecture for computer vision", 2016, section 7.
 */
import { partnerOf } from '../mixup/pairs.ts';
import type { FloatArray } from '../operation.ts';
import { flushed, TINY_GRADIENT } from '../optimizer/flush.ts';

interface Targets {
  classes: number;
  labels: Int32Array;
  labelSmoothing: number;
  classWeights?: FloatArray;
  /** Of one value: what a mixture has of its first picture. Without it nothing is mixed. */
  share?: FloatArray;
}

export function forward(x: FloatArray, targets: Targets, y: FloatArray, probabilities: FloatArray): void {
  const { classes } = targets;
  for (let n = 0; n < y.length; n++) {
    const row = n * classes;
    // The largest logit is subtracted from all, which changes no probability and keeps e^x within range.
    let largest = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) largest = Math.max(largest, x[row + c]);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(x[row + c] - largest);
    y[n] = 0;
    for (const { label, share } of labelsOf(targets, n, y.length)) {
      let loss = 0;
      for (let c = 0; c < classes; c++) {
        const logProbability = x[row + c] - largest - Math.log(sum);
        probabilities[row + c] = Math.exp(logProbability);
        const target = targetOf(targets, label, c);
        // A class that is no target may have probability 0, whose logarithm would make 0 · ∞.
        if (target > 0) loss -= target * logProbability;
      }
      y[n] += share * weightOf(targets, label) * loss;
    }
  }
}

export function backward(probabilities: FloatArray, targets: Targets, dx: FloatArray): void {
  const { classes } = targets;
  const examples = dx.length / classes;
  for (let n = 0; n < examples; n++) {
    const own = labelsOf(targets, n, examples);
    for (let c = 0; c < classes; c++) {
      let gradient = 0;
      for (const { label, share } of own) {
        const scale = (share * weightOf(targets, label)) / examples;
        gradient += scale * (probabilities[n * classes + c] - targetOf(targets, label, c));
      }
      dx[n * classes + c] = flushed(gradient, TINY_GRADIENT);
    }
  }
}

/** What an example is taken for: one class, or two where it is a mixture. */
function labelsOf(
  { labels, share }: Targets,
  n: number,
  examples: number,
): { label: number; share: number }[] {
  if (!share || share[0] === 1) return [{ label: labels[n], share: 1 }];
  return [
    { label: labels[n], share: share[0] },
    { label: labels[partnerOf(n, examples)], share: 1 - share[0] },
  ];
}

function targetOf({ classes, labelSmoothing }: Targets, label: number, c: number): number {
  return (c === label ? 1 - labelSmoothing : 0) + labelSmoothing / classes;
}

function weightOf({ classes, classWeights }: Targets, label: number): number {
  if (!(label >= 0 && label < classes)) return Number.NaN;
  return classWeights ? classWeights[label] : 1;
}
