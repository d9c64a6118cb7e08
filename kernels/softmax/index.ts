import { onlyKnown, real } from '../attributes.ts';
import {
  type GpuCall,
  type Operation,
  OperationError,
  type ReferenceCall,
  sizeOf,
  type WasmCall,
} from '../operation.ts';
import { SHADERS } from '../shaders.generated.ts';
import { groupsFor } from '../workgroups.ts';
import { backward, forward } from './reference.ts';

interface LossAttributes {
  labelSmoothing: number;
  classWeights?: readonly number[];
}

/**
 * The loss of classifiers. Its labels come as `integers.labels`; it keeps the probabilities, and since it is where
 * the backward pass begins, that has no `dy` and writes the gradient of the mean loss. Where pictures are mixed it has
 * their `share`, too.
 */
export const softmaxCrossEntropy: Operation<LossAttributes> = {
  name: 'softmaxCrossEntropy',
  inputs: ['x'],
  parse(attributes) {
    onlyKnown(attributes, ['labelSmoothing', 'classWeights']);
    return {
      labelSmoothing: real(attributes, 'labelSmoothing', 0, 1, 0),
      classWeights: parseWeights(attributes.classWeights),
    };
  },
  layout([x], { classWeights }) {
    if (x.length !== 2) {
      throw new OperationError(
        `takes one list of logits per example, not ${x.slice(1).join('×')}; end the model with flatten or dense`,
      );
    }
    const [examples, classes] = x;
    if (classWeights && classWeights.length !== classes) {
      throw new OperationError(`has ${classWeights.length} classWeights for ${classes} classes`);
    }
    return {
      output: [examples],
      saved: { probabilities: { shape: x, type: 'float' } },
      constants: classWeights && { classWeights },
    };
  },
  reference: {
    forward: (call) => forward(call.tensor.x, targetsOf(call), call.tensor.y, call.tensor.probabilities),
    backward: (call) => backward(call.tensor.probabilities, targetsOf(call), call.tensor.dx),
  },
  wasm: {
    forward(call) {
      const { x, labels, y, probabilities } = call.pointer;
      const [examples] = call.shape.x;
      return [
        {
          kernel: 'softmaxCrossEntropy',
          args: [x, labels, y, probabilities, ...settingsOf(call)],
          extent: examples,
        },
      ];
    },
    backward(call) {
      const { probabilities, labels, dx } = call.pointer;
      const [examples] = call.shape.x;
      return [
        {
          kernel: 'softmaxCrossEntropyBackward',
          args: [probabilities, labels, dx, ...settingsOf(call)],
          extent: examples,
        },
      ];
    },
  },
  webgpu: {
    forward: (call) => [
      {
        ...shaderOf('softmaxCrossEntropy', call),
        bindings: [
          'x',
          'labels',
          either('classWeights', 'x', call),
          'y',
          'probabilities',
          either('share', 'x', call),
        ],
        workgroups: [Math.ceil(call.shape.x[0] / EXAMPLES_OF_GROUP), 1, 1],
      },
    ],
    backward: (call) => [
      {
        ...shaderOf('softmaxCrossEntropyBackward', call),
        bindings: [
          ...['probabilities', 'labels', either('classWeights', 'probabilities', call), 'dx', ''],
          either('share', 'probabilities', call),
        ],
        workgroups: groupsFor(sizeOf(call.shape.x), call.device),
      },
    ],
  },
};

/** As in the shader. */
const EXAMPLES_OF_GROUP = 64;

/** What is bound where the shader expects a tensor that may be missing: without it, something that it does not read there. */
function either(tensor: string, other: string, call: GpuCall<LossAttributes>): string {
  return call.has(tensor) ? tensor : other;
}

function shaderOf(kernel: string, { attributes, shape, has }: GpuCall<LossAttributes>) {
  const [examples, classes] = shape.x;
  const weighted = Number(attributes.classWeights !== undefined);
  return {
    kernel,
    code: SHADERS['softmax/webgpu'],
    entryPoint: kernel,
    constants: {
      ...{ EXAMPLES: examples, CLASSES: classes, WEIGHTED: weighted, SMOOTHING: attributes.labelSmoothing },
      MIXED: Number(has('share')),
    },
  };
}

function targetsOf({ attributes, shape, tensor, integers }: ReferenceCall<LossAttributes>) {
  const { labelSmoothing } = attributes;
  const { classWeights, share } = tensor;
  return { classes: shape.x[1], labels: integers.labels, labelSmoothing, classWeights, share };
}

function settingsOf({ attributes, shape, pointer }: WasmCall<LossAttributes>): number[] {
  const [examples, classes] = shape.x;
  return [pointer.classWeights, pointer.share, examples, classes, attributes.labelSmoothing];
}

function parseWeights(value: unknown): readonly number[] | undefined {
  if (value === undefined) return undefined;
  const valid = (weight: unknown) => typeof weight === 'number' && weight >= 0 && Number.isFinite(weight);
  if (!Array.isArray(value) || !value.every(valid)) {
    throw new OperationError('classWeights must be a list of numbers from 0, one for each class');
  }
  return value;
}
