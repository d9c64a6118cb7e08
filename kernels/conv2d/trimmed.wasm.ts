/**
 * Convolution that leaves out what a window has outside the picture, instead of multiplying zeros.
 *
 * The rows of a register tile are the same window in several pictures: it lacks the same taps in all of them, so that
 * one tile's inner loop is as long as what remains. Where the kernel is large beside the picture, as in the gradient
 * of a small picture through a 'valid' convolution, that is less than half of the work.
 */
import { rowsTimesPanel } from '../gemm/wasm';

/**
 * y = convolution of x with packed weights, without biases, stride 1. Scratch of each worker: addresses of a group's
 * pictures, and at `edgeOffset` room for group × the panel's columns. Units are groups of pictures.
 */
export function conv2dTrimmed(
  x: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  top: i32,
  left: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  outHeight: i32,
  outWidth: i32,
  panels: usize,
  y: usize,
  filters: i32,
  tile: i32,
  group: i32,
  scratch: usize,
  scratchStride: usize,
  edgeOffset: usize,
  begin: i32,
  end: i32,
  part: i32,
): void {
  const rows = scratch + <usize>part * scratchStride;
  const edge = rows + edgeOffset;
  const panelColumns = tile % 100;
  const panelRow = (<usize>panelColumns) << 2;
  const tapBytes = <usize>channels * panelRow;
  const panelBytes = <usize>(kernelHeight * kernelWidth) * tapBytes + panelRow;
  const pixel = (<usize>channels) << 2;
  const imageBytes = <usize>(height * width) * pixel;
  const outPixel = (<usize>filters) << 2;
  const outBytes = <usize>(outHeight * outWidth) * outPixel;
  const noFloor = reinterpret<i32>(<f32>-Infinity);
  for (let image = begin * group, last = min(end * group, images); image < last; image += group) {
    const count = min(group, last - image);
    for (let m = 0; m < count; m++) {
      store<u32>(rows + ((<usize>m) << 2), <u32>(x + <usize>(image + m) * imageBytes));
    }
    let panel = panels;
    for (let first = 0; first < filters; first += panelColumns) {
      const whole = first + panelColumns <= filters;
      let target = y + <usize>image * outBytes + ((<usize>first) << 2);
      for (let oy = 0; oy < outHeight; oy++) {
        const row = oy - top;
        const firstRow = max<i32>(0, -row);
        const tapRows = max<i32>(0, min<i32>(kernelHeight, height - row) - firstRow);
        for (let ox = 0; ox < outWidth; ox++) {
          const column = ox - left;
          const firstColumn = max<i32>(0, -column);
          const tapColumns = max<i32>(0, min<i32>(kernelWidth, width - column) - firstColumn);
          rowsTimesPanel(
            tile,
            rows,
            count,
            <usize>((row + firstRow) * width + column + firstColumn) * pixel,
            tapRows,
            <usize>tapColumns * pixel,
            <usize>width * pixel,
            panel + panelRow + <usize>(firstRow * kernelWidth + firstColumn) * tapBytes,
            <usize>(kernelWidth - tapColumns) * tapBytes,
            panel,
            0,
            noFloor,
            whole ? target : edge,
            whole ? outBytes : panelRow,
          );
          if (!whole) {
            for (let m = 0; m < count; m++) {
              copyFloats(edge + <usize>m * panelRow, target + <usize>m * outBytes, filters - first);
            }
          }
          target += outPixel;
        }
      }
      panel += panelBytes;
    }
  }
}

function copyFloats(from: usize, to: usize, count: i32): void {
  for (let i: usize = 0, bytes = (<usize>count) << 2; i < bytes; i += 4)
    store<f32>(to + i, load<f32>(from + i));
}
