import { boolean, integer, onlyKnown, type Padding, padding, pair, windowExtent } from '../attributes.ts';
import {
  type Layout,
  type Operation,
  OperationError,
  type ParameterLayout,
  type Shape,
} from '../operation.ts';
import { defineFolded } from './folded.ts';
import { lowerForward, lowerInputGradient, lowerWeightGradient } from './lower.ts';
import {
  type Conv2dGeometry,
  conv2dForward,
  conv2dInputGradient,
  conv2dWeightGradient,
} from './reference.ts';
import { gpuBackward, gpuForward } from './webgpu.ts';

export interface Conv2dAttributes {
  filters: number;
  kernelSize: [number, number];
  stride: [number, number];
  padding: Padding;
  useBias: boolean;
}

function geometryOf(x: Shape, attributes: Conv2dAttributes): Conv2dGeometry {
  if (x.length !== 4) {
    throw new OperationError(`needs pictures [height, width, channels], not ${x.slice(1).join('×')} values`);
  }
  const [batch, height, width, channels] = x;
  const { filters, kernelSize, stride, padding } = attributes;
  const vertical = windowExtent(height, kernelSize[0], stride[0], padding, 0);
  const horizontal = windowExtent(width, kernelSize[1], stride[1], padding, 1);
  return {
    batch,
    height,
    width,
    channels,
    filters,
    kernelHeight: kernelSize[0],
    kernelWidth: kernelSize[1],
    strideHeight: stride[0],
    strideWidth: stride[1],
    top: vertical.before,
    left: horizontal.before,
    outHeight: vertical.output,
    outWidth: horizontal.output,
  };
}

export const conv2d: Operation<Conv2dAttributes> = {
  name: 'conv2d',
  inputs: ['x'],
  parse(raw) {
    onlyKnown(raw, ['filters', 'kernelSize', 'stride', 'padding', 'useBias']);
    return {
      filters: integer(raw, 'filters', 1),
      kernelSize: pair(raw, 'kernelSize', 1),
      stride: pair(raw, 'stride', 1, 1),
      padding: padding(raw, 'padding', 'valid'),
      useBias: boolean(raw, 'useBias', true),
    };
  },
  layout([x], attributes): Layout {
    const { batch, channels, outHeight, outWidth, filters, kernelHeight, kernelWidth } = geometryOf(
      x,
      attributes,
    );
    const taps = kernelHeight * kernelWidth;
    const weight: ParameterLayout = {
      shape: [kernelHeight, kernelWidth, channels, filters],
      initial: { kind: 'he', fanIn: taps * channels, fanOut: taps * filters },
      decay: true,
    };
    const bias: ParameterLayout = { shape: [filters], initial: { kind: 'zeros' }, decay: false };
    return {
      output: [batch, outHeight, outWidth, filters],
      parameters: { weight, ...(attributes.useBias && { bias }) },
    };
  },
  flops([x], attributes) {
    const g = geometryOf(x, attributes);
    return 2 * g.batch * g.outHeight * g.outWidth * g.filters * g.kernelHeight * g.kernelWidth * g.channels;
  },
  reference: {
    forward({ tensor, shape, attributes }) {
      conv2dForward(tensor.x, tensor.weight, tensor.bias, tensor.y, geometryOf(shape.x, attributes));
    },
    backward({ tensor, shape, attributes }) {
      const geometry = geometryOf(shape.x, attributes);
      conv2dWeightGradient(tensor.x, tensor.dy, tensor.dweight, tensor.dbias, geometry);
      if (tensor.dx) conv2dInputGradient(tensor.dy, tensor.weight, tensor.dx, geometry);
    },
  },
  wasm: {
    forward(call) {
      const { x, weight, bias, y } = call.pointer;
      return lowerForward(call, geometryOf(call.shape.x, call.attributes), { x, weight, bias, y });
    },
    backward(call) {
      const geometry = geometryOf(call.shape.x, call.attributes);
      const { x, dy, weight, dx, dweight, dbias } = call.pointer;
      return [
        ...lowerWeightGradient(call, geometry, { x, dy, dweight, dbias }),
        ...(dx ? lowerInputGradient(call, geometry, dy, weight, dx) : []),
      ];
    },
  },
  webgpu: {
    forward: (call) => gpuForward(call, geometryOf(call.shape.x, call.attributes)),
    backward: (call) => gpuBackward(call, geometryOf(call.shape.x, call.attributes)),
  },
};

export const conv2dFolded = defineFolded(conv2d, geometryOf);
