/**
 * Convolution without an im2col matrix: see reference.ts for what it computes.
 *
 * A few pictures at a time are copied into scratch memory with their border of zeros, where a window never has to
 * ask whether it lies outside. There the windows of neighbouring output pixels are plain addresses, so a table of
 * them is all that the register tiles of kernels/gemm need. One row of a window, kernelWidth × channels floats, is
 * contiguous; a window is kernelHeight such segments.
 *
 * The gradient of the input is a convolution too: of dy, spread apart by the stride, with the reversed kernel.
 * The gradient of the weights is a sum over all windows; each worker has a sum of its own, added up afterwards.
 */
import { outerPanels, rowsTimesPanels } from '../gemm/wasm';
import { addRows, copyWithBorder, poolFours } from './pictures.wasm';

export * from './singleChannel/rows.wasm';
export * from './singleChannel/weightGradient.wasm';
export * from './trimmed.wasm';
export * from './winograd/lines.wasm';
export * from './winograd/rows.wasm';
export * from './winograd/weightGradient.wasm';
export * from './winograd/weights.wasm';

/** Writes the address of every window of `images` pictures to `rows`. */
function listWindows(
  rows: usize,
  x: usize,
  images: i32,
  imageBytes: usize,
  outHeight: i32,
  outWidth: i32,
  rowStep: usize,
  columnStep: usize,
): void {
  for (let n = 0; n < images; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      let window = x + <usize>n * imageBytes + <usize>oy * rowStep;
      for (let ox = 0; ox < outWidth; ox++) {
        store<u32>(rows, <u32>window);
        window += columnStep;
        rows += 4;
      }
    }
  }
}

/** Writes the address of every window that pooling by 2×2 keeps to `rows`, the four of a pooled pixel together. */
function listPooledWindows(
  rows: usize,
  x: usize,
  images: i32,
  imageBytes: usize,
  pooledHeight: i32,
  pooledWidth: i32,
  rowStep: usize,
  columnStep: usize,
): void {
  for (let n = 0; n < images; n++) {
    for (let py = 0; py < pooledHeight; py++) {
      let window = x + <usize>n * imageBytes + <usize>(2 * py) * rowStep;
      for (let px = 0; px < pooledWidth; px++) {
        store<u32>(rows, <u32>window);
        store<u32>(rows, <u32>(window + columnStep), 4);
        store<u32>(rows, <u32>(window + rowStep), 8);
        store<u32>(rows, <u32>(window + rowStep + columnStep), 12);
        window += 2 * columnStep;
        rows += 16;
      }
    }
  }
}

/**
 * y = convolution of x with packed weights, and no less than `floor`. The forward pass has spread 1; the gradient of the input has stride 1.
 * With a `pooledOffset`, y is the maximum over every 2×2 of that: `block` rows at a time are written there, and pooled while they are in the cache.
 * Scratch of each worker: windows, edge, pooled rows, bordered pictures, at the offsets given. Units are groups of pictures.
 */
export function conv2dRows(
  x: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  top: i32,
  left: i32,
  spreadHeight: i32,
  spreadWidth: i32,
  paddedHeight: i32,
  paddedWidth: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  outHeight: i32,
  outWidth: i32,
  panels: usize,
  floor: f32,
  y: usize,
  filters: i32,
  tile: i32,
  group: i32,
  scratch: usize,
  scratchStride: usize,
  edgeOffset: usize,
  borderOffset: usize,
  block: i32,
  pooledOffset: usize,
  begin: i32,
  end: i32,
  part: i32,
): void {
  const rows = scratch + <usize>part * scratchStride;
  const pixel = (<usize>channels) << 2;
  const bordered = borderOffset !== 0;
  const pooled = pooledOffset !== 0;
  const outPixels = pooled ? 4 * (outHeight >> 1) * (outWidth >> 1) : outHeight * outWidth;
  const yBytes = (<usize>(pooled ? outPixels >> 2 : outPixels) * <usize>filters) << 2;
  for (let first = begin * group, last = min(end * group, images); first < last; first += group) {
    const count = min(group, last - first);
    let source = x + <usize>first * <usize>(height * width) * pixel;
    if (bordered) {
      const target = rows + borderOffset;
      copyWithBorder(
        source,
        count,
        height,
        width,
        channels,
        top,
        left,
        spreadHeight,
        spreadWidth,
        paddedHeight,
        paddedWidth,
        target,
      );
      source = target;
    }
    const rowBytes = <usize>paddedWidth * pixel;
    const imageBytes = <usize>paddedHeight * rowBytes;
    const rowStep = <usize>strideHeight * rowBytes;
    const columnStep = <usize>strideWidth * pixel;
    if (pooled)
      listPooledWindows(rows, source, count, imageBytes, outHeight >> 1, outWidth >> 1, rowStep, columnStep);
    else listWindows(rows, source, count, imageBytes, outHeight, outWidth, rowStep, columnStep);
    const all = count * outPixels;
    let target = y + <usize>first * yBytes;
    for (let m = 0; m < all; m += block) {
      const here = min(block, all - m);
      rowsTimesPanels(
        tile,
        rows + ((<usize>m) << 2),
        here,
        kernelHeight,
        <usize>kernelWidth * pixel,
        rowBytes,
        panels,
        floor,
        pooled ? rows + pooledOffset : target,
        (<usize>filters) << 2,
        filters,
        rows + edgeOffset,
      );
      if (pooled) {
        poolFours(rows + pooledOffset, here >> 2, filters, target);
        target += (<usize>((here >> 2) * filters)) << 2;
      }
    }
  }
}

/**
 * Adds up x ⊗ dy over this worker's pictures into its own sum, at partials + part · partialStride: kernelHeight ·
 * kernelWidth · channels rows for the weights and one for the biases, each of whole panels.
 */
export function conv2dWeightGradient(
  x: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  top: i32,
  left: i32,
  paddedHeight: i32,
  paddedWidth: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
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
  borderOffset: usize,
  begin: i32,
  end: i32,
  part: i32,
): void {
  const rows = scratch + <usize>part * scratchStride;
  const offsets = rows + offsetsOffset;
  const sums = partials + <usize>part * partialStride;
  const pixel = (<usize>channels) << 2;
  const rowBytes = <usize>paddedWidth * pixel;
  const depth = kernelHeight * kernelWidth * channels;
  const outPixels = outHeight * outWidth;
  const biasSums = sums + <usize>depth * partialRow;
  memory.fill(sums, 0, <usize>(depth + 1) * partialRow);
  for (let ky = 0, at = offsets; ky < kernelHeight; ky++) {
    for (let i = 0; i < kernelWidth * channels; i++) {
      store<u32>(at, <u32>(<usize>ky * rowBytes + ((<usize>i) << 2)));
      at += 4;
    }
  }
  for (let first = begin * group, last = min(end * group, images); first < last; first += group) {
    const count = min(group, last - first);
    let source = x + <usize>first * <usize>(height * width) * pixel;
    if (borderOffset !== 0) {
      const target = rows + borderOffset;
      copyWithBorder(
        source,
        count,
        height,
        width,
        channels,
        top,
        left,
        1,
        1,
        paddedHeight,
        paddedWidth,
        target,
      );
      source = target;
    }
    listWindows(
      rows,
      source,
      count,
      <usize>paddedHeight * rowBytes,
      outHeight,
      outWidth,
      <usize>strideHeight * rowBytes,
      <usize>strideWidth * pixel,
    );
    const gradients = dy + ((<usize>first * <usize>(outPixels * filters)) << 2);
    // A block of windows and their gradients stays in the first-level cache while all tiles pass over it.
    for (let m = 0, all = count * outPixels; m < all; m += block) {
      const here = min(block, all - m);
      const from = gradients + ((<usize>(m * filters)) << 2);
      outerPanels(tile, rows + ((<usize>m) << 2), here, offsets, depth, from, filters, sums, partialRow);
      addRows(from, (<usize>filters) << 2, here, filters, biasSums);
    }
  }
}

/**
 * dweight and dbias (0: none) = the sum of all workers' sums. Units are rows of the weights, and one for the biases.
 */
export function conv2dAddPartials(
  partials: usize,
  partialStride: usize,
  partialRow: usize,
  parts: i32,
  depth: i32,
  columns: i32,
  dweight: usize,
  dbias: usize,
  begin: i32,
  end: i32,
): void {
  for (let row = begin; row < end; row++) {
    const target = row < depth ? dweight + ((<usize>(row * columns)) << 2) : dbias;
    if (target === 0) continue;
    const source = partials + <usize>row * partialRow;
    let column: usize = 0;
    const bytes = (<usize>columns) << 2;
    for (const whole = bytes & ~15; column < whole; column += 16) {
      let sum = f32x4.splat(0);
      for (let part = 0; part < parts; part++)
        sum = f32x4.add(sum, v128.load(source + <usize>part * partialStride + column));
      v128.store(target + column, sum);
    }
    for (; column < bytes; column += 4) {
      let sum: f32 = 0;
      for (let part = 0; part < parts; part++)
        sum += load<f32>(source + <usize>part * partialStride + column);
      store<f32>(target + column, sum);
    }
  }
}
