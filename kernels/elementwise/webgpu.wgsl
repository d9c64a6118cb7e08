// Sums of two tensors, four values at a time.

override COUNT: u32;

@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(256)
fn add(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256 + id.x;
  if (i < COUNT) { y[i] = a[i] + b[i]; }
}

@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> da: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> db: array<vec4f>;

@compute @workgroup_size(256)
fn addBackward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256 + id.x;
  if (i < COUNT) {
    da[i] = dy[i];
    db[i] = dy[i];
  }
}
