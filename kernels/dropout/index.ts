import { onlyKnown, real } from '../attributes.ts';
import { type KernelCall, type Operation, sizeOf, type WasmCall } from '../operation.ts';
import { dropoutThreshold } from '../random/reference.ts';
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
