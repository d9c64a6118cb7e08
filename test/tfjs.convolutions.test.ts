/** Convolution and dense layers in WebAssembly against TensorFlow.js, which knows nothing of the reference. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FloatArray } from '../kernels/operation.ts';
import type { LayerSpec } from '../src/model/layers.ts';
import { compileCase, fillCase, relativeError } from './operations.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

/** Runs a layer forward and backward on both engines and compares all that either gives. */
async function compare(
  layer: LayerSpec,
  [batch, ...input]: readonly number[],
  forward: (x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor) => tf.Tensor,
): Promise<void> {
  const executable = await compileCase({ layers: [layer], input, batch, seed: 1 }, { backend: 'wasm' });
  fillCase(executable, 1);
  executable.infer();
  executable.differentiate(1, 0);
  const [weight, bias] = executable.plan.parameters.map(({ tensor, name }) =>
    tensorOf(executable.weights().get(name) as FloatArray, executable.plan.tensors[tensor].shape),
  );
  const x = tensorOf(executable.input, [batch, ...input]);
  const dy = tensorOf(
    executable.outputGradient,
    executable.plan.tensors[executable.plan.trainingOutput].shape,
  );
  const { value, grads } = tf.valueAndGrads((...args: tf.Tensor[]) => {
    const [x, weight, bias] = args;
    return tf.sum(tf.mul(forward(x, weight, bias), dy)) as tf.Scalar;
  })([x, weight, bias]);
  value.dispose();
  agree(executable.output, forward(x, weight, bias));
  agree(executable.inputGradient, grads[0]);
  [...executable.gradients().values()].forEach((gradient, i) => {
    agree(gradient, grads[i + 1]);
  });
}

function agree(actual: FloatArray, expected: tf.Tensor): void {
  expect(actual.length).toBe(expected.size);
  expect(relativeError(actual, expected.dataSync() as Float32Array)).toBeLessThan(1e-4);
}

const tensorOf = (values: FloatArray, shape: readonly number[]) => tf.tensor([...values], [...shape]);

const border: [[number, number], [number, number]] = [
  [2, 1],
  [0, 3],
];

describe.each([
  { shape: [2, 9, 7, 3], filters: 5, kernelSize: [3, 3], stride: [1, 1], padding: 'same' },
  { shape: [1, 8, 8, 1], filters: 32, kernelSize: [5, 5], stride: [1, 1], padding: 'valid' },
  { shape: [3, 11, 6, 4], filters: 8, kernelSize: [3, 2], stride: [2, 3], padding: 'same' },
  { shape: [2, 7, 7, 17], filters: 18, kernelSize: [1, 1], stride: [2, 2], padding: 'valid' },
  { shape: [2, 6, 5, 2], filters: 3, kernelSize: [4, 3], stride: [2, 1], padding: border },
] as const)('convolution %j', ({ shape, filters, kernelSize, stride, padding }) => {
  test('values and gradients', async () => {
    const layer: LayerSpec = { type: 'conv2d', filters, kernelSize, stride, padding };
    await compare(layer, shape, (x, weight, bias) => {
      const wide = typeof padding === 'string' ? x : tf.pad(x, [[0, 0], padding[0], padding[1], [0, 0]]);
      const rule = typeof padding === 'string' ? padding : 'valid';
      const y = tf.conv2d(wide as tf.Tensor4D, weight as tf.Tensor4D, [...stride], rule);
      return tf.add(y, bias);
    });
  });
});

test.each([
  [5, 37, 11],
  [1, 3, 1],
  [64, 100, 33],
])('a dense layer of %i × %i to %i', async (batch, inputs, units) => {
  await compare({ type: 'dense', units }, [batch, inputs], (x, weight, bias) =>
    tf.add(tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D), bias),
  );
});
