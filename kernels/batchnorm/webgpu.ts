/** Batch normalisation as dispatches of the shaders in webgpu.wgsl. */
import type { GpuCall, GpuDispatch, GpuTraits, Shape } from '../operation.ts';
import { SHADERS } from '../shaders.generated.ts';
import { divideRows, groupsFor, valueTypes, widthFor } from '../workgroups.ts';
import type { BatchNormAttributes } from './index.ts';

export function forwardDispatches(call: GpuCall<BatchNormAttributes>, relu: boolean): GpuDispatch[] {
  const { training, attributes, device } = call;
  const { lanes, columns, division, sums, each } = divide(call.shape.x, relu, call.device);
  const apply = groupsFor(each, device);
  const running = ['runningMean', 'runningVariance'];
  if (!training) {
    const inference = dispatchOf('batchNormInference', lanes, { ...sums, EPSILON: attributes.epsilon });
    return [inference(['x', ...running, 'beta', 'gamma', 'y'], apply)];
  }
  const { chunks, blocks } = division;
  const moments = call.scratch(2 * chunks * columns * lanes);
  const settings = { ...sums, MOMENTUM: attributes.momentum, EPSILON: attributes.epsilon };
  const measured = ['mean', 'inverseDeviation', 'scale'];
  return [
    dispatchOf('batchNormMoments', lanes, sums)(['x', moments], [chunks, blocks, 1]),
    dispatchOf(
      'batchNormStatistics',
      lanes,
      settings,
    )([moments, 'gamma', ...measured, ...running], [blocks, 1, 1]),
    dispatchOf('batchNormApply', lanes, sums)(['x', 'mean', 'scale', 'beta', 'y'], apply),
  ];
}

export function backwardDispatches(call: GpuCall<BatchNormAttributes>, relu: boolean): GpuDispatch[] {
  const { lanes, columns, division, sums, each } = divide(call.shape.x, relu, call.device);
  const { chunks, blocks } = division;
  const products = call.scratch(2 * chunks * columns * lanes);
  const terms = call.scratch(2 * columns * lanes);
  const read = ['x', 'mean', 'scale', 'beta', 'dy'];
  const dispatches = [
    dispatchOf('batchNormGradientSums', lanes, sums)([...read, products], [chunks, blocks, 1]),
    dispatchOf(
      'batchNormGradients',
      lanes,
      sums,
    )([products, 'inverseDeviation', 'dgamma', 'dbeta', terms], [blocks, 1, 1]),
  ];
  if (call.has('dx')) {
    const groups = groupsFor(each, call.device);
    dispatches.push(dispatchOf('batchNormInputGradient', lanes, sums)([...read, terms, 'dx'], groups));
  }
  return dispatches;
}

/** How the work is shared out, and what all shaders are told of it. */
function divide(x: Shape, relu: boolean, device: GpuTraits) {
  const channels = x[x.length - 1];
  const rows = x.slice(0, -1).reduce((product, size) => product * size, 1);
  const lanes = widthFor(channels);
  const columns = channels / lanes;
  const division = divideRows(rows, columns, device);
  const sums = {
    ...{ ROWS: rows, CHANNELS: columns, RELU: Number(relu) },
    ...{ TEAM: division.team, SIDE: division.side, CHUNK_ROWS: division.chunkRows, CHUNKS: division.chunks },
  };
  return { lanes, columns, division, sums, each: rows * columns };
}

function dispatchOf(kernel: string, lanes: 1 | 4, constants: Record<string, number>) {
  const code = valueTypes(lanes) + SHADERS['batchnorm/webgpu'];
  return (bindings: string[], workgroups: GpuDispatch['workgroups']): GpuDispatch => ({
    ...{ kernel, code, entryPoint: kernel, constants, bindings, workgroups },
  });
}
