/**
 * The inner product behind convolutions and dense layers, as shaders:
 *
 *   c[row, column] = bias[column] + Σ over o and e of a(row, o, e) · b[o · inner + e, column]
 *
 * b and c are matrices, row after row. a is read from pictures [images, height, width × channels] through an index
 * map, `PictureMap`, so that forward pass, input gradient and weight gradient are this one product; the two loops, o
 * outside and e inside, are where the map advances cheaply. A product of few rows and columns and many terms is split
 * over o: each split gives a matrix of its own, and `webgpu.wgsl` adds them up.
 *
 * The text is generated, since the compilers in between do not unroll loops or keep arrays in registers. There are
 * two ways to write it, `lanes.ts` for graphics cards in software and `shared.ts` for real ones.
 */
import type { GpuDispatch, GpuTile, GpuTraits } from '../operation.ts';
import { fitLanes, lanesShader } from './lanes.ts';
import { sharedShader } from './shared.ts';

/**
 * Where a(row, o, e) lies. The statements of `row` declare for one row, from the names given, an `image` (its first
 * line of pictures), a `line` and a `column` (counted in values); those of `outer` declare `outerImage` and
 * `outerLine`. The value is
 *
 *   a[(image + outerImage + line + outerLine) · lineLength + column + step · e]
 *
 * and zero where line + outerLine is not in the picture or column + step · e not in its line.
 */
export interface PictureMap {
  row(row: string, names: RowNames): string;
  outer(o: string): string;
  /** Lines of a picture. */
  lines: number;
  /** Values of a line. */
  lineLength: number;
  step: number;
  /** Whether anything outside the picture is asked for. */
  bordered: boolean;
  /** So many neighbours lie beside each other, and begin at a multiple of so many: 4 or 1. */
  run: { along: 'inner' | 'row'; length: number };
  /**
   * Pictures that stand every so many lines and columns (of pixels) with zeros between: the gradient of a convolution
   * with strides. There `column` counts pixels, `outer` declares `outerColumn` as well, and a run over e stays in one
   * pixel.
   */
  spread?: { lines: number; columns: number; channels: number };
}

export interface RowNames {
  image: string;
  line: string;
  column: string;
}

export interface InnerProduct {
  kernel: string;
  rows: number;
  columns: number;
  outer: number;
  inner: number;
  a: PictureMap;
  bias?: boolean;
  /** The least value of c. */
  floor?: number;
  /** Which of the two may be rounded to half precision: inputs and weights, but no gradients, which are too small. */
  halves: { a: boolean; b: boolean };
  splits?: number;
}

/** What a tuner may try, by kind of adapter, the best guess first: it sets `device.tile` to each and times dispatches. */
export const SOFTWARE_TILES: readonly GpuTile[] = [
  { kind: 'lanes', rows: 16, columns: 4, unroll: 3 },
  { kind: 'lanes', rows: 16, columns: 4, unroll: 2 },
  { kind: 'lanes', rows: 24, columns: 4, unroll: 2 },
  { kind: 'lanes', rows: 12, columns: 4, unroll: 4 },
  { kind: 'lanes', rows: 8, columns: 4, unroll: 4 },
];

export const HARDWARE_TILES: readonly GpuTile[] = [
  { kind: 'shared', threads: [8, 16], rows: 4, columns: 4, depth: 16 },
  { kind: 'shared', threads: [16, 16], rows: 4, columns: 4, depth: 16 },
  { kind: 'shared', threads: [8, 8], rows: 4, columns: 4, depth: 16 },
  { kind: 'shared', threads: [8, 8], rows: 8, columns: 4, depth: 16 },
  { kind: 'shared', threads: [8, 8], rows: 8, columns: 8, depth: 8 },
  { kind: 'shared', threads: [8, 16], rows: 8, columns: 4, depth: 16 },
  { kind: 'shared', threads: [8, 16], rows: 4, columns: 4, depth: 32 },
];

export function tileCandidates(device: GpuTraits): readonly GpuTile[] {
  return device.isSoftware && device.subgroups && !device.halves ? SOFTWARE_TILES : HARDWARE_TILES;
}

export function chooseTile(device: GpuTraits): GpuTile {
  return device.tile ?? tileCandidates(device)[0];
}

/** Rows and columns of c that one workgroup computes. */
function workgroupTile(tile: GpuTile, product: InnerProduct): { rows: number; columns: number } {
  if (tile.kind === 'shared') {
    return { rows: tile.threads[1] * tile.rows, columns: tile.threads[0] * tile.columns };
  }
  const { rows, columns, quads } = fitLanes(product, tile);
  return { rows: quads * rows, columns: 4 * columns };
}

/** Into how many parts to divide `outer` so that every core has several workgroups to do. */
export function splitsFor(product: InnerProduct, device: GpuTraits): number {
  const tile = workgroupTile(chooseTile(device), product);
  const workgroups = Math.ceil(product.rows / tile.rows) * Math.ceil(product.columns / tile.columns);
  const wanted = device.isSoftware ? 32 : 512;
  return Math.max(1, Math.min(product.outer, Math.ceil(wanted / workgroups)));
}

/** Bindings are a, b, the bias where there is one, and c. */
export function innerProduct(
  product: InnerProduct,
  device: GpuTraits,
  bindings: readonly string[],
): GpuDispatch {
  const chosen = chooseTile(device);
  const { rows, columns } = workgroupTile(chosen, product);
  const splits = product.splits ?? 1;
  const rowGroups = Math.ceil(product.rows / rows);
  const layers = Math.ceil(rowGroups / device.limits.maxComputeWorkgroupsPerDimension);
  const groupsPerLayer = Math.ceil(rowGroups / layers);
  const code =
    chosen.kind === 'lanes'
      ? lanesShader(product, groupsPerLayer, fitLanes(product, chosen))
      : sharedShader(product, groupsPerLayer, chosen, device);
  return {
    kernel: product.kernel,
    code,
    entryPoint: 'main',
    bindings,
    workgroups: [Math.ceil(product.columns / columns), groupsPerLayer, layers * splits],
    flops: 2 * product.rows * product.columns * product.outer * product.inner,
  };
}
