/** Pooling and batch normalisation in WebAssembly against TensorFlow.js, which knows nothing of the reference. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FloatArray } from '../kernels/operation.ts';
import type { Executable } from '../src/engine/executable.ts';
import type { LayerSpec } from '../src/model/layers.ts';
import { compileCase, fillCase, relativeError } from './operations.ts';

type Image = tf.Tensor4D;

const EPSILON = 1e-3;

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

/** A layer on a batch of random input, after a training step and an inference. */
async function run(layer: LayerSpec, [batch, ...input]: readonly number[]): Promise<Executable> {
  const executable = await compileCase({ layers: [layer], input, batch, seed: 1 }, { backend: 'wasm' });
  fillCase(executable, 1);
  executable.infer();
  return executable;
}

function agree(actual: FloatArray, expected: tf.Tensor): void {
  expect(actual.length).toBe(expected.size);
  expect(relativeError(actual, expected.dataSync() as Float32Array)).toBeLessThan(1e-4);
}

const tensorOf = (values: FloatArray, shape: readonly number[]) => tf.tensor([...values], [...shape]);

interface Pool {
  shape: [number, number, number, number];
  poolSize: [number, number];
  stride: [number, number];
  padding: 'same' | 'valid';
}

const pools: Pool[] = [
  { shape: [3, 8, 6, 8], poolSize: [2, 2], stride: [2, 2], padding: 'valid' },
  { shape: [1, 7, 9, 5], poolSize: [3, 3], stride: [2, 2], padding: 'same' },
  { shape: [2, 5, 5, 13], poolSize: [3, 2], stride: [1, 2], padding: 'same' },
  { shape: [2, 9, 7, 1], poolSize: [2, 3], stride: [3, 1], padding: 'valid' },
  { shape: [2, 5, 8, 3], poolSize: [4, 5], stride: [1, 1], padding: 'same' },
];

describe.each(pools)('pooling %j', ({ shape, poolSize, stride, padding }) => {
  const [, , , channels] = shape;

  /** Sums under each window, which padding adds nothing to. */
  const sums = (x: Image) => {
    const ones = tf.ones([...poolSize, channels, 1]) as tf.Tensor4D;
    if (stride[0] === stride[1]) return tf.depthwiseConv2d(x, ones, stride, padding);
    // TensorFlow.js strides depthwise convolutions equally both ways only.
    const all = tf.depthwiseConv2d(extended(x), ones, 1, 'valid');
    const rows = tf.range(0, all.shape[1], stride[0], 'int32');
    const columns = tf.range(0, all.shape[2], stride[1], 'int32');
    return tf.gather(tf.gather(all, rows, 1), columns, 2) as Image;
  };

  /** The image with the border that `padding` stands for. */
  const extended = (x: Image) => {
    if (padding === 'valid') return x;
    const border = [0, 1].map((i) => {
      const total = (Math.ceil(shape[i + 1] / stride[i]) - 1) * stride[i] + poolSize[i] - shape[i + 1];
      return [Math.floor(Math.max(0, total) / 2), Math.ceil(Math.max(0, total) / 2)] as [number, number];
    });
    return tf.pad(x, [[0, 0], border[0], border[1], [0, 0]]);
  };

  /** Its own averages are right, but their gradient divides by the whole window, padding included. */
  const averages = (x: Image) => tf.div(sums(x), sums(tf.onesLike(x))) as Image;

  test('maxima and their gradients', async () => {
    const executable = await run({ type: 'maxPool2d', poolSize, stride, padding }, shape);
    executable.differentiate(1, 0);
    const x = tensorOf(executable.input, shape) as Image;
    const pool = (input: Image) => tf.maxPool(input, poolSize, stride, padding);
    const y = pool(x);
    agree(executable.output, y);
    agree(executable.trainingOutput, y);
    const dy = tensorOf(executable.outputGradient, y.shape);
    agree(executable.inputGradient, tf.grad(pool as (x: tf.Tensor) => tf.Tensor)(x, dy));
  });

  test('averages and their gradients', async () => {
    const executable = await run({ type: 'averagePool2d', poolSize, stride, padding }, shape);
    executable.differentiate(1, 0);
    const x = tensorOf(executable.input, shape) as Image;
    const y = tf.avgPool(x, poolSize, stride, padding);
    agree(executable.output, y);
    agree(executable.trainingOutput, y);
    const dy = tensorOf(executable.outputGradient, y.shape);
    agree(executable.inputGradient, tf.grad(averages as (x: tf.Tensor) => tf.Tensor)(x, dy));
  });
});

test.each([[[3, 5, 4, 6]], [[1, 7, 7, 9]]])('global pooling %j', async (shape) => {
  for (const type of ['globalMaxPool', 'globalAveragePool'] as const) {
    const executable = await run({ type }, shape);
    executable.differentiate(1, 0);
    const pool = (x: tf.Tensor) => (type === 'globalMaxPool' ? tf.max(x, [1, 2]) : tf.mean(x, [1, 2]));
    const x = tensorOf(executable.input, shape);
    const y = pool(x);
    agree(executable.output, y);
    agree(executable.trainingOutput, y);
    agree(executable.inputGradient, tf.grad(pool)(x, tensorOf(executable.outputGradient, y.shape)));
  }
});

/** Batch normalisation in TensorFlow's own arithmetic. */
function normalised(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor {
  const axes = x.shape.map((_, axis) => axis).slice(0, -1);
  const { mean, variance } = tf.moments(x, axes);
  const deviation = tf.sqrt(tf.add(variance, EPSILON));
  return tf.add(tf.mul(tf.div(tf.sub(x, mean), deviation), gamma), beta);
}

describe.each([[[4, 6, 5, 8]], [[2, 3, 3, 21]], [[1, 9, 9, 3]], [[8, 10]], [[130, 33]]])(
  'batch normalisation %j',
  (shape) => {
    const layer: LayerSpec = { type: 'batchNorm', name: 'norm', epsilon: EPSILON, momentum: 0.75 };
    const channels = shape[shape.length - 1];
    const weight = (executable: Executable, role: string) =>
      tensorOf(executable.weights().get(`norm.${role}`) as FloatArray, [channels]);

    test('inference uses running statistics', async () => {
      const executable = await run(layer, shape);
      const [gamma, beta, mean, variance] = ['gamma', 'beta', 'runningMean', 'runningVariance'].map((role) =>
        weight(executable, role),
      );
      const x = tensorOf(executable.input, shape);
      const deviation = tf.sqrt(tf.add(variance, EPSILON));
      agree(executable.output, tf.add(tf.mul(tf.div(tf.sub(x, mean), deviation), gamma), beta));
    });

    test('training uses the statistics of the batch and moves the running ones', async () => {
      const executable = await run(layer, shape);
      const [oldMean, oldVariance] = ['runningMean', 'runningVariance'].map((role) =>
        weight(executable, role),
      );
      executable.differentiate(1, 0);
      const x = tensorOf(executable.input, shape);
      const axes = shape.map((_, axis) => axis).slice(0, -1);
      const { mean, variance } = tf.moments(x, axes);
      const rows = x.size / channels;
      const unbiased = tf.mul(variance, rows / (rows - 1));
      agree(
        executable.trainingOutput,
        normalised(x, weight(executable, 'gamma'), weight(executable, 'beta')),
      );
      const moved = (old: tf.Tensor, measured: tf.Tensor) =>
        tf.add(tf.mul(old, 0.75), tf.mul(measured, 0.25));
      agree(executable.weights().get('norm.runningMean') as FloatArray, moved(oldMean, mean));
      agree(executable.weights().get('norm.runningVariance') as FloatArray, moved(oldVariance, unbiased));
    });

    test('gradients', async () => {
      const executable = await run(layer, shape);
      executable.differentiate(1, 0);
      const inputs = [
        tensorOf(executable.input, shape),
        weight(executable, 'gamma'),
        weight(executable, 'beta'),
      ];
      const [dx, dgamma, dbeta] = tf.grads(normalised)(inputs, tensorOf(executable.outputGradient, shape));
      agree(executable.inputGradient, dx);
      agree(executable.gradients().get('norm.gamma') as FloatArray, dgamma);
      agree(executable.gradients().get('norm.beta') as FloatArray, dbeta);
    });
  },
);
