/**
 * 3×3 convolution with fewer multiplications: Winograd's F(2×2, 3×3).
 *
 * Four neighbouring outputs of a 3×3 convolution need 36 products; after a linear transform of the 4×4 inputs under
 * them (V = Bᵀ d B) and of the weights (U = G g Gᵀ) sixteen suffice, and y = Aᵀ (U ⊙ V) A. Summed over channels, each
 * of the sixteen is a matrix product of its own, [tiles, channels] × [channels, filters], for the same register tiles
 * as any other. The transforms only add and halve, so that little accuracy is lost. The gradient of the input is such
 * a convolution itself; that of the weights is the transpose of the forward pass, Gᵀ (Σ V ⊙ (A dy Aᵀ)) G.
 *
 * Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016, section 4.1.
 *
 * Channels and filters are multiples of eight. Tiles are taken in blocks that stay in the second-level cache from
 * transform to transform.
 */
import { outerPanels, rowsTimesPanels } from '../gemm/wasm';
import { addRows, copyWithBorder } from './pictures.wasm';
import { winogradGradient, winogradInput, winogradOutput } from './winograd.generated.wasm';

/** Products of a tile, each a plane of its own. */
const PLANES: usize = 16;

/**
 * U = G g Gᵀ of all weights, packed into panels as rowsTimesPanels reads them, without biases, for each of the sixteen
 * planes. weight is [3, 3, channels, filters]; rows of the result are channels and columns filters, or, `reversed`
 * for the gradient of the input, rows filters and columns channels, with the taps turned round. `biases` becomes a copy
 * of `bias` or, where that is 0, zeros. Units are panels.
 */
export function winogradPack(
  weight: usize,
  channels: i32,
  filters: i32,
  reversed: i32,
  panelColumns: i32,
  panels: usize,
  planeBytes: usize,
  bias: usize,
  biases: usize,
  begin: i32,
  end: i32,
): void {
  const rows = reversed ? filters : channels;
  const columns = reversed ? channels : filters;
  const rowStep = (<usize>(reversed ? 1 : filters)) << 2;
  const columnStep = (<usize>(reversed ? filters : 1)) << 2;
  const tapStep = (<usize>(channels * filters)) << 2;
  const width = (<usize>panelColumns) << 2;
  const panelBytes = <usize>(rows + 1) * width;
  for (let panel = begin; panel < end; panel++) {
    const first = panel * panelColumns;
    const target = panels + <usize>panel * panelBytes;
    const count = (<usize>min(panelColumns, columns - first)) << 2;
    const biasOffset = (<usize>first) << 2;
    if (bias === 0) memory.fill(biases + biasOffset, 0, count);
    else memory.copy(biases + biasOffset, bias + biasOffset, count);
    for (let plane: usize = 0; plane < PLANES; plane++)
      memory.fill(target + plane * planeBytes, 0, panelBytes);
    for (let row = 0; row < rows; row++) {
      let to = target + <usize>(row + 1) * width;
      for (let column = first, last = min(columns, first + panelColumns); column < last; column++, to += 4) {
        const from = weight + <usize>row * rowStep + <usize>column * columnStep;
        packOne(reversed ? from + 8 * tapStep : from, reversed ? 0 - tapStep : tapStep, to, planeBytes);
      }
    }
  }
}

/**
 * Folds a batch norm with running statistics into packed U and biases, as foldBatchNorm does. Units are panels.
 */
export function winogradFold(
  panels: usize,
  planeBytes: usize,
  rows: i32,
  columns: i32,
  panelColumns: i32,
  biases: usize,
  gamma: usize,
  beta: usize,
  runningMean: usize,
  runningVariance: usize,
  epsilon: f64,
  begin: i32,
  end: i32,
): void {
  const width = (<usize>panelColumns) << 2;
  for (let panel = begin; panel < end; panel++) {
    const first = panel * panelColumns;
    for (let i = 0, count = min(panelColumns, columns - first); i < count; i++) {
      const at = (<usize>(first + i)) << 2;
      const scale = <f64>load<f32>(gamma + at) / sqrt<f64>(<f64>load<f32>(runningVariance + at) + epsilon);
      const centred = <f64>load<f32>(biases + at) - <f64>load<f32>(runningMean + at);
      store<f32>(biases + at, <f32>(centred * scale + <f64>load<f32>(beta + at)));
      for (let plane: usize = 0; plane < PLANES; plane++) {
        let target =
          panels + plane * planeBytes + <usize>panel * <usize>(rows + 1) * width + ((<usize>i) << 2);
        for (let row = 0; row < rows; row++) {
          target += width;
          store<f32>(target, <f32>(<f64>load<f32>(target) * scale));
        }
      }
    }
  }
}

/** G g Gᵀ of one 3×3 kernel, whose taps are `step` apart. */
function packOne(from: usize, step: usize, to: usize, plane: usize): void {
  for (let i: usize = 0; i < 4; i++, to += 4 * plane) {
    const a = rowOfG(i, from, 3 * step);
    const b = rowOfG(i, from + step, 3 * step);
    const c = rowOfG(i, from + 2 * step, 3 * step);
    store<f32>(to, a);
    store<f32>(to + plane, 0.5 * (a + b + c));
    store<f32>(to + 2 * plane, 0.5 * (a - b + c));
    store<f32>(to + 3 * plane, c);
  }
}

/** Row i of G, (1 0 0), (½ ½ ½), (½ −½ ½) or (0 0 1), times the column of three values `step` apart. */
function rowOfG(i: usize, from: usize, step: usize): f32 {
  const a = load<f32>(from);
  const b = load<f32>(from + step);
  const c = load<f32>(from + 2 * step);
  if (i === 0) return a;
  if (i === 1) return 0.5 * (a + b + c);
  if (i === 2) return 0.5 * (a - b + c);
  return c;
}

/** Writes V of tiles first…first + count of the bordered pictures at `source` to planes of `count` rows. */
function transformInput(
  source: usize,
  first: i32,
  count: i32,
  tilesHigh: i32,
  tilesWide: i32,
  channels: i32,
  target: usize,
  plane: usize,
): void {
  const pixel = (<usize>channels) << 2;
  const line = <usize>(2 * tilesWide + 2) * pixel;
  const picture = <usize>(2 * tilesHigh + 2) * line;
  const perPicture = tilesHigh * tilesWide;
  for (let i = first; i < first + count; i++, target += pixel) {
    const inside = i % perPicture;
    const row = source + <usize>(i / perPicture) * picture + <usize>(2 * (inside / tilesWide)) * line;
    const corner = row + <usize>(2 * (inside % tilesWide)) * pixel;
    winogradInput(corner, corner + line, corner + 2 * line, corner + 3 * line, pixel, target, plane);
  }
}

/** Lists the rows of one plane, `bytes` apart. */
function listRows(rows: usize, plane: usize, count: i32, bytes: usize): void {
  for (let i = 0; i < count; i++, rows += 4, plane += bytes) store<u32>(rows, <u32>plane);
}

/**
 * y = 3×3 convolution of x with packed U, plus bias (address of filters floats), no less than `floor`. Scratch of
 * each worker: rows, edge, planes of V, planes of M, a place for outputs beside the picture, and bordered pictures,
 * at the offsets given. Units are groups of pictures.
 */
export function winogradRows(
  x: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
  panels: usize,
  panelPlane: usize,
  bias: usize,
  floor: f32,
  y: usize,
  filters: i32,
  tile: i32,
  group: i32,
  block: i32,
  scratch: usize,
  scratchStride: usize,
  edgeOffset: usize,
  inputOffset: usize,
  outputOffset: usize,
  spareOffset: usize,
  borderOffset: usize,
  begin: i32,
  end: i32,
  part: i32,
): void {
  const rows = scratch + <usize>part * scratchStride;
  const source = rows + borderOffset;
  const pixel = (<usize>channels) << 2;
  const outPixel = (<usize>filters) << 2;
  const tilesHigh = (outHeight + 1) >> 1;
  const tilesWide = (outWidth + 1) >> 1;
  const perPicture = tilesHigh * tilesWide;
  const inputPlane = <usize>block * pixel;
  const outputPlane = <usize>block * outPixel;
  for (let first = begin * group, last = min(end * group, images); first < last; first += group) {
    const pictures = min(group, last - first);
    const from = x + <usize>first * <usize>(height * width) * pixel;
    const paddedHeight = 2 * tilesHigh + 2;
    const paddedWidth = 2 * tilesWide + 2;
    copyWithBorder(
      from,
      pictures,
      height,
      width,
      channels,
      top,
      left,
      1,
      1,
      paddedHeight,
      paddedWidth,
      source,
    );
    const results = y + <usize>first * <usize>(outHeight * outWidth) * outPixel;
    for (let t = 0, all = pictures * perPicture; t < all; t += block) {
      const count = min(block, all - t);
      transformInput(source, t, count, tilesHigh, tilesWide, channels, rows + inputOffset, inputPlane);
      for (let plane: usize = 0; plane < PLANES; plane++) {
        listRows(rows, rows + inputOffset + plane * inputPlane, count, pixel);
        const target = rows + outputOffset + plane * outputPlane;
        rowsTimesPanels(
          tile,
          rows,
          count,
          1,
          pixel,
          0,
          panels + plane * panelPlane,
          -Infinity,
          target,
          filters,
          rows + edgeOffset,
        );
      }
      for (let i = 0; i < count; i++) {
        const inside = (t + i) % perPicture;
        const row = 2 * (inside / tilesWide);
        const column = 2 * (inside % tilesWide);
        const at =
          results +
          <usize>(((t + i) / perPicture) * outHeight * outWidth + row * outWidth + column) * outPixel;
        const spare = rows + spareOffset;
        const right = column + 1 < outWidth;
        const below = row + 1 < outHeight;
        const under = at + <usize>outWidth * outPixel;
        winogradOutput(
          rows + outputOffset + <usize>i * outPixel,
          outputPlane,
          outPixel,
          bias,
          floor,
          at,
          right ? at + outPixel : spare,
          below ? under : spare,
          right && below ? under + outPixel : spare,
        );
      }
    }
  }
}

/**
 * Adds up V ⊗ (A dy Aᵀ) over this worker's pictures into its own sums, at partials + part · partialStride: for each of
 * the sixteen planes `channels` rows of whole panels, and after them one row of bias sums.
 */
export function winogradWeightGradient(
  x: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
  dy: usize,
  filters: i32,
  tile: i32,
  group: i32,
  block: i32,
  partials: usize,
  partialStride: usize,
  partialRow: usize,
  scratch: usize,
  scratchStride: usize,
  offsetsOffset: usize,
  inputOffset: usize,
  gradientOffset: usize,
  zerosOffset: usize,
  borderOffset: usize,
  begin: i32,
  end: i32,
  part: i32,
): void {
  const rows = scratch + <usize>part * scratchStride;
  const source = rows + borderOffset;
  const offsets = rows + offsetsOffset;
  const zeros = rows + zerosOffset;
  const sums = partials + <usize>part * partialStride;
  const sumsPlane = <usize>channels * partialRow;
  const pixel = (<usize>channels) << 2;
  const outPixel = (<usize>filters) << 2;
  const tilesHigh = (outHeight + 1) >> 1;
  const tilesWide = (outWidth + 1) >> 1;
  const perPicture = tilesHigh * tilesWide;
  const inputPlane = <usize>block * pixel;
  const gradientPlane = <usize>block * outPixel;
  memory.fill(sums, 0, PLANES * sumsPlane + partialRow);
  memory.fill(zeros, 0, outPixel);
  for (let c = 0; c < channels; c++) store<u32>(offsets + ((<usize>c) << 2), <u32>(c << 2));
  for (let first = begin * group, last = min(end * group, images); first < last; first += group) {
    const pictures = min(group, last - first);
    const from = x + <usize>first * <usize>(height * width) * pixel;
    const paddedHeight = 2 * tilesHigh + 2;
    const paddedWidth = 2 * tilesWide + 2;
    copyWithBorder(
      from,
      pictures,
      height,
      width,
      channels,
      top,
      left,
      1,
      1,
      paddedHeight,
      paddedWidth,
      source,
    );
    const gradients = dy + <usize>first * <usize>(outHeight * outWidth) * outPixel;
    addRows(gradients, pictures * outHeight * outWidth, filters, sums + PLANES * sumsPlane);
    for (let t = 0, all = pictures * perPicture; t < all; t += block) {
      const count = min(block, all - t);
      transformInput(source, t, count, tilesHigh, tilesWide, channels, rows + inputOffset, inputPlane);
      for (let i = 0; i < count; i++) {
        const inside = (t + i) % perPicture;
        const row = 2 * (inside / tilesWide);
        const column = 2 * (inside % tilesWide);
        const at =
          gradients +
          <usize>(((t + i) / perPicture) * outHeight * outWidth + row * outWidth + column) * outPixel;
        const right = column + 1 < outWidth;
        const below = row + 1 < outHeight;
        const under = at + <usize>outWidth * outPixel;
        winogradGradient(
          at,
          right ? at + outPixel : zeros,
          below ? under : zeros,
          right && below ? under + outPixel : zeros,
          outPixel,
          rows + gradientOffset + <usize>i * outPixel,
          gradientPlane,
        );
      }
      for (let plane: usize = 0; plane < PLANES; plane++) {
        listRows(rows, rows + inputOffset + plane * inputPlane, count, pixel);
        const from = rows + gradientOffset + plane * gradientPlane;
        outerPanels(
          tile,
          rows,
          count,
          offsets,
          channels,
          from,
          filters,
          sums + plane * sumsPlane,
          partialRow,
        );
      }
    }
  }
}

/** dweight = Gᵀ (Σ of all workers' sums) G, and dbias (0: none). Units are channels, and one for the biases. */
export function winogradAddPartials(
  partials: usize,
  partialStride: usize,
  partialRow: usize,
  parts: i32,
  channels: i32,
  filters: i32,
  dweight: usize,
  dbias: usize,
  begin: i32,
  end: i32,
): void {
  const plane = <usize>channels * partialRow;
  const tap = (<usize>(channels * filters)) << 2;
  for (let c = begin; c < end; c++) {
    if (c === channels) {
      if (dbias === 0) continue;
      for (let f: usize = 0, bytes = (<usize>filters) << 2; f < bytes; f += 16) {
        v128.store(dbias + f, sumOfParts(partials + PLANES * plane + f, partialStride, parts));
      }
      continue;
    }
    for (let f: usize = 0, bytes = (<usize>filters) << 2; f < bytes; f += 16) {
      const from = partials + <usize>c * partialRow + f;
      const target = dweight + (((<usize>(c * filters)) << 2) + f);
      addTile(from, plane, partialStride, parts, target, tap);
    }
  }
}

function sumOfParts(from: usize, stride: usize, parts: i32): v128 {
  let sum = v128.load(from);
  for (let part = 1; part < parts; part++) sum = f32x4.add(sum, v128.load(from + <usize>part * stride));
  return sum;
}

/** Gᵀ S G of one channel and four filters: column by column of S to 3×4, then row by row to 3×3. */
function addTile(from: usize, plane: usize, stride: usize, parts: i32, target: usize, tap: usize): void {
  const half = f32x4.splat(0.5);
  for (let ky: usize = 0; ky < 3; ky++) {
    const a = columnOfS(ky, from, plane, stride, parts);
    const b = columnOfS(ky, from + plane, plane, stride, parts);
    const c = columnOfS(ky, from + 2 * plane, plane, stride, parts);
    const d = columnOfS(ky, from + 3 * plane, plane, stride, parts);
    const sum = f32x4.mul(half, f32x4.add(b, c));
    v128.store(target, f32x4.add(a, sum));
    v128.store(target + tap, f32x4.mul(half, f32x4.sub(b, c)));
    v128.store(target + 2 * tap, f32x4.add(sum, d));
    target += 3 * tap;
  }
}

/** Row ky of Gᵀ, (1 ½ ½ 0), (0 ½ −½ 0) or (0 ½ ½ 1), times a column of S. */
function columnOfS(ky: usize, from: usize, plane: usize, stride: usize, parts: i32): v128 {
  const half = f32x4.splat(0.5);
  const b = sumOfParts(from + 4 * plane, stride, parts);
  const c = sumOfParts(from + 8 * plane, stride, parts);
  if (ky === 1) return f32x4.mul(half, f32x4.sub(b, c));
  const outer = sumOfParts(ky === 0 ? from : from + 12 * plane, stride, parts);
  return f32x4.add(outer, f32x4.mul(half, f32x4.add(b, c)));
}
