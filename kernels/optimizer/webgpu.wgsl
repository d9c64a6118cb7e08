// Optimisers, four values at a time and in place: each is described in the file of its name, and clipping in clip.ts.
// `hyper` holds what the optimiser's `hyper` function gives. Entry points are called after the kernel and how many
// slots it has. What is tiny becomes zero, as flush.ts says. `teamSum` of teamSum.ts stands before it.

override COUNT: u32;
/// Whether the L2 penalty and weight decay apply.
override DECAY: bool = false;

@group(0) @binding(0) var<storage, read_write> parameter: array<vec4f>;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read> hyper: array<f32>;
@group(0) @binding(3) var<storage, read_write> slot0: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> slot1: array<vec4f>;

fn number(id: vec3u, groups: vec3u) -> u32 { return id.y * groups.x * 256 + id.x; }

/// Values, or zero below the threshold. A NaN is below nothing, and stays.
fn flushed(values: vec4f, threshold: f32) -> vec4f {
  return select(values, vec4f(), abs(values) < vec4f(threshold));
}

const TINY = 0x1p-100f;
const TINY_GRADIENT = 0x1p-50f;

/// The gradient with the L2 penalty.
fn gradientAt(i: u32) -> vec4f {
  return flushed(gradient[i] + select(0, hyper[1], DECAY) * parameter[i], TINY_GRADIENT);
}

/// Takes a step, and what weight decay takes aside from it.
fn change(i: u32, step: vec4f) {
  let p = parameter[i];
  parameter[i] = flushed(p - select(0, hyper[2], DECAY) * p - step, TINY);
}

@compute @workgroup_size(256)
fn sgd0(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = number(id, groups);
  if (i < COUNT) { change(i, hyper[0] * gradientAt(i)); }
}

@compute @workgroup_size(256)
fn sgd1(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = number(id, groups);
  if (i >= COUNT) { return; }
  let g = gradientAt(i);
  let velocity = flushed(hyper[3] * slot0[i] + g, TINY);
  slot0[i] = velocity;
  change(i, hyper[0] * select(velocity, g + hyper[3] * velocity, hyper[4] > 0));
}

fn rmspropStep(i: u32) -> vec4f {
  let g = gradientAt(i);
  let meanSquare = flushed(slot0[i] + hyper[3] * (g * g - slot0[i]), TINY);
  slot0[i] = meanSquare;
  return hyper[0] * g / sqrt(meanSquare + hyper[5]);
}

@compute @workgroup_size(256)
fn rmsprop1(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = number(id, groups);
  if (i < COUNT) { change(i, rmspropStep(i)); }
}

@compute @workgroup_size(256)
fn rmsprop2(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = number(id, groups);
  if (i >= COUNT) { return; }
  let velocity = flushed(hyper[4] * slot1[i] + rmspropStep(i), TINY);
  slot1[i] = velocity;
  change(i, velocity);
}

@compute @workgroup_size(256)
fn adagrad1(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = number(id, groups);
  if (i >= COUNT) { return; }
  let g = gradientAt(i);
  let sumOfSquares = flushed(slot0[i] + g * g, TINY);
  slot0[i] = sumOfSquares;
  change(i, hyper[0] * g / sqrt(sumOfSquares + hyper[3]));
}

@compute @workgroup_size(256)
fn adam2(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = number(id, groups);
  if (i >= COUNT) { return; }
  let g = gradientAt(i);
  let mean = flushed(slot0[i] + hyper[3] * (g - slot0[i]), TINY);
  slot0[i] = mean;
  let meanSquare = flushed(slot1[i] + hyper[4] * (g * g - slot1[i]), TINY);
  slot1[i] = meanSquare;
  change(i, hyper[6] * mean / (sqrt(meanSquare) * hyper[7] + hyper[5]));
}

/// Invocations of workgroups that add up something together.
override TEAM: u32 = 1;
override PARTIAL_SUMS: u32 = 1;
override MAXIMUM_NORM: f32 = 0;

@group(0) @binding(0) var<storage, read> gradients: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> partialSums: array<f32>;

/// The squares that each workgroup comes across.
@compute @workgroup_size(TEAM)
fn sumOfSquares(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  var sum = vec4f();
  for (var i = group.x * TEAM + local; i < COUNT; i += groups.x * TEAM) { sum += gradients[i] * gradients[i]; }
  let total = sumOfTeam(local, dot(sum, vec4f(1)));
  if (local == 0) { partialSums[group.x] = total; }
}

@group(0) @binding(0) var<storage, read> squares: array<f32>;
@group(0) @binding(1) var<storage, read_write> factor: array<f32>;

/// What brings the gradients to the norm, or 1. A NaN spreads, so that it is noticed.
@compute @workgroup_size(TEAM)
fn clipFactor(@builtin(local_invocation_index) local: u32) {
  var sum = 0.0;
  for (var i = local; i < PARTIAL_SUMS; i += TEAM) { sum += squares[i]; }
  let norm = sqrt(sumOfTeam(local, sum));
  if (local == 0) { factor[0] = select(MAXIMUM_NORM / norm, 1, norm <= MAXIMUM_NORM); }
}

@group(0) @binding(0) var<storage, read_write> clipped: array<vec4f>;
@group(0) @binding(1) var<storage, read> clipBy: array<f32>;

@compute @workgroup_size(256)
fn clipToNorm(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = number(id, groups);
  if (i < COUNT) { clipped[i] *= clipBy[0]; }
}
