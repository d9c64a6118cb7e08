/** Activations, the loss and the optimisers against TensorFlow.js, which knows nothing of the reference. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FloatArray } from '../kernels/operation.ts';
import { Purpose, RandomStream } from '../kernels/random/reference.ts';
import { compile } from '../src/engine/compile.ts';
import type { Executable } from '../src/engine/executable.ts';
import type { OptimizerOptions } from '../src/engine/plan.ts';
import type { LayerSpec } from '../src/model/layers.ts';
import { compileCase, fillCase, relativeError } from './operations.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

function agree(actual: FloatArray, expected: tf.Tensor, name = ''): void {
  expect(actual.length).toBe(expected.size);
  expect(relativeError(actual, expected.dataSync() as Float32Array), name).toBeLessThan(1e-4);
}

const ACTIVATIONS: [LayerSpec, (x: tf.Tensor) => tf.Tensor][] = [
  [{ type: 'relu' }, (x) => tf.relu(x)],
  [{ type: 'leakyRelu', negativeSlope: 0.2 }, (x) => tf.leakyRelu(x, 0.2)],
  [{ type: 'sigmoid' }, (x) => tf.sigmoid(x)],
  [{ type: 'tanh' }, (x) => tf.tanh(x)],
  [{ type: 'silu' }, (x) => tf.mul(x, tf.sigmoid(x))],
  [{ type: 'gelu' }, (x) => tf.mul(tf.mul(x, 0.5), tf.add(1, tf.erf(tf.div(x, Math.SQRT2))))],
];

test.each(ACTIVATIONS)('%j', async (layer, f) => {
  const executable = await compileCase(
    { layers: [layer], input: [123], batch: 3, seed: 1 },
    { backend: 'wasm' },
  );
  fillCase(executable, 1);
  for (let i = 0; i < executable.input.length; i++) executable.input[i] *= 3;
  executable.differentiate(0, 0);
  const x = tf.tensor([...executable.input]);
  agree(executable.trainingOutput, f(x));
  agree(executable.inputGradient, tf.grad(f)(x, tf.tensor([...executable.outputGradient])));
});

describe.each([0, 0.1])('softmax cross-entropy, labels smoothed by %d', (labelSmoothing) => {
  test.each([2, 10, 33])('of %d classes', async (classes) => {
    const executable = await compile(
      { input: [classes], layers: [{ type: 'dropout', rate: 0 }] },
      {
        batch: 9,
        mode: 'train',
        inputGradient: true,
        loss: { type: 'softmaxCrossEntropy', labelSmoothing },
        backend: 'wasm',
      },
    );
    fillExamples(executable, new RandomStream(3, Purpose.synthetic), classes);
    executable.differentiate(0, 0);
    const labels = tf.oneHot(tf.tensor1d([...executable.labels], 'int32'), classes);
    const logits = tf.tensor2d([...executable.input], [9, classes]);
    const loss = (x: tf.Tensor, reduction: tf.Reduction) =>
      tf.losses.softmaxCrossEntropy(labels, x, undefined, labelSmoothing, reduction);
    agree(executable.loss, loss(logits, tf.Reduction.NONE));
    agree(executable.inputGradient, tf.grad((x) => loss(x, tf.Reduction.MEAN))(logits));
  });
});

function fillExamples(executable: Executable, random: RandomStream, classes: number): void {
  const { input, labels } = executable;
  for (let i = 0; i < input.length; i++) input[i] = Math.fround(random.normal());
  for (let i = 0; i < labels.length; i++) labels[i] = random.below(classes);
}

const RATE = 0.05;

/**
 * Epsilons stand at the same places there; only Adagrad's cannot be chosen, and is our default. TensorFlow.js has no
 * AdamW.
 */
const OPTIMIZERS: [OptimizerOptions, () => tf.Optimizer][] = [
  [{ type: 'sgd' }, () => tf.train.sgd(RATE)],
  [{ type: 'sgd', momentum: 0.9 }, () => tf.train.momentum(RATE, 0.9)],
  [{ type: 'sgd', momentum: 0.9, nesterov: true }, () => tf.train.momentum(RATE, 0.9, true)],
  [{ type: 'rmsprop' }, () => tf.train.rmsprop(RATE, 0.9, 0, 1e-7)],
  [{ type: 'rmsprop', momentum: 0.5, rho: 0.8 }, () => tf.train.rmsprop(RATE, 0.8, 0.5, 1e-7)],
  [{ type: 'adagrad' }, () => tf.train.adagrad(RATE, 0.1)],
  [{ type: 'adam' }, () => tf.train.adam(RATE, 0.9, 0.999, 1e-8)],
  [{ type: 'adam', beta1: 0.7, beta2: 0.9 }, () => tf.train.adam(RATE, 0.7, 0.9, 1e-8)],
];

describe('ten steps of', () => {
  test.each(OPTIMIZERS)('%j', async (options, makeOptimizer) => {
    const [inputs, classes, batch] = [7, 4, 6];
    const executable = await compile(
      { input: [inputs], layers: [{ type: 'dense', units: classes }] },
      {
        batch,
        mode: 'train',
        loss: { type: 'softmaxCrossEntropy' },
        optimizer: options,
        backend: 'wasm',
      },
    );
    executable.initialise(4);
    const [weights, biases] = ['weight', 'bias'].map(
      (role) => executable.weights().get(`dense_1.${role}`) as FloatArray,
    );
    const weight = tf.variable(tf.tensor2d([...weights], [inputs, classes]));
    const bias = tf.variable(tf.tensor1d([...biases]));
    const optimizer = makeOptimizer();
    const random = new RandomStream(5, Purpose.synthetic);
    for (let step = 0; step < 10; step++) {
      fillExamples(executable, random, classes);
      executable.train(0, step, RATE);
      optimizer.minimize(() => {
        const x = tf.tensor2d([...executable.input], [batch, inputs]);
        const labels = tf.oneHot(tf.tensor1d([...executable.labels], 'int32'), classes);
        return tf.losses.softmaxCrossEntropy(labels, tf.add(tf.matMul(x, weight), bias)) as tf.Scalar;
      });
    }
    agree(weights, weight, 'weight');
    agree(biases, bias, 'bias');
  });
});
