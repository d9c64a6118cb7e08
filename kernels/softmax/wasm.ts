/** Softmax cross-entropy, an example at a time: see reference.ts. Units are examples. */
import { exponential, naturalLogarithm } from '../vector.wasm';

/** 2^-50, as TINY_GRADIENT in optimizer/flush.ts. */
const TINY_GRADIENT: f32 = 8.881784197001252e-16;

/**
 * Writes the losses to y and the probabilities to p. With all targets of a row adding up to 1, its loss is
 * ln Σ e^(x - max) - (1 - s) (x_label - max) - s/C Σ (x - max). `weights` is 0 where all classes weigh the same, and
 * `share` where nothing is mixed.
 */
export function softmaxCrossEntropy(
  x: usize,
  labels: usize,
  y: usize,
  p: usize,
  weights: usize,
  share: usize,
  examples: i32,
  classes: i32,
  smoothing: f32,
  begin: i32,
  end: i32,
): void {
  const own = shareOf(share);
  const rowBytes = (<usize>classes) << 2;
  for (let n = begin; n < end; n++) {
    const logits = x + <usize>n * rowBytes;
    const probabilities = p + <usize>n * rowBytes;
    const largest = largestOf(logits, rowBytes);
    const sum = exponentials(logits, probabilities, rowBytes, largest);
    let distances: f32 = 0;
    for (let c: usize = 0; c < rowBytes; c += 4) {
      store<f32>(probabilities + c, load<f32>(probabilities + c) / sum);
      distances += load<f32>(logits + c) - largest;
    }
    const base: f32 = naturalLogarithm(sum);
    // Left out without smoothing, since an infinite distance times 0 would be NaN.
    const everywhere: f32 = smoothing > 0 ? (smoothing / <f32>classes) * distances : 0;
    const certain = <f32>1 - smoothing;
    const label = labelAt(labels, n);
    let loss =
      own *
      weightOf(weights, label, classes) *
      (base - certain * awayOf(logits, label, classes, largest) - everywhere);
    if (own < 1) {
      const second = labelAt(labels, examples - 1 - n);
      loss +=
        (<f32>1 - own) *
        weightOf(weights, second, classes) *
        (base - certain * awayOf(logits, second, classes, largest) - everywhere);
    }
    store<f32>(y + ((<usize>n) << 2), loss);
  }
}

/** dx = w (p - t) / N, or that of two labels by their shares. */
export function softmaxCrossEntropyBackward(
  p: usize,
  labels: usize,
  dx: usize,
  weights: usize,
  share: usize,
  examples: i32,
  classes: i32,
  smoothing: f32,
  begin: i32,
  end: i32,
): void {
  const own = shareOf(share);
  const scale = <f32>(1.0 / <f64>examples);
  const everywhere = smoothing / <f32>classes;
  const certain = <f32>1 - smoothing + everywhere;
  for (let n = begin; n < end; n++) {
    const label = labelAt(labels, n);
    const second = labelAt(labels, examples - 1 - n);
    const factor = scale * own * weightOf(weights, label, classes);
    const rest = scale * (<f32>1 - own) * weightOf(weights, second, classes);
    for (let c = 0; c < classes; c++) {
      const at = (<usize>(n * classes + c)) << 2;
      const probability = load<f32>(p + at);
      let gradient = factor * (probability - (c === label ? certain : everywhere));
      if (own < 1) gradient += rest * (probability - (c === second ? certain : everywhere));
      store<f32>(dx + at, abs(gradient) < TINY_GRADIENT ? 0 : gradient);
    }
  }
}

function shareOf(share: usize): f32 {
  return share ? load<f32>(share) : 1;
}

function labelAt(labels: usize, n: i32): i32 {
  return load<i32>(labels + ((<usize>n) << 2));
}

/** How far the label's logit is from the largest; 0 for a label that names no class. */
function awayOf(logits: usize, label: i32, classes: i32, largest: f32): f32 {
  return <u32>label < <u32>classes ? load<f32>(logits + ((<usize>label) << 2)) - largest : 0;
}

/** NaN for a label that names no class. */
function weightOf(weights: usize, label: i32, classes: i32): f32 {
  if (<u32>label >= <u32>classes) return NaN;
  return weights ? load<f32>(weights + ((<usize>label) << 2)) : 1;
}

function largestOf(logits: usize, rowBytes: usize): f32 {
  let largest: f32 = -Infinity;
  for (let c: usize = 0; c < rowBytes; c += 4) largest = max(largest, load<f32>(logits + c));
  return largest;
}

/** Writes e^(x - largest) for a row, and returns their sum. Rows end anywhere, so the last few go one by one. */
function exponentials(logits: usize, target: usize, rowBytes: usize, largest: f32): f32 {
  const shift = f32x4.splat(largest);
  let sums = f32x4.splat(0);
  let c: usize = 0;
  for (; c + 16 <= rowBytes; c += 16) {
    const powers = exponential(f32x4.sub(v128.load(logits + c), shift));
    v128.store(target + c, powers);
    sums = f32x4.add(sums, powers);
  }
  let sum =
    f32x4.extract_lane(sums, 0) +
    f32x4.extract_lane(sums, 1) +
    (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3));
  for (; c < rowBytes; c += 4) {
    const power = exponential(f32x4.sub(v128.load32_splat(logits + c), shift));
    v128.store_lane<f32>(target + c, power, 0);
    sum += f32x4.extract_lane(power, 0);
  }
  return sum;
}
