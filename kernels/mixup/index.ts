/**
 * The step of a training program that mixes its pictures: see reference.ts.
 *
 * It is no layer, but stands before the first one. The share that pictures keep is drawn for each step outside of the
 * kernels (see pairs.ts) and lies in a tensor, which the loss reads as well.
 */
import { onlyKnown, real } from '../attributes.ts';
import {
  type GpuCall,
  type GpuDispatch,
  type KernelCall,
  type Operation,
  sizeOf,
  type WasmCall,
} from '../operation.ts';
import { SHADERS } from '../shaders.generated.ts';
import { groupsFor } from '../workgroups.ts';
import { mixPictures } from './reference.ts';

/** How much pictures are mixed: the part of a recipe that people write. */
export interface MixupSpec {
  /**
   * Of the Beta distribution that shares are drawn from: 0 mixes nothing, small numbers rarely mix much, 1 draws any
   * share alike, and large numbers mix half and half. 0.2 by default.
   */
  alpha?: number;
}

export type Mixup = Required<MixupSpec>;

const DEFAULT_ALPHA = 0.2;
/** From here on half and half is all that is drawn. */
const LARGEST_ALPHA = 1000;

/** Checks and completes a specification; throws an `OperationError`. */
export function parseMixup(raw: Record<string, unknown>): Mixup {
  onlyKnown(raw, ['alpha']);
  return { alpha: real(raw, 'alpha', 0, LARGEST_ALPHA, DEFAULT_ALPHA) };
}

export const mixup: Operation<Mixup> = {
  name: 'mixup',
  inputs: ['x'],
  parse: parseMixup,
  layout: ([x]) => ({ output: x }),
  reference: {
    forward: ({ tensor, shape }) => mixPictures(tensor.x, tensor.y, tensor.share[0], shape.x[0]),
    backward: ({ tensor, shape }) => mixPictures(tensor.dy, tensor.dx, tensor.share[0], shape.dy[0]),
  },
  wasm: {
    forward: (call) => lower(call, 'x', 'y'),
    backward: (call) => lower(call, 'dy', 'dx'),
  },
  webgpu: {
    forward: (call) => dispatch(call, 'x', 'y'),
    backward: (call) => dispatch(call, 'dy', 'dx'),
  },
};

function lower({ pointer, shape }: WasmCall<Mixup>, source: string, target: string): KernelCall[] {
  const [examples] = shape[source];
  const args = [pointer[source], pointer[target], pointer.share, sizeOf(shape[source]) / examples, examples];
  return [{ kernel: 'mixPictures', args, extent: examples }];
}

function dispatch({ shape, device }: GpuCall<Mixup>, source: string, target: string): GpuDispatch[] {
  const [examples] = shape[source];
  const count = sizeOf(shape[source]);
  return [
    {
      kernel: 'mixPictures',
      code: SHADERS['mixup/webgpu'],
      entryPoint: 'mixPictures',
      constants: { EXAMPLES: examples, SIZE: count / examples },
      bindings: [source, target, 'share'],
      workgroups: groupsFor(count, device),
    },
  ];
}
