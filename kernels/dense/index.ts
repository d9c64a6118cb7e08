import { boolean, integer, onlyKnown } from '../attributes.ts';
import { defineFolded } from '../conv2d/folded.ts';
import { lowerForward, lowerInputGradient } from '../conv2d/lower.ts';
import type { Conv2dGeometry } from '../conv2d/reference.ts';
import { gpuBackward, gpuForward } from '../conv2d/webgpu.ts';
import {
  type Layout,
  type Operation,
  OperationError,
  type ParameterLayout,
  type Shape,
} from '../operation.ts';
import { isLarge, lowerProduct, lowerWeightGradient, productOf } from './lower.ts';
import { type DenseGeometry, denseForward, denseInputGradient, denseWeightGradient } from './reference.ts';

export interface DenseAttributes {
  units: number;
  useBias: boolean;
}

function geometryOf(x: Shape, { units }: DenseAttributes): DenseGeometry {
  if (x.length !== 2) {
    throw new OperationError(`needs a list of values, not ${x.slice(1).join('×')}; put a flatten before it`);
  }
  return { batch: x[0], inputs: x[1], units };
}

/** To the kernels a dense layer is a 1×1 convolution of pictures of one pixel. */
function asConvolution({ batch, inputs, units }: DenseGeometry): Conv2dGeometry {
  return {
    batch,
    height: 1,
    width: 1,
    channels: inputs,
    filters: units,
    kernelHeight: 1,
    kernelWidth: 1,
    strideHeight: 1,
    strideWidth: 1,
    top: 0,
    left: 0,
    outHeight: 1,
    outWidth: 1,
  };
}

export const dense: Operation<DenseAttributes> = {
  name: 'dense',
  inputs: ['x'],
  parse(raw) {
    onlyKnown(raw, ['units', 'useBias']);
    return { units: integer(raw, 'units', 1), useBias: boolean(raw, 'useBias', true) };
  },
  layout([x], attributes): Layout {
    const { batch, inputs, units } = geometryOf(x, attributes);
    const weight: ParameterLayout = {
      shape: [inputs, units],
      initial: { kind: 'glorot', fanIn: inputs, fanOut: units },
      decay: true,
    };
    const bias: ParameterLayout = { shape: [units], initial: { kind: 'zeros' }, decay: false };
    return { output: [batch, units], parameters: { weight, ...(attributes.useBias && { bias }) } };
  },
  flops([x], attributes) {
    const { batch, inputs, units } = geometryOf(x, attributes);
    return 2 * batch * inputs * units;
  },
  reference: {
    forward({ tensor, shape, attributes }) {
      denseForward(tensor.x, tensor.weight, tensor.bias, tensor.y, geometryOf(shape.x, attributes));
    },
    backward({ tensor, shape, attributes }) {
      const geometry = geometryOf(shape.x, attributes);
      denseWeightGradient(tensor.x, tensor.dy, tensor.dweight, tensor.dbias, geometry);
      if (tensor.dx) denseInputGradient(tensor.dy, tensor.weight, tensor.dx, geometry);
    },
  },
  wasm: {
    forward(call) {
      const { x, weight, bias, y } = call.pointer;
      const geometry = geometryOf(call.shape.x, call.attributes);
      const product = productOf(geometry).forward;
      // Weights that stay the same are packed once, and all of them.
      if (call.training && isLarge(product))
        return [lowerProduct(call, product, { x, matrix: weight, bias, y })];
      return lowerForward(call, asConvolution(geometry), { x, weight, bias, y });
    },
    backward(call) {
      const dense = geometryOf(call.shape.x, call.attributes);
      const { x, dy, weight, dx, dweight, dbias } = call.pointer;
      const product = productOf(dense).inputGradient;
      const inputGradient = () =>
        isLarge(product)
          ? [lowerProduct(call, product, { x: dy, matrix: weight, y: dx })]
          : lowerInputGradient(call, asConvolution(dense), dy, weight, dx);
      return [...lowerWeightGradient(call, dense, { x, dy, dweight, dbias }), ...(dx ? inputGradient() : [])];
    },
  },
  webgpu: {
    forward: (call) => gpuForward(call, asConvolution(geometryOf(call.shape.x, call.attributes))),
    backward: (call) => gpuBackward(call, asConvolution(geometryOf(call.shape.x, call.attributes))),
  },
};

export const denseFolded = defineFolded(dense, (x, attributes) => asConvolution(geometryOf(x, attributes)));
