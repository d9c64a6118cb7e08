// Mixup, a value at a time: see reference.ts. It takes x to y and dy to dx alike.

override EXAMPLES: u32;
/// Values of a picture.
override SIZE: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read> share: array<f32>;

@compute @workgroup_size(256)
fn mixPictures(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256 + id.x;
  if (i >= EXAMPLES * SIZE) { return; }
  let other = (EXAMPLES - 1 - i / SIZE) * SIZE + i % SIZE;
  y[i] = x[i] + (1 - share[0]) * (x[other] - x[i]);
}
