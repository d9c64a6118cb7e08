// Dropout, a block of four random words at a time: see reference.ts. It takes x to y and dy to dx alike. The code of
// random/webgpu.wgsl stands before it.

override COUNT: u32;
override LAYER: u32;
override PURPOSE: u32;
override THRESHOLD: u32;
override SCALE: f32;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
/// The seed, low and high half, and the step.
@group(0) @binding(2) var<storage, read> random: array<u32>;

@compute @workgroup_size(256)
fn dropout(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256 + id.x;
  if (i >= COUNT) { return; }
  let words = philox(vec4u(i, random[2], LAYER, PURPOSE), vec2u(random[0], random[1]));
  y[i] = select(vec4f(0), x[i] * SCALE, (words >> vec4u(8)) >= vec4u(THRESHOLD));
}
