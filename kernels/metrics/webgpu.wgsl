// What a training step was worth: the sum of its losses, and how many answers were right. Each step writes to a place
// of its own, which it is told in the fourth word of `random`, so that many steps can be read back at once. `teamSum`
// of teamSum.ts stands before it.

override EXAMPLES: u32;
override CLASSES: u32;
/// Invocations of the one workgroup.
override TEAM: u32;

@group(0) @binding(0) var<storage, read> loss: array<f32>;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> labels: array<i32>;
@group(0) @binding(3) var<storage, read> random: array<u32>;
@group(0) @binding(4) var<storage, read_write> worth: array<vec2f>;

@compute @workgroup_size(TEAM)
fn tally(@builtin(local_invocation_index) local: u32) {
  var sum = vec2f();
  for (var n = local; n < EXAMPLES; n += TEAM) {
    var best = 0u;
    for (var c = 1u; c < CLASSES; c++) {
      if (logits[n * CLASSES + c] > logits[n * CLASSES + best]) { best = c; }
    }
    sum += vec2f(loss[n], select(0.0, 1.0, best == u32(labels[n])));
  }
  let total = sumOfTeam(local, sum);
  if (local == 0) { worth[random[3]] = total; }
}
