/**
 * Convolution as shaders: forward pass and both gradients are inner products that read pictures in place (implicit
 * GEMM), without writing out the matrix of windows.
 *
 * In NHWC the values under one row of the kernel, all columns and channels of it, lie beside each other. So the sum of
 *
 * - the forward pass goes over the kernel's rows outside, and over this run of columns × channels inside; rows of the
 *   matrix are output pixels, and the weights, HWIO, are the other matrix as they are;
 * - the gradient of the input is the forward pass over dy with flipped weights, whose channels and filters have
 *   changed places; a stride puts zeros between the values of dy;
 * - the gradient of the weights goes over lines of output pictures outside, in several parts, and over the pixels of a
 *   line inside; rows of the matrix are weights of one filter, and dy is the other matrix as it is.
 */
import { type InnerProduct, innerProduct, type PictureMap, splitsFor } from '../gemm/webgpu.ts';
import { type GpuCall, type GpuDispatch, type GpuTraits, sizeOf } from '../operation.ts';
import { dispatchPool } from '../pool/webgpu.ts';
import { SHADERS } from '../shaders.generated.ts';
import type { FoldedAttributes } from './folded.ts';
import { poolGeometry } from './pooled.ts';
import type { Conv2dGeometry } from './reference.ts';

export function gpuForward<A>(call: GpuCall<A>, geometry: Conv2dGeometry): GpuDispatch[] {
  const bias = call.has('bias') ? ['bias'] : [];
  return forward('conv2dForward', geometry, call.device, ['x', 'weight', ...bias, 'y']);
}

/** With what stands behind the convolution folded into weights, bias and floor. */
export function gpuFoldedForward<A>(
  call: GpuCall<FoldedAttributes<A>>,
  geometry: Conv2dGeometry,
): GpuDispatch[] {
  if (!call.attributes.pool) return foldedForward(call, geometry, 'y');
  const { batch, outHeight, outWidth, filters } = geometry;
  const convolved = call.scratch(batch * outHeight * outWidth * filters);
  const pool = poolGeometry(geometry);
  return [
    ...foldedForward(call, geometry, convolved),
    dispatchPool('maxPool2dInference', pool, [convolved, 'y'], sizeOf(call.shape.y), call.device),
  ];
}

function foldedForward<A>(
  call: GpuCall<FoldedAttributes<A>>,
  geometry: Conv2dGeometry,
  y: string,
): GpuDispatch[] {
  const { epsilon } = call.attributes;
  const floor = call.attributes.floor === Number.NEGATIVE_INFINITY ? undefined : call.attributes.floor;
  const hasBias = call.has('bias');
  if (epsilon === undefined) {
    return forward('conv2dFolded', geometry, call.device, ['x', 'weight', ...(hasBias ? ['bias'] : []), y], {
      floor,
    });
  }
  const { kernelHeight, kernelWidth, channels, filters } = geometry;
  const rows = kernelHeight * kernelWidth * channels;
  const weight = call.keep(rows * filters);
  const bias = call.keep(filters);
  const statistics = ['gamma', 'beta', 'runningMean', 'runningVariance'];
  return [
    {
      kernel: 'foldWeights',
      code: SHADERS['conv2d/webgpu'],
      entryPoint: hasBias ? 'foldWeightsAndBias' : 'foldWeights',
      constants: { rows, filters, epsilon },
      bindings: ['weight', ...statistics, weight, bias, ...(hasBias ? ['bias'] : [])],
      workgroups: forEach((rows + 1) * filters, call.device),
      preparation: true,
    },
    ...forward('conv2dFolded', geometry, call.device, ['x', weight, bias, y], { floor }),
  ];
}

export function gpuBackward<A>(call: GpuCall<A>, geometry: Conv2dGeometry): GpuDispatch[] {
  return [
    ...weightGradient(call, geometry),
    ...(call.has('dbias') ? biasGradient(call, geometry) : []),
    ...(call.has('dx') ? inputGradient(call, geometry) : []),
  ];
}

interface ForwardOptions extends Partial<Pick<InnerProduct, 'floor' | 'halves'>> {
  /** Values of x stand so far apart, with zeros between. */
  spread?: { lines: number; columns: number };
}

/** Bindings are x, weight, the bias where there is one, and y. */
function forward(
  kernel: string,
  g: Conv2dGeometry,
  device: GpuTraits,
  bindings: readonly string[],
  { floor, spread, halves = { a: true, b: true } }: ForwardOptions = {},
): GpuDispatch[] {
  const a: PictureMap = {
    row: (row, { image, line, column }) =>
      `let ${image} = ${row} / ${g.outHeight * g.outWidth} * ${g.height};
  let ${line} = ${row} / ${g.outWidth} % ${g.outHeight} * ${g.strideHeight} - ${g.top};
  let ${column} = (${row} % ${g.outWidth} * ${g.strideWidth} - ${g.left})${spread ? '' : ` * ${g.channels}`};`,
    outer: (o) =>
      spread
        ? `let outerLine = ${o} / ${g.kernelWidth}; let outerColumn = ${o} % ${g.kernelWidth};`
        : `let outerImage = 0; let outerLine = ${o};`,
    lines: g.height,
    lineLength: g.width * g.channels,
    step: 1,
    bordered: isBordered(g),
    run: { along: 'inner', length: g.channels % 4 === 0 ? 4 : 1 },
    ...(spread && { spread: { ...spread, channels: g.channels } }),
  };
  const product = {
    kernel,
    rows: g.batch * g.outHeight * g.outWidth,
    columns: g.filters,
    outer: spread ? g.kernelHeight * g.kernelWidth : g.kernelHeight,
    inner: spread ? g.channels : g.kernelWidth * g.channels,
    a,
    bias: bindings.length === 4,
    ...{ floor, halves },
  };
  return [innerProduct(product, device, bindings)];
}

function inputGradient<A>(call: GpuCall<A>, g: Conv2dGeometry): GpuDispatch[] {
  const { kernelHeight, kernelWidth, channels, filters } = g;
  const taps = kernelHeight * kernelWidth;
  const flipped = call.scratch(taps * channels * filters);
  const gradient: Conv2dGeometry = {
    ...g,
    height: g.outHeight,
    width: g.outWidth,
    channels: filters,
    filters: channels,
    strideHeight: 1,
    strideWidth: 1,
    top: kernelHeight - 1 - g.top,
    left: kernelWidth - 1 - g.left,
    outHeight: g.height,
    outWidth: g.width,
  };
  const hasStride = g.strideHeight > 1 || g.strideWidth > 1;
  const spread = hasStride ? { lines: g.strideHeight, columns: g.strideWidth } : undefined;
  return [
    {
      kernel: 'flipWeights',
      code: SHADERS['conv2d/webgpu'],
      entryPoint: 'flipWeights',
      constants: { taps, channels, filters },
      bindings: ['weight', flipped],
      workgroups: forEach(taps * channels * filters, call.device),
    },
    ...forward('conv2dInputGradient', gradient, call.device, ['dy', flipped, 'dx'], {
      ...{ spread, halves: { a: false, b: true } },
    }),
  ];
}

function weightGradient<A>(call: GpuCall<A>, given: Conv2dGeometry): GpuDispatch[] {
  const g = isPointwise(given) ? inLines(given) : given;
  const run = g.kernelWidth * g.channels;
  const a: PictureMap = {
    row: (row, { image, line, column }) =>
      `let ${image} = 0; let ${line} = ${row} / ${run};
  let ${column} = ${row} % ${run} - ${g.left * g.channels};`,
    outer: (o) =>
      `let outerImage = ${o} / ${g.outHeight} * ${g.height};
  let outerLine = ${o} % ${g.outHeight} * ${g.strideHeight} - ${g.top};`,
    lines: g.height,
    lineLength: g.width * g.channels,
    step: g.strideWidth * g.channels,
    bordered: isBordered(g),
    run: { along: 'row', length: g.channels % 4 === 0 ? 4 : 1 },
  };
  const product = {
    kernel: 'conv2dWeightGradient',
    rows: g.kernelHeight * run,
    columns: g.filters,
    outer: g.batch * g.outHeight,
    inner: g.outWidth,
    a,
    halves: { a: true, b: false },
  };
  const splits = splitsFor(product, call.device);
  if (splits === 1) return [innerProduct(product, call.device, ['x', 'dy', 'dweight'])];
  const values = product.rows * product.columns;
  const partial = call.scratch(values * splits);
  return [
    innerProduct({ ...product, splits }, call.device, ['x', 'dy', partial]),
    sumPartials(partial, 'dweight', values, splits, call.device),
  ];
}

/** dbias = Σ dy over all pixels, in parts. */
function biasGradient<A>(call: GpuCall<A>, g: Conv2dGeometry): GpuDispatch[] {
  const rows = g.batch * g.outHeight * g.outWidth;
  const parts = Math.min(rows, Math.max(1, Math.ceil((call.device.isSoftware ? 1024 : 16384) / g.filters)));
  const partial = call.scratch(parts * g.filters);
  return [
    {
      kernel: 'sumColumns',
      code: SHADERS['gemm/webgpu'],
      entryPoint: 'sumColumns',
      constants: { values: parts * g.filters, parts, rows, columns: g.filters },
      bindings: ['dy', partial],
      workgroups: forEach(parts * g.filters, call.device),
    },
    sumPartials(partial, 'dbias', g.filters, parts, call.device),
  ];
}

function sumPartials(
  partial: string,
  total: string,
  values: number,
  parts: number,
  device: GpuTraits,
): GpuDispatch {
  return {
    kernel: 'sumPartials',
    code: SHADERS['gemm/webgpu'],
    entryPoint: 'sumPartials',
    constants: { values, parts },
    bindings: [partial, total],
    workgroups: forEach(values, device),
  };
}

/** Workgroups of 64 for so many values. */
function forEach(values: number, { limits }: GpuTraits): [number, number, number] {
  const workgroups = Math.ceil(values / 64);
  const y = Math.ceil(workgroups / limits.maxComputeWorkgroupsPerDimension);
  return [Math.ceil(workgroups / y), y, 1];
}

/** Whether a window reaches over the picture. */
function isBordered(g: Conv2dGeometry): boolean {
  const reaches = (outputs: number, stride: number, before: number, kernel: number, size: number) =>
    before > 0 || (outputs - 1) * stride - before + kernel > size;
  return (
    reaches(g.outHeight, g.strideHeight, g.top, g.kernelHeight, g.height) ||
    reaches(g.outWidth, g.strideWidth, g.left, g.kernelWidth, g.width)
  );
}

function isPointwise(g: Conv2dGeometry): boolean {
  return (
    g.kernelHeight === 1 &&
    g.kernelWidth === 1 &&
    g.strideHeight === 1 &&
    g.strideWidth === 1 &&
    !isBordered(g)
  );
}

/** Pixels of a 1×1 convolution know no neighbours: they may stand in lines of any length that divides their number. */
function inLines(g: Conv2dGeometry): Conv2dGeometry {
  const pixels = g.batch * g.outHeight * g.outWidth;
  const width = [32, 16, 8, 4, 3, 5, 2, 1].find((length) => pixels % length === 0)!;
  return { ...g, batch: pixels / width, height: 1, width, outHeight: 1, outWidth: width };
}
