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
import * as reference from './reference.ts';

/** What tells one activation from another, beside its kernels, which are named after it. */
interface Description<Attributes> {
  name: string;
  parse(attributes: Record<string, unknown>): Attributes;
  activation(attributes: Attributes): reference.Activation;
  /** Which tensor the backward kernel reads besides `dy`. */
  derivativeOf: 'x' | 'y';
  /** Arguments of both kernels after the tensors. */
  args?(attributes: Attributes): number[];
  /** Those of both shaders. */
  constants?(attributes: Attributes): Record<string, number>;
}

function defineActivation<Attributes>(description: Description<Attributes>): Operation<Attributes> {
  const { name, parse, activation, derivativeOf, args = () => [], constants = () => ({}) } = description;
  const lower = (kernel: string, roles: string[], call: WasmCall<Attributes>): KernelCall[] => [
    {
      kernel,
      args: [...roles.map((role) => call.pointer[role]), ...args(call.attributes)],
      extent: Math.ceil(sizeOf(call.shape.x) / 4),
    },
  ];
  const dispatch = (kernel: string, bindings: string[], call: GpuCall<Attributes>): GpuDispatch[] => {
    const count = Math.ceil(sizeOf(call.shape.x) / 4);
    return [
      {
        kernel,
        code: SHADERS['activation/webgpu'],
        entryPoint: kernel,
        constants: { COUNT: count, ...constants(call.attributes) },
        bindings,
        workgroups: groupsFor(count, call.device),
      },
    ];
  };
  return {
    name,
    inputs: ['x'],
    parse,
    layout: ([x]) => ({ output: x }),
    reference: {
      forward: ({ attributes, tensor }) => reference.forward(activation(attributes), tensor.x, tensor.y),
      backward: ({ attributes, tensor }) =>
        reference.backward(activation(attributes), tensor.x, tensor.y, tensor.dy, tensor.dx),
    },
    wasm: {
      forward: (call) => lower(name, ['x', 'y'], call),
      backward: (call) => lower(`${name}Backward`, [derivativeOf, 'dy', 'dx'], call),
    },
    webgpu: {
      forward: (call) => dispatch(name, ['x', 'y'], call),
      backward: (call) => dispatch(`${name}Backward`, [derivativeOf, 'dy', 'dx'], call),
    },
  };
}

function plain(name: string, activation: reference.Activation, derivativeOf: 'x' | 'y') {
  return defineActivation<Record<string, never>>({
    name,
    parse(attributes) {
      onlyKnown(attributes, []);
      return {};
    },
    activation: () => activation,
    derivativeOf,
  });
}

export const relu = plain('relu', reference.relu, 'y');
export const sigmoid = plain('sigmoid', reference.sigmoid, 'y');
export const tanh = plain('tanh', reference.tanh, 'y');
export const silu = plain('silu', reference.silu, 'x');
export const gelu = plain('gelu', reference.gelu, 'x');

export const leakyRelu = defineActivation<{ negativeSlope: number }>({
  name: 'leakyRelu',
  parse(attributes) {
    onlyKnown(attributes, ['negativeSlope']);
    return { negativeSlope: real(attributes, 'negativeSlope', 0, 1, 0.01) };
  },
  activation: ({ negativeSlope }) => reference.leakyRelu(negativeSlope),
  derivativeOf: 'x',
  args: ({ negativeSlope }) => [negativeSlope],
  constants: ({ negativeSlope }) => ({ NEGATIVE_SLOPE: negativeSlope }),
});
