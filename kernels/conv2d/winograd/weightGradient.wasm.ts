/**
 * The gradient of the weights of a 3×3 convolution by Winograd's algorithm: the transpose of the forward pass.
 *
 * dweight = Gᵀ (Σ V ⊙ (A dy Aᵀ)) G, where V = Bᵀ d B as in the forward pass and the sum is over all tiles: 36 matrix
 * products [channels, tiles] × [tiles, filters]. Each worker has sums of its own, added up afterwards.
 */
import { outerPanels } from '../../gemm/wasm';
import { addRows } from '../pictures.wasm';
import { listRows, PLANES, SIDE, writePlanes } from './planes.wasm';
import { weightGradientLines } from './transforms.generated.wasm';

/**
 * Adds up V ⊗ (A dy Aᵀ) over this worker's strips into its own sums, at partials + part · partialStride: for each of
 * the 36 planes `channels` rows of whole panels, and after them one row of bias sums, which is left at zero without
 * `useBias`. Scratch of each worker, at the offsets given: rows of planes; offsets of channels; a line of zeros; lines
 * of V's and of dy's strips, each set with so many bytes from line to line; planes of V and of A dy Aᵀ, each with so
 * many bytes from plane to plane. Units are strips.
 */
export function winogradWeightGradient(
  x: usize,
  height: i32,
  width: i32,
  channels: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
  dy: usize,
  filters: i32,
  useBias: i32,
  tile: i32,
  block: i32,
  partials: usize,
  partialStride: usize,
  partialRow: usize,
  scratch: usize,
  scratchStride: usize,
  offsetsOffset: usize,
  zerosOffset: usize,
  zerosBytes: usize,
  inputLines: usize,
  inputLine: usize,
  gradientLines: usize,
  gradientLine: usize,
  inputPlanes: usize,
  inputPlane: usize,
  gradientPlanes: usize,
  gradientPlane: usize,
  begin: i32,
  end: i32,
  part: i32,
): void {
  const rows = scratch + <usize>part * scratchStride;
  const offsets = rows + offsetsOffset;
  const zeros = rows + zerosOffset;
  const sums = partials + <usize>part * partialStride;
  const sumsPlane = <usize>channels * partialRow;
  const tilesHigh = (outHeight + 3) >> 2;
  const tilesWide = (outWidth + 3) >> 2;
  memory.fill(sums, 0, PLANES * sumsPlane + partialRow);
  memory.fill(zeros, 0, zerosBytes);
  memory.fill(rows + inputLines, 0, SIDE * inputLine);
  memory.fill(rows + gradientLines, 0, SIDE * gradientLine);
  for (let c = 0; c < channels; c++) store<u32>(offsets + ((<usize>c) << 2), <u32>(c << 2));
  for (let first = begin; first < end; first += block) {
    const count = min(block, end - first);
    const tiles = count * tilesWide;
    writePlanes(
      false,
      x,
      height,
      width,
      channels,
      top,
      left,
      tilesHigh,
      tilesWide,
      first,
      count,
      zeros,
      rows + inputLines,
      inputLine,
      rows + inputPlanes,
      inputPlane,
    );
    writePlanes(
      true,
      dy,
      outHeight,
      outWidth,
      filters,
      0,
      0,
      tilesHigh,
      tilesWide,
      first,
      count,
      zeros,
      rows + gradientLines,
      gradientLine,
      rows + gradientPlanes,
      gradientPlane,
    );
    for (let plane: usize = 0; plane < PLANES; plane++) {
      listRows(rows, rows + inputPlanes + plane * inputPlane, tiles, (<usize>channels) << 2);
      outerPanels(
        tile,
        rows,
        tiles,
        offsets,
        channels,
        rows + gradientPlanes + plane * gradientPlane,
        filters,
        sums + plane * sumsPlane,
        partialRow,
      );
    }
    if (!useBias) continue;
    for (let strip = first; strip < first + count; strip++) {
      const row = 4 * (strip % tilesHigh);
      const pixels = ((strip / tilesHigh) * outHeight + row) * outWidth;
      const from = dy + ((<usize>(pixels * filters)) << 2);
      addRows(
        from,
        (<usize>filters) << 2,
        min(4, outHeight - row) * outWidth,
        filters,
        sums + PLANES * sumsPlane,
      );
    }
  }
}

/**
 * dweight = Gᵀ (Σ of all workers' sums) G, and dbias (0: none). The first worker's sums are lost. Units are channels,
 * and one for the biases.
 */
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
  const bytes = (<usize>filters) << 2;
  const tap = <usize>channels * bytes;
  for (let channel = begin; channel < end; channel++) {
    if (channel === channels) {
      if (dbias === 0) continue;
      const sums = partials + PLANES * plane;
      addParts(sums, bytes, partialStride, parts);
      memory.copy(dbias, sums, bytes);
      continue;
    }
    const sums = partials + <usize>channel * partialRow;
    for (let i: usize = 0; i < PLANES; i++) addParts(sums + i * plane, bytes, partialStride, parts);
    // Three rows of the result take the place of the first three.
    for (let column: usize = 0; column < SIDE; column++) {
      weightGradient(sums + column * plane, SIDE * plane, bytes, sums + column * plane, SIDE * plane);
    }
    for (let ky: usize = 0; ky < 3; ky++) {
      const target = dweight + 3 * ky * tap + <usize>channel * bytes;
      weightGradient(sums + SIDE * ky * plane, plane, bytes, target, tap);
    }
  }
}

/** Adds to the first worker's sums those of all others. */
function addParts(sums: usize, bytes: usize, stride: usize, parts: i32): void {
  for (let part = 1; part < parts; part++) {
    const other = sums + <usize>part * stride;
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(sums + i, f32x4.add(v128.load(sums + i), v128.load(other + i)));
    }
  }
}

function weightGradient(from: usize, step: usize, bytes: usize, target: usize, targetStep: usize): void {
  weightGradientLines(
    from,
    from + step,
    from + 2 * step,
    from + 3 * step,
    from + 4 * step,
    from + 5 * step,
    bytes,
    target,
    targetStep,
  );
}
