// Softmax cross-entropy, an example or a probability for each invocation: see reference.ts.

override EXAMPLES: u32;
override CLASSES: u32;
override SMOOTHING: f32;
/// Whether there are class weights; where there are none, something else is bound in their place and not read.
override WEIGHTED: bool;
/// Whether pictures are mixed, so that examples have a second label, their partner's; if not, nothing reads the share.
override MIXED: bool;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<i32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read_write> probabilities: array<f32>;
@group(0) @binding(5) var<storage, read> share: array<f32>;

/// NaN for a label that names no class.
fn weightOf(label: u32) -> f32 {
  var nan = 0x7fc00000u;
  if (label >= CLASSES) { return bitcast<f32>(nan); }
  if (WEIGHTED) { return weights[label]; }
  return 1;
}

@compute @workgroup_size(64)
fn softmaxCrossEntropy(@builtin(global_invocation_id) id: vec3u) {
  let n = id.x;
  if (n >= EXAMPLES) { return; }
  let row = n * CLASSES;
  var largest = x[row];
  for (var c = 1u; c < CLASSES; c++) { largest = max(largest, x[row + c]); }
  var sum = 0.0;
  var distances = 0.0;
  for (var c = 0u; c < CLASSES; c++) {
    let distance = x[row + c] - largest;
    let power = exp(distance);
    probabilities[row + c] = power;
    sum += power;
    distances += distance;
  }
  for (var c = 0u; c < CLASSES; c++) { probabilities[row + c] /= sum; }
  let label = u32(labels[n]);
  var loss = weightOf(label) * lossOf(row, label, largest, log(sum), distances);
  if (MIXED && share[0] < 1) {
    let second = u32(labels[EXAMPLES - 1 - n]);
    loss = share[0] * loss + (1 - share[0]) * weightOf(second) * lossOf(row, second, largest, log(sum), distances);
  }
  y[n] = loss;
}

fn lossOf(row: u32, label: u32, largest: f32, logarithm: f32, distances: f32) -> f32 {
  var loss = logarithm;
  if (label < CLASSES) { loss -= (1 - SMOOTHING) * (x[row + label] - largest); }
  // Left out without smoothing, since an infinite distance times 0 would be NaN.
  if (SMOOTHING > 0) { loss -= SMOOTHING / f32(CLASSES) * distances; }
  return loss;
}

@group(0) @binding(0) var<storage, read> p: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(256)
fn softmaxCrossEntropyBackward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256 + id.x;
  if (i >= EXAMPLES * CLASSES) { return; }
  let n = i / CLASSES;
  var gradient = gradientOf(i, u32(labels[n]));
  if (MIXED && share[0] < 1) {
    gradient = share[0] * gradient + (1 - share[0]) * gradientOf(i, u32(labels[EXAMPLES - 1 - n]));
  }
  // Not the other way round, so that a NaN stays.
  dx[i] = select(gradient, 0, abs(gradient) < 0x1p-50f);
}

fn gradientOf(i: u32, label: u32) -> f32 {
  let everywhere = SMOOTHING / f32(CLASSES);
  let wanted = select(everywhere, 1 - SMOOTHING + everywhere, i % CLASSES == label);
  return weightOf(label) / f32(EXAMPLES) * (p[i] - wanted);
}
