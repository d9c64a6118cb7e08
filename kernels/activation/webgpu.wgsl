// Activations, four values at a time: see reference.ts. Comparisons are written so that a NaN stays one.

override COUNT: u32;
override NEGATIVE_SLOPE: f32 = 0;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
// Backward: x or y, whichever the derivative is taken from, is at binding 0.
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;

fn reluOf(v: vec4f) -> vec4f { return select(v, vec4f(0), v < vec4f(0)); }
fn leakyReluOf(v: vec4f) -> vec4f { return select(v, NEGATIVE_SLOPE * v, v < vec4f(0)); }
fn sigmoidOf(v: vec4f) -> vec4f { return 1 / (1 + exp(-v)); }
fn siluOf(v: vec4f) -> vec4f { return v * sigmoidOf(v); }
fn geluOf(v: vec4f) -> vec4f { return v * normalBelow(v); }

/// From e^(-2|v|), which cannot overflow; near 0, where that cancels, from the first terms of the series.
fn tanhOf(v: vec4f) -> vec4f {
  let e = exp(-2 * abs(v));
  let square = v * v;
  let series = v * (1 - square * (1.0 / 3 - square * (2.0 / 15)));
  return select(sign(v) * (1 - e) / (1 + e), series, abs(v) < vec4f(0.1));
}

/// Share of the standard normal distribution below v, by a fit to erfc with relative error 1.2e-7 everywhere.
/// Source: Press et al., "Numerical Recipes in C", second edition, section 6.2.
fn normalBelow(v: vec4f) -> vec4f {
  let z = abs(v) * 0.70710678;
  let t = 1 / (1 + 0.5 * z);
  let fit = -1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418 + t * (-0.18628806
    + t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
  let above = 0.5 * t * exp(fit - z * z);
  return select(1 - above, above, v < vec4f(0));
}

fn reluSlope(v: vec4f) -> vec4f { return select(vec4f(0), vec4f(1), v > vec4f(0)); }
fn leakyReluSlope(v: vec4f) -> vec4f { return select(vec4f(NEGATIVE_SLOPE), vec4f(1), v > vec4f(0)); }
fn sigmoidSlope(v: vec4f) -> vec4f { return v * (1 - v); }
fn tanhSlope(v: vec4f) -> vec4f { return 1 - v * v; }
fn siluSlope(v: vec4f) -> vec4f {
  let share = sigmoidOf(v);
  return share * (1 + v * (1 - share));
}
fn geluSlope(v: vec4f) -> vec4f { return normalBelow(v) + v * exp(-0.5 * v * v) * 0.39894228; }

fn number(id: vec3u, groups: vec3u) -> u32 { return id.y * groups.x * 256 + id.x; }

@compute @workgroup_size(256)
fn relu(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = number(id, groups);
  if (i < COUNT) { y[i] = reluOf(x[i]); }
}

@compute @workgroup_size(256)
fn reluBackward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = number(id, groups);
  if (i < COUNT) { dx[i] = dy[i] * reluSlope(x[i]); }
}

@compute @workgroup_size(256)
fn leakyRelu(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = number(id, groups);
  if (i < COUNT) { y[i] = leakyReluOf(x[i]); }
}

@compute @workgroup_size(256)
fn leakyReluBackward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = number(id, groups);
  if (i < COUNT) { dx[i] = dy[i] * leakyReluSlope(x[i]); }
}

@compute @workgroup_size(256)
fn sigmoid(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = number(id, groups);
  if (i < COUNT) { y[i] = sigmoidOf(x[i]); }
}

@compute @workgroup_size(256)
fn sigmoidBackward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = number(id, groups);
  if (i < COUNT) { dx[i] = dy[i] * sigmoidSlope(x[i]); }
}

@compute @workgroup_size(256)
fn tanh(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = number(id, groups);
  if (i < COUNT) { y[i] = tanhOf(x[i]); }
}

@compute @workgroup_size(256)
fn tanhBackward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = number(id, groups);
  if (i < COUNT) { dx[i] = dy[i] * tanhSlope(x[i]); }
}

@compute @workgroup_size(256)
fn silu(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = number(id, groups);
  if (i < COUNT) { y[i] = siluOf(x[i]); }
}

@compute @workgroup_size(256)
fn siluBackward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = number(id, groups);
  if (i < COUNT) { dx[i] = dy[i] * siluSlope(x[i]); }
}

@compute @workgroup_size(256)
fn gelu(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = number(id, groups);
  if (i < COUNT) { y[i] = geluOf(x[i]); }
}

@compute @workgroup_size(256)
fn geluBackward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = number(id, groups);
  if (i < COUNT) { dx[i] = dy[i] * geluSlope(x[i]); }
}
