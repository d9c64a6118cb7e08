// Weights made ready for the inner product.

override taps: u32;
override channels: u32;
override filters: u32;

@group(0) @binding(0) var<storage, read> weight: array<f32>;
@group(0) @binding(1) var<storage, read_write> flipped: array<f32>;

/** For the gradient of the input: [tap, channel, filter] becomes [last tap − tap, filter, channel]. */
@compute @workgroup_size(64)
fn flipWeights(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) count: vec3u) {
  let i = id.y * count.x * 64u + id.x;
  if (i >= taps * channels * filters) { return; }
  let tap = i / (channels * filters);
  let filter_ = i / channels % filters;
  let channel = i % channels;
  flipped[i] = weight[((taps - 1u - tap) * channels + channel) * filters + filter_];
}

override rows: u32;
override epsilon: f32;

@group(0) @binding(1) var<storage, read> gamma: array<f32>;
@group(0) @binding(2) var<storage, read> beta: array<f32>;
@group(0) @binding(3) var<storage, read> mean: array<f32>;
@group(0) @binding(4) var<storage, read> variance: array<f32>;
@group(0) @binding(5) var<storage, read_write> folded: array<f32>;
@group(0) @binding(6) var<storage, read_write> foldedBias: array<f32>;
@group(0) @binding(7) var<storage, read> bias: array<f32>;

/** A batch norm with running statistics becomes part of the weights and the bias; row `rows` stands for the bias. */
fn fold(i: u32, biasOf: f32) {
  let column = i % filters;
  let scale = gamma[column] / sqrt(variance[column] + epsilon);
  if (i < rows * filters) {
    folded[i] = weight[i] * scale;
  } else {
    foldedBias[column] = (biasOf - mean[column]) * scale + beta[column];
  }
}

@compute @workgroup_size(64)
fn foldWeights(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) count: vec3u) {
  let i = id.y * count.x * 64u + id.x;
  if (i < (rows + 1u) * filters) { fold(i, 0.0); }
}

@compute @workgroup_size(64)
fn foldWeightsAndBias(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) count: vec3u) {
  let i = id.y * count.x * 64u + id.x;
  if (i < (rows + 1u) * filters) { fold(i, bias[i % filters]); }
}
