// Small companions of the inner product. `values` numbers are written, one by each invocation; a grid of several
// workgroups in y goes around the limit of workgroups in x.

override values: u32;
override parts: u32;

@group(0) @binding(0) var<storage, read> partial: array<f32>;
@group(0) @binding(1) var<storage, read_write> total: array<f32>;

/** Adds up the matrices of an inner product that was split: total[i] = sum over parts of partial[part, i]. */
@compute @workgroup_size(64)
fn sumPartials(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) count: vec3u) {
  let i = id.y * count.x * 64u + id.x;
  if (i >= values) { return; }
  var sum = 0.0;
  for (var part = 0u; part < parts; part++) { sum += partial[part * values + i]; }
  total[i] = sum;
}

override rows: u32;
override columns: u32;

/** Sums of columns over a part of the rows: total[part, column], to be added up by sumPartials. */
@compute @workgroup_size(64)
fn sumColumns(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) count: vec3u) {
  let i = id.y * count.x * 64u + id.x;
  if (i >= values) { return; }
  let column = i % columns;
  let part = i / columns;
  let end = min(rows, (part + 1u) * ((rows + parts - 1u) / parts));
  var sum = 0.0;
  for (var row = part * ((rows + parts - 1u) / parts); row < end; row++) {
    sum += partial[row * columns + column];
  }
  total[i] = sum;
}
