import { onlyKnown } from '../attributes.ts';
import { type GpuCall, type GpuDispatch, type Operation, OperationError, sizeOf } from '../operation.ts';
import { SHADERS } from '../shaders.generated.ts';
import { groupsFor } from '../workgroups.ts';
import { add as referenceAdd } from './reference.ts';

/** y = a + b, of one shape. */
export const add: Operation = {
  name: 'add',
  inputs: ['a', 'b'],
  parse(attributes) {
    onlyKnown(attributes, []);
    return {};
  },
  layout([a, b]) {
    if (a.join() !== b.join()) {
      throw new OperationError(
        `adds ${a.slice(1).join('×')} to ${b.slice(1).join('×')}: both must have one shape`,
      );
    }
    return { output: a };
  },
  reference: {
    forward: ({ tensor }) => referenceAdd(tensor.a, tensor.b, tensor.y),
    backward({ tensor }) {
      tensor.da.set(tensor.dy);
      tensor.db.set(tensor.dy);
    },
  },
  wasm: {
    forward: ({ pointer, shape }) => [
      { kernel: 'add', args: [pointer.a, pointer.b, pointer.y], extent: Math.ceil(sizeOf(shape.y) / 4) },
    ],
    backward({ pointer, shape }) {
      const extent = Math.ceil(sizeOf(shape.y) / 4);
      return [
        { kernel: 'copy', args: [pointer.dy, pointer.da], extent },
        { kernel: 'copy', args: [pointer.dy, pointer.db], extent },
      ];
    },
  },
  webgpu: {
    forward: (call) => dispatch('add', ['a', 'b', 'y'], call),
    backward: (call) => dispatch('addBackward', ['dy', 'da', 'db'], call),
  },
};

function dispatch(
  kernel: string,
  bindings: string[],
  { shape, device }: GpuCall<Record<string, never>>,
): GpuDispatch[] {
  const count = Math.ceil(sizeOf(shape.y) / 4);
  return [
    {
      kernel,
      code: SHADERS['elementwise/webgpu'],
      entryPoint: kernel,
      constants: { COUNT: count },
      bindings,
      workgroups: groupsFor(count, device),
    },
  ];
}
