/** Batch normalisation over [height, width, channels] or [features], with running statistics for inference. */
import { onlyKnown, real } from '../attributes.ts';
import { type KernelCall, type Operation, OperationError, type Shape, type WasmCall } from '../operation.ts';
import { batchNormBackward, batchStatistics, normalise, runningScale } from './reference.ts';
import { backwardDispatches, forwardDispatches } from './webgpu.ts';

export interface BatchNormAttributes {
  /** Share of the old running statistics that one step keeps; 0.9 by default. */
  momentum: number;
  /** Added to the variance; 1e-5 by default. */
  epsilon: number;
}

/** Batch normalisation alone, or with the ReLU behind it in the same pass over memory. */
function defineBatchNorm(name: string, floor: number): Operation<BatchNormAttributes> {
  return {
    name,
    inputs: ['x'],
    parse(raw) {
      onlyKnown(raw, ['momentum', 'epsilon']);
      const momentum = real(raw, 'momentum', 0, 1, 0.9);
      const epsilon = real(raw, 'epsilon', 0, 1, 1e-5);
      if (epsilon === 0)
        throw new OperationError('epsilon must be above 0: a constant channel has no deviation');
      return { momentum, epsilon };
    },
    layout([x]) {
      if (x.length !== 4 && x.length !== 2) {
        throw new OperationError(
          `needs inputs of [height, width, channels] or [features], not [${x.slice(1).join(', ')}]`,
        );
      }
      const shape = [x[x.length - 1]];
      return {
        output: x,
        parameters: {
          gamma: { shape, initial: { kind: 'ones' }, decay: false },
          beta: { shape, initial: { kind: 'zeros' }, decay: false },
        },
        state: {
          runningMean: { shape, initial: 'zeros' },
          runningVariance: { shape, initial: 'ones' },
        },
        saved: {
          mean: { shape, type: 'float' },
          inverseDeviation: { shape, type: 'float' },
          scale: { shape, type: 'float' },
        },
      };
    },
    reference: {
      forward({ tensor, attributes, training }) {
        const { x, y, gamma, beta, mean, inverseDeviation, scale, runningMean, runningVariance } = tensor;
        const { momentum, epsilon } = attributes;
        if (training) {
          const running = { runningMean, runningVariance };
          batchStatistics(x, { mean, inverseDeviation, scale }, running, gamma, momentum, epsilon);
          normalise(x, mean, scale, beta, floor, y);
        } else {
          normalise(x, runningMean, runningScale(runningVariance, gamma, epsilon), beta, floor, y);
        }
      },
      backward({ tensor }) {
        const { dy, x, mean, inverseDeviation, scale, beta, dgamma, dbeta, dx } = tensor;
        batchNormBackward(dy, x, { mean, inverseDeviation, scale }, beta, floor, dgamma, dbeta, dx);
      },
    },
    wasm: {
      forward: (call) => forwardCalls(call, floor),
      backward: (call) => backwardCalls(call, floor),
    },
    webgpu: {
      forward: (call) => forwardDispatches(call, floor === 0),
      backward: (call) => backwardDispatches(call, floor === 0),
    },
  };
}

export const batchNorm = defineBatchNorm('batchNorm', Number.NEGATIVE_INFINITY);

/** What the engine makes of a batch norm followed by a ReLU. */
export const batchNormRelu = defineBatchNorm('batchNormRelu', 0);

function forwardCalls(call: WasmCall<BatchNormAttributes>, floor: number): KernelCall[] {
  const { pointer, shape, attributes, training } = call;
  const { momentum, epsilon } = attributes;
  const { rows, channels, chunks, chunkRows } = divide(shape.x);
  const apply = (mean: number, scale: number): KernelCall => ({
    kernel: 'batchNormApply',
    args: [pointer.x, pointer.y, mean, scale, pointer.beta, floor, channels],
    extent: rows,
  });
  const { runningMean, runningVariance, gamma } = pointer;
  if (!training) {
    const scale = call.scratch(4 * channels);
    const args = [runningVariance, gamma, scale, epsilon];
    return [{ kernel: 'batchNormRunningScale', args, extent: channels }, apply(runningMean, scale)];
  }
  const partial = call.scratch(partialBytes(channels, chunks));
  return [
    { kernel: 'batchNormMoments', args: [pointer.x, partial, rows, channels, chunkRows], extent: chunks },
    {
      kernel: 'batchNormStatistics',
      args: [
        ...[partial, rows, channels, chunkRows, pointer.mean, pointer.inverseDeviation],
        ...[runningMean, runningVariance, gamma, pointer.scale, momentum, epsilon],
      ],
      extent: channels,
    },
    apply(pointer.mean, pointer.scale),
  ];
}

function backwardCalls(call: WasmCall<BatchNormAttributes>, floor: number): KernelCall[] {
  const { pointer, shape } = call;
  const { dy, x, dx, mean, inverseDeviation, scale, beta, dgamma, dbeta } = pointer;
  const { rows, channels, chunks, chunkRows } = divide(shape.x);
  const partial = call.scratch(partialBytes(channels, chunks));
  const [offset, slope] = [1, 2].map(() => call.scratch(4 * channels));
  const calls: KernelCall[] = [
    {
      kernel: 'batchNormGradientSums',
      args: [dy, x, mean, scale, beta, floor, partial, rows, channels, chunkRows],
      extent: chunks,
    },
    {
      kernel: 'batchNormGradients',
      args: [...[partial, rows, channels, chunks, inverseDeviation], ...[dgamma, dbeta, offset, slope]],
      extent: channels,
    },
  ];
  if (dx) {
    calls.push({
      kernel: 'batchNormInputGradient',
      args: [dy, x, dx, mean, scale, beta, floor, offset, slope, channels],
      extent: rows,
    });
  }
  return calls;
}

/** Fewest rows worth partial results of their own. */
const SMALLEST_CHUNK = 512;
/** Most chunks: enough to share out evenly, few enough to join at no cost. */
const MOST_CHUNKS = 64;

/** How sums over rows are divided: by the shape alone, so that results are the same for any number of workers. */
function divide(x: Shape) {
  const channels = x[x.length - 1];
  const rows = x.slice(0, -1).reduce((product, size) => product * size, 1);
  const chunkRows = Math.max(SMALLEST_CHUNK, Math.ceil(rows / MOST_CHUNKS));
  return { rows, channels, chunkRows, chunks: Math.ceil(rows / chunkRows) };
}

/** Two doubles for each chunk and channel, channels rounded up to whole vectors. */
function partialBytes(channels: number, chunks: number): number {
  return chunks * 2 * 8 * Math.ceil(channels / 4) * 4;
}
