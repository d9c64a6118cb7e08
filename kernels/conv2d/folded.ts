/**
 * What inference makes of a convolution or a dense layer with a batch norm, a ReLU or both behind it: one operation.
 *
 * With running statistics a batch norm is a multiplication and an addition for each channel, which fold into the
 * weights and the bias; the ReLU is a minimum that the register tile applies before it stores.
 */
import { normalise, runningScale } from '../batchnorm/reference.ts';
import { type Operation, OperationError, type Shape } from '../operation.ts';
import { lowerForward } from './lower.ts';
import type { Conv2dGeometry } from './reference.ts';
import { gpuFoldedForward } from './webgpu.ts';

export interface FoldedAttributes<Attributes> {
  /** Of the convolution or dense layer. */
  base: Attributes;
  /** Of the batch norm, where there is one. */
  epsilon?: number;
  /** The least value of y: 0 with a ReLU, −∞ without. */
  floor: number;
}

/** The folded form of an operation that the kernels see as a convolution. It has no backward pass. */
export function defineFolded<Attributes>(
  base: Operation<Attributes>,
  geometryOf: (x: Shape, attributes: Attributes) => Conv2dGeometry,
): Operation<FoldedAttributes<Attributes>> {
  const noBackward = (): never => {
    throw new OperationError('is folded for inference and has no gradient');
  };
  return {
    name: `${base.name}Folded`,
    inputs: base.inputs,
    parse: () => {
      throw new OperationError('is made by the engine alone');
    },
    layout: (inputs, { base: attributes }) => ({ output: base.layout(inputs, attributes).output }),
    reference: {
      forward(call) {
        const { base: attributes, epsilon, floor } = call.attributes;
        const { y, gamma, beta, runningMean, runningVariance } = call.tensor;
        base.reference.forward({ ...call, attributes });
        if (epsilon === undefined) for (let i = 0; i < y.length; i++) y[i] = y[i] < floor ? floor : y[i];
        else normalise(y, runningMean, runningScale(runningVariance, gamma, epsilon), beta, floor, y);
      },
      backward: noBackward,
    },
    wasm: {
      forward(call) {
        const { base: attributes, epsilon, floor } = call.attributes;
        const { x, weight, bias, y, gamma, beta, runningMean, runningVariance } = call.pointer;
        const batchNorm =
          epsilon === undefined ? undefined : { gamma, beta, runningMean, runningVariance, epsilon };
        const geometry = geometryOf(call.shape.x, attributes);
        return lowerForward(call, geometry, { x, weight, bias, y }, { batchNorm, floor });
      },
      backward: noBackward,
    },
    webgpu: {
      forward: (call) => gpuFoldedForward(call, geometryOf(call.shape.x, call.attributes.base)),
      backward: noBackward,
    },
  };
}
