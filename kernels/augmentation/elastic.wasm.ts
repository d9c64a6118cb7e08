/**
 * The elastic field: see `drawField` of draw.ts.
 *
 * Its room holds, one after the other and each from a cache line on: the displacements (x, y) of the pixels of one
 * row; those of the control points, mixed for that row; the weights of the four points around a place, each twice, for
 * every step from one point to the next; and the displacements of all points.
 */
import { PURPOSE_ELASTIC, philoxBlocks } from '../random/philox.wasm';
import { multiplyAdd } from '../vector.wasm';

function lines(bytes: usize): usize {
  return (bytes + 63) & ~63;
}

function controlPoints(size: i32, spacing: i32): i32 {
  return (size - 1) / spacing + 4;
}

function weightsOf(field: usize, width: i32, spacing: i32): usize {
  return field + lines((<usize>width) << 3) + lines((<usize>controlPoints(width, spacing)) << 3);
}

export function writeSplineWeights(field: usize, width: i32, spacing: i32): void {
  let at = weightsOf(field, width, spacing);
  for (let step = 0; step < spacing; step++, at += 32) {
    const t = <f32>step / <f32>spacing;
    const rest = <f32>1 - t;
    storeTwice(at, outer(rest));
    storeTwice(at + 8, inner(t));
    storeTwice(at + 16, inner(rest));
    storeTwice(at + 24, outer(t));
  }
}

function outer(t: f32): f32 {
  return (t * t * t) / 6;
}

function inner(t: f32): f32 {
  return (<f32>0.5 * t - 1) * t * t + <f32>(2.0 / 3);
}

function storeTwice(at: usize, value: f32): void {
  store<f32>(at, value);
  store<f32>(at, value, 4);
}

/** Displacements of all control points. */
export function drawField(
  field: usize,
  height: i32,
  width: i32,
  spacing: i32,
  elastic: f32,
  random: usize,
  slot: i32,
): void {
  const points = weightsOf(field, width, spacing) + ((<usize>spacing) << 5);
  const count = 2 * controlPoints(height, spacing) * controlPoints(width, spacing);
  const unit = f32x4.splat(elastic * <f32>(1.0 / 8388608));
  const least = f32x4.splat(-elastic);
  for (let i = 0; i < count; i += 16) {
    const at = points + ((<usize>i) << 2);
    philoxBlocks(at, random, i >> 2, slot, PURPOSE_ELASTIC);
    for (let j: usize = 0; j < 64; j += 16) {
      const numbers = f32x4.convert_i32x4_u(i32x4.shr_u(v128.load(at + j), 8));
      v128.store(at + j, multiplyAdd(numbers, unit, least));
    }
  }
}

/** Displacements of the pixels of one row. */
export function displaceRow(field: usize, width: i32, spacing: i32, row: i32): void {
  const columns = controlPoints(width, spacing);
  const mixed = field + lines((<usize>width) << 3);
  const weights = weightsOf(field, width, spacing);
  const line = (<usize>columns) << 3;
  const points = weights + ((<usize>spacing) << 5) + <usize>(row / spacing) * line;
  const own = weights + ((<usize>(row % spacing)) << 5);
  const weight0 = v128.load32_splat(own);
  const weight1 = v128.load32_splat(own, 8);
  const weight2 = v128.load32_splat(own, 16);
  const weight3 = v128.load32_splat(own, 24);
  for (let i: usize = 0; i < line; i += 16) {
    const at = points + i;
    let sum = f32x4.mul(weight0, v128.load(at));
    sum = multiplyAdd(weight1, v128.load(at + line), sum);
    sum = multiplyAdd(weight2, v128.load(at + 2 * line), sum);
    sum = multiplyAdd(weight3, v128.load(at + 3 * line), sum);
    v128.store(mixed + i, sum);
  }
  let step = 0;
  let from = mixed;
  for (let column = 0; column < width; column++) {
    const at = weights + ((<usize>step) << 5);
    const pairs = multiplyAdd(
      v128.load(at),
      v128.load(from),
      f32x4.mul(v128.load(at, 16), v128.load(from, 16)),
    );
    const sum = f32x4.add(pairs, v128.shuffle<u64>(pairs, pairs, 1, 1));
    v128.store64_lane(field + ((<usize>column) << 3), sum, 0);
    step++;
    if (step === spacing) {
      step = 0;
      from += 8;
    }
  }
}
