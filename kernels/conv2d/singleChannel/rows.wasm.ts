/**
 * Convolutions of pictures with one channel and stride 1: see generate.ts. Pictures are copied one at a
 * time where they need a border; then line after line of windows is multiplied with all panels.
 */
import { copyWithBorder } from '../pictures.wasm';
import {
  singleChannelLine_4x8,
  singleChannelLine_6x8,
  singleChannelLine_6x16,
  singleChannelLine_12x8,
  singleChannelPooled_4x8,
  singleChannelPooled_4x16,
  singleChannelPooled_12x8,
} from './tiles.generated.wasm';

/**
 * y = convolution of x with packed weights, and no less than `floor`; with `pooled` the maximum over every 2×2 of that.
 * `outHeight` and `outWidth` are those of y. Each worker has a bordered picture in scratch, unless `scratch` is 0.
 * Units are pictures.
 */
export function conv2dSingleChannel(
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
  panels: usize,
  floor: f32,
  y: usize,
  filters: i32,
  tile: i32,
  pooled: i32,
  scratch: usize,
  scratchStride: usize,
  begin: i32,
  end: i32,
  part: i32,
): void {
  const rowBytes = (<usize>paddedWidth) << 2;
  const kernelBytes = (<usize>kernelWidth) << 2;
  const panelColumns = tile % 100;
  const panelBytes = (<usize>((kernelHeight * kernelWidth + 1) * panelColumns)) << 2;
  const yStride = (<usize>filters) << 2;
  const lineBytes = <usize>outWidth * yStride;
  const floorBits = reinterpret<i32>(floor);
  const bordered = scratch + <usize>part * scratchStride;
  let target = y + <usize>(begin * outHeight) * lineBytes;
  for (let n = begin; n < end; n++) {
    let source = x + ((<usize>(n * height * width)) << 2);
    if (scratch !== 0) {
      copyWithBorder(source, 1, height, width, 1, top, left, 1, 1, paddedHeight, paddedWidth, bordered);
      source = bordered;
    }
    for (let line = 0; line < outHeight; line++) {
      let panel = panels;
      for (let at: usize = 0; at < yStride; at += (<usize>panelColumns) << 2) {
        const run = target + at;
        if (pooled) {
          if (tile === 408)
            singleChannelPooled_4x8(
              source,
              outWidth,
              kernelHeight,
              kernelBytes,
              rowBytes,
              panel,
              floorBits,
              run,
              yStride,
            );
          else if (tile === 1208)
            singleChannelPooled_12x8(
              source,
              outWidth,
              kernelHeight,
              kernelBytes,
              rowBytes,
              panel,
              floorBits,
              run,
              yStride,
            );
          else
            singleChannelPooled_4x16(
              source,
              outWidth,
              kernelHeight,
              kernelBytes,
              rowBytes,
              panel,
              floorBits,
              run,
              yStride,
            );
        } else if (tile === 408)
          singleChannelLine_4x8(
            source,
            outWidth,
            kernelHeight,
            kernelBytes,
            rowBytes,
            panel,
            floorBits,
            run,
            yStride,
          );
        else if (tile === 608)
          singleChannelLine_6x8(
            source,
            outWidth,
            kernelHeight,
            kernelBytes,
            rowBytes,
            panel,
            floorBits,
            run,
            yStride,
          );
        else if (tile === 1208)
          singleChannelLine_12x8(
            source,
            outWidth,
            kernelHeight,
            kernelBytes,
            rowBytes,
            panel,
            floorBits,
            run,
            yStride,
          );
        else
          singleChannelLine_6x16(
            source,
            outWidth,
            kernelHeight,
            kernelBytes,
            rowBytes,
            panel,
            floorBits,
            run,
            yStride,
          );
        panel += panelBytes;
      }
      source += pooled ? 2 * rowBytes : rowBytes;
      target += lineBytes;
    }
  }
}
