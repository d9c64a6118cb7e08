// Batch normalisation, a value or four channels at a time: see reference.ts. `valueTypes` of workgroups.ts stands
// before it.
//
// x is a matrix of ROWS and CHANNELS. Sums over rows are made in two dispatches: workgroups of SIDE columns and
// TEAM / SIDE rows of invocations each add up a chunk of CHUNK_ROWS rows, in one pass over memory; then workgroups of
// the same shape add up the chunks.

override ROWS: u32;
/// As they are counted in `Value`s.
override CHANNELS: u32;
/// Invocations of a workgroup, and how many of them stand side by side.
override TEAM: u32 = 1;
override SIDE: u32 = 1;
override CHUNK_ROWS: u32 = 1;
override CHUNKS: u32 = 1;
override MOMENTUM: f32 = 0;
override EPSILON: f32 = 0;
/// Whether y is no less than 0.
override RELU: bool = false;

var<workgroup> sums: array<Value, TEAM>;
var<workgroup> others: array<Value, TEAM>;

/// Adds up both sums of all rows of invocations; the first row has the result.
fn addRows(local: u32) {
  workgroupBarrier();
  for (var half = TEAM / 2; half >= SIDE; half /= 2) {
    if (local < half) {
      sums[local] += sums[local + half];
      others[local] += others[local + half];
    }
    workgroupBarrier();
  }
}

@group(0) @binding(0) var<storage, read> x: array<Value>;

// Forward

@group(0) @binding(1) var<storage, read_write> moments: array<Value>;

/// For each chunk its mean, then its sum of squared distances from that. Both are measured from the chunk's first
/// value, which lies among the others, so that nothing cancels where the mean is far from 0.
@compute @workgroup_size(TEAM)
fn batchNormMoments(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3u) {
  let c = group.y * SIDE + local % SIDE;
  let first = group.x * CHUNK_ROWS;
  let last = min(first + CHUNK_ROWS, ROWS);
  var sum = Value();
  var squares = Value();
  var start = Value();
  if (c < CHANNELS) {
    start = x[first * CHANNELS + c];
    for (var row = first + local / SIDE; row < last; row += TEAM / SIDE) {
      let distance = x[row * CHANNELS + c] - start;
      sum += distance;
      squares += distance * distance;
    }
  }
  sums[local] = sum;
  others[local] = squares;
  addRows(local);
  if (local < SIDE && c < CHANNELS) {
    let count = f32(last - first);
    let distance = sums[local] / count;
    moments[2 * group.x * CHANNELS + c] = start + distance;
    moments[(2 * group.x + 1) * CHANNELS + c] = max(others[local] - sums[local] * distance, Value());
  }
}

@group(0) @binding(0) var<storage, read> partial: array<Value>;
@group(0) @binding(1) var<storage, read> gammaForward: array<Value>;
@group(0) @binding(2) var<storage, read_write> meanOut: array<Value>;
@group(0) @binding(3) var<storage, read_write> inverseDeviationOut: array<Value>;
@group(0) @binding(4) var<storage, read_write> scaleOut: array<Value>;
@group(0) @binding(5) var<storage, read_write> runningMeanOut: array<Value>;
@group(0) @binding(6) var<storage, read_write> runningVarianceOut: array<Value>;

fn rowsIn(chunk: u32) -> f32 { return f32(min(CHUNK_ROWS, ROWS - chunk * CHUNK_ROWS)); }

/// Joins the chunks: squared distances from their own mean, and from there to the mean of all.
@compute @workgroup_size(TEAM)
fn batchNormStatistics(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3u) {
  let c = group.x * SIDE + local % SIDE;
  let isChannel = c < CHANNELS;
  var start = Value();
  var sum = Value();
  if (isChannel) {
    start = partial[c];
    for (var chunk = local / SIDE; chunk < CHUNKS; chunk += TEAM / SIDE) {
      sum += rowsIn(chunk) * (partial[2 * chunk * CHANNELS + c] - start);
    }
  }
  sums[local] = sum;
  others[local] = Value();
  addRows(local);
  let mean = start + sums[local % SIDE] / f32(ROWS);
  workgroupBarrier();
  var squares = Value();
  if (isChannel) {
    for (var chunk = local / SIDE; chunk < CHUNKS; chunk += TEAM / SIDE) {
      let distance = partial[2 * chunk * CHANNELS + c] - mean;
      squares += partial[(2 * chunk + 1) * CHANNELS + c] + rowsIn(chunk) * distance * distance;
    }
  }
  sums[local] = squares;
  addRows(local);
  if (local >= SIDE || !isChannel) { return; }
  let total = sums[local];
  let inverseDeviation = 1 / sqrt(total / f32(ROWS) + EPSILON);
  meanOut[c] = mean;
  inverseDeviationOut[c] = inverseDeviation;
  scaleOut[c] = gammaForward[c] * inverseDeviation;
  // A single value has no unbiased variance; it counts as 0.
  let unbiased = total / f32(max(1, ROWS - 1));
  runningMeanOut[c] = MOMENTUM * runningMeanOut[c] + (1 - MOMENTUM) * mean;
  runningVarianceOut[c] = MOMENTUM * runningVarianceOut[c] + (1 - MOMENTUM) * unbiased;
}

@group(0) @binding(1) var<storage, read> mean: array<Value>;
@group(0) @binding(2) var<storage, read> scale: array<Value>;
@group(0) @binding(3) var<storage, read> beta: array<Value>;
@group(0) @binding(4) var<storage, read_write> y: array<Value>;

fn atLeastFloor(value: Value) -> Value { return select(value, Value(), (value < Value()) & Truth(RELU)); }

@compute @workgroup_size(256)
fn batchNormApply(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256 + id.x;
  if (i >= ROWS * CHANNELS) { return; }
  let c = i % CHANNELS;
  y[i] = atLeastFloor((x[i] - mean[c]) * scale[c] + beta[c]);
}

@group(0) @binding(1) var<storage, read> runningMean: array<Value>;
@group(0) @binding(2) var<storage, read> runningVariance: array<Value>;
@group(0) @binding(4) var<storage, read> gamma: array<Value>;
@group(0) @binding(5) var<storage, read_write> answer: array<Value>;

@compute @workgroup_size(256)
fn batchNormInference(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256 + id.x;
  if (i >= ROWS * CHANNELS) { return; }
  let c = i % CHANNELS;
  let runningScale = gamma[c] / sqrt(runningVariance[c] + EPSILON);
  answer[i] = atLeastFloor((x[i] - runningMean[c]) * runningScale + beta[c]);
}

// Backward: with binding 0 to 3 as in `batchNormApply`

@group(0) @binding(4) var<storage, read> dy: array<Value>;
@group(0) @binding(5) var<storage, read_write> products: array<Value>;

/// dy, or 0 where the ReLU let nothing through. `distance` is x - mean.
fn gradientAt(i: u32, c: u32, distance: Value) -> Value {
  let value = distance * scale[c] + beta[c];
  return select(dy[i], Value(), (value <= Value()) & Truth(RELU));
}

/// For each chunk Σ dy, then Σ dy · (x - mean).
@compute @workgroup_size(TEAM)
fn batchNormGradientSums(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3u) {
  let c = group.y * SIDE + local % SIDE;
  let first = group.x * CHUNK_ROWS;
  let last = min(first + CHUNK_ROWS, ROWS);
  var sum = Value();
  var product = Value();
  if (c < CHANNELS) {
    for (var row = first + local / SIDE; row < last; row += TEAM / SIDE) {
      let i = row * CHANNELS + c;
      let distance = x[i] - mean[c];
      let gradient = gradientAt(i, c, distance);
      sum += gradient;
      product += gradient * distance;
    }
  }
  sums[local] = sum;
  others[local] = product;
  addRows(local);
  if (local < SIDE && c < CHANNELS) {
    products[2 * group.x * CHANNELS + c] = sums[local];
    products[(2 * group.x + 1) * CHANNELS + c] = others[local];
  }
}

@group(0) @binding(1) var<storage, read> inverseDeviation: array<Value>;
@group(0) @binding(2) var<storage, read_write> dgamma: array<Value>;
@group(0) @binding(3) var<storage, read_write> dbeta: array<Value>;
@group(0) @binding(4) var<storage, read_write> termsOut: array<Value>;

/// Gradients of gamma and beta, and what each channel takes off dy: a constant, and a multiple of x - mean.
@compute @workgroup_size(TEAM)
fn batchNormGradients(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3u) {
  let c = group.x * SIDE + local % SIDE;
  var sum = Value();
  var product = Value();
  if (c < CHANNELS) {
    for (var chunk = local / SIDE; chunk < CHUNKS; chunk += TEAM / SIDE) {
      sum += partial[2 * chunk * CHANNELS + c];
      product += partial[(2 * chunk + 1) * CHANNELS + c];
    }
  }
  sums[local] = sum;
  others[local] = product;
  addRows(local);
  if (local >= SIDE || c >= CHANNELS) { return; }
  let normalised = others[local] * inverseDeviation[c];
  dbeta[c] = sums[local];
  dgamma[c] = normalised;
  termsOut[c] = sums[local] / f32(ROWS);
  termsOut[CHANNELS + c] = normalised * inverseDeviation[c] / f32(ROWS);
}

@group(0) @binding(5) var<storage, read> terms: array<Value>;
@group(0) @binding(6) var<storage, read_write> dx: array<Value>;

@compute @workgroup_size(256)
fn batchNormInputGradient(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256 + id.x;
  if (i >= ROWS * CHANNELS) { return; }
  let c = i % CHANNELS;
  let distance = x[i] - mean[c];
  dx[i] = scale[c] * (gradientAt(i, c, distance) - terms[c] - distance * terms[CHANNELS + c]);
}
