// Augmentation: see reference.ts. First what is drawn by chance for each picture, and how far each point of its elastic
// field goes; then every value of the result by itself. The code of random/webgpu.wgsl stands before it.

override IMAGES: u32;
override HEIGHT: i32;
override WIDTH: i32;
override CHANNELS: i32;
/// Pixels between points of the elastic field, and how many of them stand side by side and in all.
override SPACING: i32;
override COLUMNS: u32;
override POINTS: u32;
override CUT_OUT: u32;
/// At most so many lines are drawn across.
override MOST_LINES: u32;
override HAS_FIELD: bool;
override HAS_THICKNESS: bool;
override HAS_SHADE: bool;
override HAS_NOISE: bool;
override HAS_NEGATIVE: bool;
override DRAW_PURPOSE: u32;
override FIELD_PURPOSE: u32;
override NOISE_PURPOSE: u32;

struct Draw {
  /// Where a pixel comes from: matrix · (pixel - centre) + centre + shift.
  matrix: mat2x2f,
  shift: vec2f,
  thickness: f32,
  contrast: f32,
  brightness: f32,
  noise: f32,
  /// What is wiped out: left and top, and where right and below it goes on.
  cutFrom: vec2i,
  cutTo: vec2i,
  /// What is shown in negative, and whether all but that is.
  negativeFrom: vec2i,
  negativeTo: vec2i,
  /// Where each line begins, and where it goes; half of its thickness, or less than nothing where there is none.
  lines: array<vec4f, 4>,
  radii: vec4f,
  isAround: u32,
  isOutlined: u32,
}

/// In the order of settingsOf in index.ts.
struct Settings {
  rotation: f32,
  scale: f32,
  shear: f32,
  shift: f32,
  elastic: f32,
  thickness: f32,
  contrast: f32,
  brightness: f32,
  noise: f32,
  factor: f32,
  offset: f32,
  outline: f32,
  negative: f32,
  /// Share times 2^16.
  spoiled: f32,
}

@group(0) @binding(0) var<storage, read_write> draws: array<Draw>;
@group(0) @binding(1) var<storage, read_write> field: array<vec2f>;
@group(0) @binding(2) var<storage, read> settings: Settings;
/// The seed, low and high half, and the step.
@group(0) @binding(3) var<storage, read> random: array<u32>;
@group(0) @binding(4) var<storage, read> indices: array<u32>;
/// Bytes, four to a word.
@group(0) @binding(5) var<storage, read> pictures: array<u32>;
@group(0) @binding(6) var<storage, read_write> y: array<f32>;

fn words(block: u32, slot: u32, purpose: u32) -> vec4u {
  return philox(vec4u(block, random[2], slot, purpose), vec2u(random[0], random[1]));
}

/// From 0 to 1.
fn uniform4(some: vec4u) -> vec4f {
  return vec4f(some >> vec4u(8)) / 16777216.0;
}

fn below(word: u32, count: u32) -> i32 {
  return i32(((word >> 16) * count) >> 16);
}

/// Cosine and sine of an angle up to π. Those built in may be wrong by 2^-11, a pixel in a hundred; here is the series of
/// a quarter of the angle, doubled twice.
fn turn(angle: f32) -> vec2f {
  let quarter = angle / 4;
  let x = quarter * quarter;
  let sine = quarter * (1 - x / 6 * (1 - x / 20 * (1 - x / 42 * (1 - x / 72))));
  let cosine = 1 - x / 2 * (1 - x / 12 * (1 - x / 30 * (1 - x / 56)));
  let half = vec2f(cosine * cosine - sine * sine, 2 * sine * cosine);
  return vec2f(half.x * half.x - half.y * half.y, 2 * half.x * half.y);
}

@compute @workgroup_size(64)
fn drawPictures(@builtin(global_invocation_id) id: vec3u) {
  let slot = id.x;
  if (slot >= IMAGES) { return; }
  // From -range to range each.
  let a = (uniform4(words(0, slot, DRAW_PURPOSE)) * 2 - 1) * vec4f(settings.rotation, settings.scale, settings.scale, settings.shear);
  let b = (uniform4(words(1, slot, DRAW_PURPOSE)) * 2 - 1) * vec4f(settings.shift, settings.shift, settings.thickness, settings.contrast);
  let third = words(2, slot, DRAW_PURPOSE);
  let c = uniform4(third);
  let inverse = 1 / (1 + a.yz);
  let turned = turn(a.x);
  let cosine = turned.x;
  let sine = turned.y;
  let side = below(third.z, CUT_OUT + 1);
  let top = below(third.w, u32(HEIGHT)) - (side >> 1);
  let fourth = words(3, slot, DRAW_PURPOSE);
  let left = below(fourth.x, u32(WIDTH)) - (side >> 1);
  let decided = uniform4(fourth);
  let isSpoiled = f32(fourth.w & 0xffff) < settings.spoiled;
  var draw: Draw;
  draw.matrix = mat2x2f(
    vec2f((cosine + a.w * sine) * inverse.x, sine * inverse.y),
    vec2f((-sine + a.w * cosine) * inverse.x, cosine * inverse.y),
  );
  draw.shift = b.xy;
  draw.thickness = b.z;
  draw.contrast = select(1, 1 + b.w, isSpoiled);
  draw.brightness = select(0, (c.x * 2 - 1) * settings.brightness, isSpoiled);
  draw.noise = select(0, c.y * settings.noise, isSpoiled);
  draw.cutFrom = vec2i(left, top);
  draw.cutTo = vec2i(left + side, top + side);
  draw.isOutlined = u32(isSpoiled && decided.y < settings.outline);
  if (isSpoiled && decided.z < settings.negative) {
    let fifth = words(4, slot, DRAW_PURPOSE);
    let rows = vec2i(below(fifth.x, u32(HEIGHT + 1)), below(fifth.y, u32(HEIGHT + 1)));
    let columns = vec2i(below(fifth.z, u32(WIDTH + 1)), below(fifth.w, u32(WIDTH + 1)));
    draw.negativeFrom = vec2i(min(columns.x, columns.y), min(rows.x, rows.y));
    draw.negativeTo = vec2i(max(columns.x, columns.y), max(rows.x, rows.y));
    draw.isAround = fourth.z & 1;
  }
  let count = select(0u, u32(below(fourth.w, MOST_LINES + 1)), isSpoiled);
  draw.radii = vec4f(-9);
  for (var line = 0u; line < count; line++) {
    // Five words each, which begin anywhere in a block.
    var drawn: array<f32, 5>;
    for (var i = 0u; i < 5; i++) {
      let word = 20 + 5 * line + i;
      drawn[i] = uniform4(words(word / 4, slot, DRAW_PURPOSE))[word & 3];
    }
    let start = vec2f(drawn[0] * f32(WIDTH), drawn[1] * f32(HEIGHT));
    let goal = vec2f(drawn[2] * f32(WIDTH), drawn[3] * f32(HEIGHT));
    draw.lines[line] = vec4f(start, goal - start);
    draw.radii[line] = 0.3 + (1.2 - 0.3) * drawn[4];
  }
  draws[slot] = draw;
}

/// Two points of a field, whose four coordinates are one block of random words.
@compute @workgroup_size(64)
fn drawFields(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 64 + id.x;
  let blocks = (POINTS + 1) / 2;
  if (i >= IMAGES * blocks) { return; }
  let slot = i / blocks;
  let block = i % blocks;
  let moved = (uniform4(words(block, slot, FIELD_PURPOSE)) * 2 - 1) * settings.elastic;
  let at = slot * POINTS + 2 * block;
  field[at] = moved.xy;
  if (2 * block + 1 < POINTS) { field[at + 1] = moved.zw; }
}

/// Weights of the four points around a place, `t` of the way from the second to the third.
fn splineWeights(t: f32) -> vec4f {
  let s = 1 - t;
  return vec4f(s * s * s / 6, (t / 2 - 1) * t * t + 2.0 / 3.0, (s / 2 - 1) * s * s + 2.0 / 3.0, t * t * t / 6);
}

fn displacement(slot: u32, row: i32, column: i32) -> vec2f {
  let down = splineWeights(f32(row % SPACING) / f32(SPACING));
  let across = splineWeights(f32(column % SPACING) / f32(SPACING));
  let first = slot * POINTS + u32(row / SPACING) * COLUMNS + u32(column / SPACING);
  var sum = vec2f(0);
  for (var i = 0u; i < 4; i++) {
    let at = first + i * COLUMNS;
    sum += down[i] * (across.x * field[at] + across.y * field[at + 1] + across.z * field[at + 2] + across.w * field[at + 3]);
  }
  return sum;
}

/// A value of the picture that begins at byte `start`, or paper beside it.
fn look(start: u32, row: i32, column: i32, channel: i32) -> f32 {
  if (row < 0 || row >= HEIGHT || column < 0 || column >= WIDTH) { return 0; }
  let at = start + u32((row * WIDTH + column) * CHANNELS + channel);
  return f32((pictures[at >> 2] >> (8 * (at & 3))) & 255) / 255;
}

fn thickened(start: u32, row: i32, column: i32, channel: i32, thickness: f32, isOutlined: bool) -> f32 {
  let value = look(start, row, column, channel);
  if (!HAS_THICKNESS || row < 0 || row >= HEIGHT || column < 0 || column >= WIDTH) { return value; }
  let above = look(start, row - 1, column, channel);
  let under = look(start, row + 1, column, channel);
  let left = look(start, row, column - 1, channel);
  let right = look(start, row, column + 1, channel);
  let largest = max(value, max(max(above, under), max(left, right)));
  let smallest = min(value, min(min(above, under), min(left, right)));
  if (isOutlined) { return largest - smallest; }
  return value + abs(thickness) * (select(smallest, largest, thickness > 0) - value);
}

/// How much of the pixel whose middle is at `here` a line covers.
fn inkOf(line: vec4f, radius: f32, here: vec2f) -> f32 {
  let away = here - line.xy;
  let share = clamp(dot(away, line.zw) / max(dot(line.zw, line.zw), 1e-20), 0, 1);
  return clamp(radius + 0.5 - distance(away, share * line.zw), 0, 1);
}

@compute @workgroup_size(64)
fn augment(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 64 + id.x;
  let size = u32(HEIGHT * WIDTH * CHANNELS);
  if (i >= IMAGES * size) { return; }
  let slot = i / size;
  let inside = i % size;
  let channel = i32(inside) % CHANNELS;
  let pixel = i32(inside) / CHANNELS;
  let row = pixel / WIDTH;
  let column = pixel % WIDTH;
  let draw = draws[slot];
  let centre = vec2f(f32(WIDTH - 1), f32(HEIGHT - 1)) / 2;
  var place = draw.matrix * (vec2f(f32(column), f32(row)) - centre) + centre + draw.shift;
  if (HAS_FIELD) { place += displacement(slot, row, column); }
  let corner = vec2i(floor(place));
  let part = place - floor(place);
  let start = indices[slot] * size;
  let topLeft = thickened(start, corner.y, corner.x, channel, draw.thickness, draw.isOutlined == 1);
  let topRight = thickened(start, corner.y, corner.x + 1, channel, draw.thickness, draw.isOutlined == 1);
  let bottomLeft = thickened(start, corner.y + 1, corner.x, channel, draw.thickness, draw.isOutlined == 1);
  let bottomRight = thickened(start, corner.y + 1, corner.x + 1, channel, draw.thickness, draw.isOutlined == 1);
  var value = mix(mix(topLeft, topRight, part.x), mix(bottomLeft, bottomRight, part.x), part.y);
  for (var line = 0u; line < MOST_LINES; line++) {
    value = max(value, inkOf(draw.lines[line], draw.radii[line], vec2f(f32(column), f32(row)) + 0.5));
  }
  if (HAS_SHADE) {
    var disturbance = 0.0;
    if (HAS_NOISE) {
      let word = words(inside / 4, slot, NOISE_PURPOSE)[inside & 3];
      let sum = (word & 255) + ((word >> 8) & 255) + ((word >> 16) & 255) + (word >> 24);
      disturbance = draw.noise * (f32(sum) - 510);
    }
    value = clamp((value - 0.5) * draw.contrast + 0.5 + draw.brightness + disturbance, 0, 1);
  }
  let here = vec2i(column, row);
  if (HAS_NEGATIVE) {
    let isWithin = all(here >= draw.negativeFrom) && all(here < draw.negativeTo);
    if (isWithin != (draw.isAround == 1)) { value = 1 - value; }
  }
  if (all(here >= draw.cutFrom) && all(here < draw.cutTo)) { value = 0; }
  y[i] = value * settings.factor + settings.offset;
}
