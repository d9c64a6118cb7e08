import { onlyKnown, real } from '../attributes.ts';
import {
  type GpuCall,
  type GpuDispatch,
  type KernelCall,
  type Operation,
  sizeOf,
  type WasmCall,
} from '../operation.ts';
import { dropoutThreshold, Purpose } from '../random/reference.ts';
import { SHADERS } from '../shaders.generated.ts';
import { groupsFor } from '../workgroups.ts';
import { dropout as referenceDropout } from './reference.ts';

interface DropoutAttributes {
  rate: number;
}

export const dropout: Operation<DropoutAttributes> = {
  name: 'dropout',
  inputs: ['x'],
  identityAtInference: true,
  parse(attributes) {
    onlyKnown(attributes, ['rate']);
    return { rate: real(attributes, 'rate', 0, 1) };
  },
  layout: ([x]) => ({ output: x }),
  reference: {
    forward: ({ attributes, tensor, random }) =>
      referenceDropout(tensor.x, tensor.y, attributes.rate, random),
    backward: ({ attributes, tensor, random }) =>
      referenceDropout(tensor.dy, tensor.dx, attributes.rate, random),
  },
  wasm: {
    forward: (call) => lower(call, call.pointer.x, call.pointer.y),
    backward: (call) => lower(call, call.pointer.dy, call.pointer.dx),
  },
  webgpu: {
    forward: (call) => dispatch(call, 'x', 'y'),
    backward: (call) => dispatch(call, 'dy', 'dx'),
  },
};

function lower(call: WasmCall<DropoutAttributes>, source: number, target: number): KernelCall[] {
  const { rate } = call.attributes;
  return [
    {
      kernel: 'dropout',
      args: [source, target, call.random, call.layer, dropoutThreshold(rate), 1 / (1 - rate)],
      extent: Math.ceil(sizeOf(call.shape.x) / 16),
    },
  ];
}

function dispatch(call: GpuCall<DropoutAttributes>, source: string, target: string): GpuDispatch[] {
  const { rate } = call.attributes;
  const count = Math.ceil(sizeOf(call.shape.x) / 4);
  return [
    {
      kernel: 'dropout',
      code: SHADERS['random/webgpu'] + SHADERS['dropout/webgpu'],
      entryPoint: 'dropout',
      constants: {
        COUNT: count,
        LAYER: call.layer,
        PURPOSE: Purpose.dropout,
        THRESHOLD: dropoutThreshold(rate),
        SCALE: 1 / (1 - rate),
      },
      bindings: [source, target, 'random'],
      workgroups: groupsFor(count, call.device),
    },
  ];
}
