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
import { addRows, copyWithBorder } from './pictures.wasm';

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

/**
 * y = convolution of x with packed weights, and no less than `floor`. The forward pass has spread 1; the gradient of the input has stride 1.
 * Scratch of each worker: windows, edge, bordered pictures, at the offsets given. Units are groups of pictures.
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
  begin: i32,
  end: i32,
  part: i32,
): void {
  const rows = scratch + <usize>part * scratchStride;
  const pixel = (<usize>channels) << 2;
  const bordered = borderOffset !== 0;
  const outPixels = outHeight * outWidth;
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
    const target = y + ((<usize>first * <usize>(outPixels * filters)) << 2);
    rowsTimesPanels(
      tile,
      rows,
      count * outPixels,
      kernelHeight,
      <usize>kernelWidth * pixel,
      rowBytes,
      panels,
      floor,
      target,
      filters,
      rows + edgeOffset,
    );
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
      addRows(from, here, filters, biasSums);
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
    for (let column: usize = 0, bytes = (<usize>columns) << 2; column < bytes; column += 4) {
      let sum: f32 = 0;
      for (let part = 0; part < parts; part++)
        sum += load<f32>(source + <usize>part * partialStride + column);
      store<f32>(target + column, sum);
    }
  }
}
