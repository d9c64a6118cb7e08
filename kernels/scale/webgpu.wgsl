// Scaling of channels, a value or four channels at a time: see reference.ts. `valueTypes` of workgroups.ts stands
// before it.

override IMAGES: u32;
override PIXELS: u32;
/// As they are counted in `Value`s.
override CHANNELS: u32;
/// Invocations of a workgroup, and how many of them stand side by side.
override TEAM: u32 = 1;
override SIDE: u32 = 1;

@group(0) @binding(0) var<storage, read> x: array<Value>;
@group(0) @binding(1) var<storage, read> scale: array<Value>;
@group(0) @binding(2) var<storage, read_write> y: array<Value>;

@compute @workgroup_size(256)
fn scaleChannelsForward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256 + id.x;
  if (i >= IMAGES * PIXELS * CHANNELS) { return; }
  y[i] = x[i] * scale[i / (PIXELS * CHANNELS) * CHANNELS + i % CHANNELS];
}

var<workgroup> sums: array<Value, TEAM>;

@group(0) @binding(2) var<storage, read> dy: array<Value>;
@group(0) @binding(3) var<storage, read_write> dx: array<Value>;
@group(0) @binding(4) var<storage, read_write> dscale: array<Value>;

/// A workgroup for each image and block of SIDE channels: its invocations share the pixels and add up their sums.
@compute @workgroup_size(TEAM)
fn scaleChannelsBackward(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let blocks = (CHANNELS + SIDE - 1) / SIDE;
  let number = group.y * groups.x + group.x;
  let image = number / blocks;
  let c = number % blocks * SIDE + local % SIDE;
  let isThere = image < IMAGES && c < CHANNELS;
  var sum = Value();
  if (isThere) {
    let factor = scale[image * CHANNELS + c];
    for (var pixel = local / SIDE; pixel < PIXELS; pixel += TEAM / SIDE) {
      let i = (image * PIXELS + pixel) * CHANNELS + c;
      dx[i] = dy[i] * factor;
      sum += dy[i] * x[i];
    }
  }
  sums[local] = sum;
  workgroupBarrier();
  for (var half = TEAM / 2; half >= SIDE; half /= 2) {
    if (local < half) { sums[local] += sums[local + half]; }
    workgroupBarrier();
  }
  if (local < SIDE && isThere) { dscale[image * CHANNELS + c] = sums[local]; }
}
