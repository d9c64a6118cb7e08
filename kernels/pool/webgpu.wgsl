// Pooling, a value or four channels at a time: see reference.ts. Gradients are gathered: each place of x adds up what
// the windows over it send, so that no two invocations write to one place. `valueTypes` of workgroups.ts stands
// before it.

/// Of the tensor that is written.
override COUNT: u32;
override HEIGHT: i32;
override WIDTH: i32;
/// As they are counted in `Value`s.
override CHANNELS: i32;
override OUTPUT_HEIGHT: i32;
override OUTPUT_WIDTH: i32;
override WINDOW_HEIGHT: i32;
override WINDOW_WIDTH: i32;
override STRIDE_HEIGHT: i32;
override STRIDE_WIDTH: i32;
override TOP: i32;
override LEFT: i32;

/// Rows or columns from the first to before the last.
struct Range { first: i32, last: i32 }

/// What a window covers of x, in one direction.
fn covered(position: i32, stride: i32, before: i32, window: i32, size: i32) -> Range {
  let start = position * stride - before;
  return Range(max(0, start), min(size, start + window));
}

/// The windows that cover a place, in one direction.
fn covering(place: i32, stride: i32, before: i32, window: i32, outputs: i32) -> Range {
  let end = place + before;
  return Range((max(0, end - window + 1) + stride - 1) / stride, min(outputs, end / stride + 1));
}

fn rowsOf(oy: i32) -> Range { return covered(oy, STRIDE_HEIGHT, TOP, WINDOW_HEIGHT, HEIGHT); }
fn columnsOf(ox: i32) -> Range { return covered(ox, STRIDE_WIDTH, LEFT, WINDOW_WIDTH, WIDTH); }
fn windowsOver(row: i32) -> Range { return covering(row, STRIDE_HEIGHT, TOP, WINDOW_HEIGHT, OUTPUT_HEIGHT); }
fn windowsAcross(column: i32) -> Range {
  return covering(column, STRIDE_WIDTH, LEFT, WINDOW_WIDTH, OUTPUT_WIDTH);
}

/// Number i of a tensor [images, rows, columns, CHANNELS].
struct Position { image: i32, row: i32, column: i32, c: i32 }

fn positionOf(number: u32, rows: i32, columns: i32) -> Position {
  let i = i32(number);
  let pixel = i / CHANNELS;
  return Position(pixel / (rows * columns), (pixel / columns) % rows, pixel % columns, i % CHANNELS);
}

/// By its bits, since compilers may take it that there are no NaNs.
fn isMissing(value: Value) -> Truth { return (bitcast<Bits>(value) & Bits(0x7fffffff)) > Bits(0x7f800000); }

@group(0) @binding(0) var<storage, read> x: array<Value>;
@group(0) @binding(1) var<storage, read_write> y: array<Value>;
@group(0) @binding(2) var<storage, read_write> places: array<Place>;

struct Maximum { value: Value, place: Place }

fn maximumUnder(i: u32) -> Maximum {
  let at = positionOf(i, OUTPUT_HEIGHT, OUTPUT_WIDTH);
  let rows = rowsOf(at.row);
  let columns = columnsOf(at.column);
  let image = at.image * HEIGHT * WIDTH;
  var place = Place(rows.first * WIDTH + columns.first);
  var best = Value();
  var found = Truth(false);
  var missing = Truth(false);
  var gap = Value();
  for (var row = rows.first; row < rows.last; row++) {
    for (var column = columns.first; column < columns.last; column++) {
      let here = row * WIDTH + column;
      let value = x[(image + here) * CHANNELS + at.c];
      let nothing = isMissing(value);
      gap = select(gap, value, nothing);
      missing |= nothing;
      let better = !nothing & (!found | (value > best));
      best = select(best, value, better);
      place = select(place, Place(here), better);
      found |= better;
    }
  }
  // A NaN under the window is the result: this one, since the language has none to write down.
  return Maximum(select(best, gap, missing), place);
}

@compute @workgroup_size(256)
fn maxPool2dForward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256 + id.x;
  if (i >= COUNT) { return; }
  let maximum = maximumUnder(i);
  y[i] = maximum.value;
  places[i] = maximum.place;
}

@compute @workgroup_size(256)
fn maxPool2dInference(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256 + id.x;
  if (i < COUNT) { y[i] = maximumUnder(i).value; }
}

@group(0) @binding(0) var<storage, read> dy: array<Value>;
@group(0) @binding(1) var<storage, read_write> dx: array<Value>;
@group(0) @binding(2) var<storage, read> positions: array<Place>;

@compute @workgroup_size(256)
fn maxPool2dBackward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256 + id.x;
  if (i >= COUNT) { return; }
  let at = positionOf(i, HEIGHT, WIDTH);
  let rows = windowsOver(at.row);
  let columns = windowsAcross(at.column);
  let here = Place(at.row * WIDTH + at.column);
  var sum = Value();
  for (var oy = rows.first; oy < rows.last; oy++) {
    for (var ox = columns.first; ox < columns.last; ox++) {
      let output = ((at.image * OUTPUT_HEIGHT + oy) * OUTPUT_WIDTH + ox) * CHANNELS + at.c;
      sum += select(Value(), dy[output], positions[output] == here);
    }
  }
  dx[i] = sum;
}

@compute @workgroup_size(256)
fn averagePool2dForward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256 + id.x;
  if (i >= COUNT) { return; }
  let at = positionOf(i, OUTPUT_HEIGHT, OUTPUT_WIDTH);
  let rows = rowsOf(at.row);
  let columns = columnsOf(at.column);
  let image = at.image * HEIGHT * WIDTH;
  var sum = Value();
  for (var row = rows.first; row < rows.last; row++) {
    for (var column = columns.first; column < columns.last; column++) {
      sum += x[(image + row * WIDTH + column) * CHANNELS + at.c];
    }
  }
  y[i] = sum / f32((rows.last - rows.first) * (columns.last - columns.first));
}

@compute @workgroup_size(256)
fn averagePool2dBackward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256 + id.x;
  if (i >= COUNT) { return; }
  let at = positionOf(i, HEIGHT, WIDTH);
  let rows = windowsOver(at.row);
  let columns = windowsAcross(at.column);
  var sum = Value();
  for (var oy = rows.first; oy < rows.last; oy++) {
    let high = rowsOf(oy);
    for (var ox = columns.first; ox < columns.last; ox++) {
      let wide = columnsOf(ox);
      let output = ((at.image * OUTPUT_HEIGHT + oy) * OUTPUT_WIDTH + ox) * CHANNELS + at.c;
      sum += dy[output] / f32((high.last - high.first) * (wide.last - wide.first));
    }
  }
  dx[i] = sum;
}
