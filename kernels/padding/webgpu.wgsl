// Zero padding, a value or four channels at a time: see reference.ts. `valueTypes` of workgroups.ts stands before it.

/// Of the tensor that is written.
override COUNT: u32;
/// Of x; channels as they are counted in `Value`s.
override HEIGHT: u32;
override WIDTH: u32;
override CHANNELS: u32;
override TOP: u32;
override LEFT: u32;
override PADDED_HEIGHT: u32;
override PADDED_WIDTH: u32;

@group(0) @binding(0) var<storage, read> source: array<Value>;
@group(0) @binding(1) var<storage, read_write> result: array<Value>;

@compute @workgroup_size(256)
fn zeroPadding2dForward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256 + id.x;
  if (i >= COUNT) { return; }
  let c = i % CHANNELS;
  // Left of and above x these wrap around to numbers that are too large.
  let column = (i / CHANNELS) % PADDED_WIDTH - LEFT;
  let row = (i / (CHANNELS * PADDED_WIDTH)) % PADDED_HEIGHT - TOP;
  let image = i / (CHANNELS * PADDED_WIDTH * PADDED_HEIGHT);
  if (row < HEIGHT && column < WIDTH) {
    result[i] = source[((image * HEIGHT + row) * WIDTH + column) * CHANNELS + c];
  } else {
    result[i] = Value();
  }
}

@compute @workgroup_size(256)
fn zeroPadding2dBackward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256 + id.x;
  if (i >= COUNT) { return; }
  let c = i % CHANNELS;
  let column = (i / CHANNELS) % WIDTH + LEFT;
  let row = (i / (CHANNELS * WIDTH)) % HEIGHT + TOP;
  let image = i / (CHANNELS * WIDTH * HEIGHT);
  result[i] = source[((image * PADDED_HEIGHT + row) * PADDED_WIDTH + column) * CHANNELS + c];
}
