/**
 * The gradient of the weights of a convolution of pictures with one channel and stride 1.
 *
 * The sums for several rows of the kernel and eight filters stay in registers over a block of lines, whose share of
 * dy stays in the first-level cache while all rows and filters pass over it. See generate.ts for the tiles.
 */
import { copyWithBorder } from '../pictures.wasm';
import {
  singleChannelGradient_1x3,
  singleChannelGradient_1x5,
  singleChannelGradient_2x5,
  singleChannelGradient_3x3,
} from './tiles.generated.wasm';

/** Filters that a tile holds. */
const COLUMNS: usize = 8;

/**
 * Adds up x ⊗ dy over this worker's pictures into its own sum, at partials + part · partialStride: kernelHeight ·
 * kernelWidth rows for the weights and one for the biases. kernelWidth is 3 or 5, and `kernelRows` what a tile takes
 * at once. Scratch of each worker: a row for sums that are not wanted, and at `borderOffset` (0: none needed) a
 * bordered picture. Units are pictures.
 */
export function conv2dSingleChannelWeightGradient(
  x: usize,
  height: i32,
  width: i32,
  top: i32,
  left: i32,
  paddedHeight: i32,
  paddedWidth: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  outHeight: i32,
  outWidth: i32,
  dy: usize,
  filters: i32,
  kernelRows: i32,
  blockLines: i32,
  partials: usize,
  partialStride: usize,
  scratch: usize,
  scratchStride: usize,
  borderOffset: usize,
  begin: i32,
  end: i32,
  part: i32,
): void {
  const unwanted = scratch + <usize>part * scratchStride;
  const bordered = unwanted + borderOffset;
  const sums = partials + <usize>part * partialStride;
  const rowBytes = (<usize>paddedWidth) << 2;
  const dyStride = (<usize>filters) << 2;
  const lineBytes = <usize>outWidth * dyStride;
  const kernelRowSums = <usize>kernelWidth * dyStride;
  const biasSums = sums + <usize>kernelHeight * kernelRowSums;
  memory.fill(sums, 0, <usize>kernelHeight * kernelRowSums + dyStride);
  let gradients = dy + <usize>(begin * outHeight) * lineBytes;
  for (let n = begin; n < end; n++) {
    let source = x + ((<usize>(n * height * width)) << 2);
    if (borderOffset !== 0) {
      copyWithBorder(source, 1, height, width, 1, top, left, 1, 1, paddedHeight, paddedWidth, bordered);
      source = bordered;
    }
    for (let line = 0; line < outHeight; line += blockLines) {
      const lines = min(blockLines, outHeight - line);
      const from = source + <usize>line * rowBytes;
      for (let at: usize = 0; at < dyStride; at += COLUMNS << 2) {
        for (let ky = 0; ky < kernelHeight; ) {
          const bias = ky === 0 ? biasSums + at : unwanted;
          const window = from + <usize>ky * rowBytes;
          const target = sums + <usize>ky * kernelRowSums + at;
          const several = ky + kernelRows <= kernelHeight && kernelRows > 1;
          if (kernelWidth === 3) {
            if (several)
              singleChannelGradient_3x3(
                window,
                lines,
                outWidth,
                rowBytes,
                gradients + at,
                dyStride,
                target,
                dyStride,
                bias,
              );
            else
              singleChannelGradient_1x3(
                window,
                lines,
                outWidth,
                rowBytes,
                gradients + at,
                dyStride,
                target,
                dyStride,
                bias,
              );
          } else if (several)
            singleChannelGradient_2x5(
              window,
              lines,
              outWidth,
              rowBytes,
              gradients + at,
              dyStride,
              target,
              dyStride,
              bias,
            );
          else
            singleChannelGradient_1x5(
              window,
              lines,
              outWidth,
              rowBytes,
              gradients + at,
              dyStride,
              target,
              dyStride,
              bias,
            );
          ky += several ? kernelRows : 1;
        }
      }
      gradients += <usize>lines * lineBytes;
    }
  }
}
