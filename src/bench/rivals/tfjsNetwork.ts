/**
 * A network in TensorFlow.js, whatever its backend: written with its core operations, fused where it offers that, which
 * is what its own layers do, less their overhead.
 */
import type * as Tf from '@tensorflow/tfjs-core';
import type { Contest } from './answer.ts';
import { decodeFloats, type PrepareRequest, type WireModel, type WireStep } from './protocol.ts';

export type TensorFlow = typeof Tf;

/**
 * A network that is ready for a request.
 *
 * @param isRemote whether a graphics card computes, which may be some steps behind.
 */
export function contestOf(tf: TensorFlow, request: PrepareRequest, isRemote: boolean): Contest {
  const { model, batch, pixels, labels, workload, learningRate } = request;
  if (!model) throw new Error('needs a network in steps');
  const network = new TfjsNetwork(tf, model);
  const x = tf.tensor(decodeFloats(pixels), [batch, ...model.shapes[model.input]]);
  const forget = () => {
    tf.disposeVariables();
    x.dispose();
  };
  /** Of the last step, on the card until somebody wants it. */
  let last: Tf.Tensor | undefined;
  let result: Iterable<number> = [];
  const keep = (value: Tf.Tensor) => {
    last?.dispose();
    last = value;
  };
  const settle = async () => {
    if (last) result = isRemote ? await last.data() : last.dataSync();
  };
  if (workload === 'infer') {
    return {
      step() {
        keep(tf.tidy(() => network.run(x, false)));
        return settle();
      },
      result: () => [...result],
      dispose: async () => forget(),
    };
  }
  const optimizer = tf.train.adam(learningRate, 0.9, 0.999, 1e-8);
  const classes = model.shapes[model.output][0];
  const targets = tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), classes), 'float32');
  return {
    step() {
      const lossOf = () => tf.losses.softmaxCrossEntropy(targets, network.run(x, true)) as Tf.Scalar;
      keep(optimizer.minimize(lossOf, true, network.trainable) as Tf.Scalar);
      return isRemote ? undefined : settle();
    },
    settle: isRemote ? settle : undefined,
    result: () => [...result],
    dispose: async () => {
      optimizer.dispose();
      forget();
    },
  };
}

const STATE = ['runningMean', 'runningVariance'];

class TfjsNetwork {
  readonly trainable: Tf.Variable[] = [];
  readonly #tf: TensorFlow;
  readonly #model: WireModel;
  readonly #weights = new Map<WireStep, Record<string, Tf.Variable>>();

  constructor(tf: TensorFlow, model: WireModel) {
    this.#tf = tf;
    this.#model = model;
    for (const step of model.steps) {
      const weights: Record<string, Tf.Variable> = {};
      for (const [role, { shape, values }] of Object.entries(step.weights)) {
        const isTrained = !STATE.includes(role);
        weights[role] = tf.variable(tf.tensor(decodeFloats(values), [...shape]), isTrained);
        if (isTrained) this.trainable.push(weights[role]);
      }
      this.#weights.set(step, weights);
    }
  }

  run(x: Tf.Tensor, training: boolean): Tf.Tensor {
    const { steps, input, output } = this.#model;
    const values = new Map([[input, x]]);
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i];
      const operands = step.inputs.map((value) => values.get(value) as Tf.Tensor);
      const next = steps[i + 1];
      const isFused =
        next?.type === 'relu' && next.inputs[0] === step.output && ['conv2d', 'dense'].includes(step.type);
      if (isFused) i++;
      values.set(isFused ? next.output : step.output, this.#step(step, operands, training, isFused));
    }
    return values.get(output) as Tf.Tensor;
  }

  #step(step: WireStep, [x, other]: Tf.Tensor[], training: boolean, withRelu: boolean): Tf.Tensor {
    const tf = this.#tf;
    const { type, attributes } = step;
    const weights = this.#weights.get(step) as Record<string, Tf.Variable>;
    const activation = withRelu ? 'relu' : 'linear';
    const pad = bordersOf(attributes);
    const strides = attributes.stride as [number, number];
    switch (type) {
      case 'conv2d':
        return tf.fused.conv2d({
          ...{ x: x as Tf.Tensor4D, filter: weights.weight as unknown as Tf.Tensor4D, bias: weights.bias },
          ...{ strides, pad, activation },
        });
      case 'dense':
        return tf.fused.matMul({ a: x, b: weights.weight, bias: weights.bias, activation });
      case 'maxPool2d':
        return tf.maxPool(x as Tf.Tensor4D, attributes.poolSize as [number, number], strides, pad);
      case 'averagePool2d':
        return tf.avgPool(x as Tf.Tensor4D, attributes.poolSize as [number, number], strides, pad);
      case 'globalMaxPool':
        return tf.max(x, [1, 2]);
      case 'globalAveragePool':
        return tf.mean(x, [1, 2]);
      case 'batchNorm':
        return this.#batchNorm(x, weights, attributes as { epsilon: number; momentum: number }, training);
      case 'dropout':
        return training ? tf.dropout(x, attributes.rate as number) : x;
      case 'leakyRelu':
        return tf.leakyRelu(x, attributes.negativeSlope as number);
      case 'relu':
      case 'sigmoid':
      case 'tanh':
        return tf[type](x);
      case 'silu':
        return tf.mul(x, tf.sigmoid(x));
      case 'gelu':
        return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1));
      case 'flatten':
        return tf.reshape(x, [x.shape[0], -1]);
      case 'zeroPadding2d': {
        const [top, left, bottom, right] = attributes.padding as number[];
        return tf.pad(x, [
          [0, 0],
          [top, bottom],
          [left, right],
          [0, 0],
        ]);
      }
      case 'scaleChannels':
        return tf.mul(x, tf.reshape(other, [other.shape[0], 1, 1, -1]));
      case 'add':
        return tf.add(x, other);
      default:
        throw new Error(`cannot run layers of type ${type}`);
    }
  }

  #batchNorm(
    x: Tf.Tensor,
    { gamma, beta, runningMean, runningVariance }: Record<string, Tf.Variable>,
    { epsilon, momentum }: { epsilon: number; momentum: number },
    training: boolean,
  ): Tf.Tensor {
    const tf = this.#tf;
    const normalised = (mean: Tf.Tensor, variance: Tf.Tensor) =>
      tf.batchNorm(
        x as Tf.Tensor4D,
        mean as Tf.Tensor1D,
        variance as Tf.Tensor1D,
        beta as never,
        gamma as never,
        epsilon,
      );
    if (!training) return normalised(runningMean, runningVariance);
    const axes = x.shape.slice(0, -1).map((_, axis) => axis);
    const { mean, variance } = tf.moments(x, axes);
    const move = (state: Tf.Variable, measured: Tf.Tensor) =>
      state.assign(tf.add(tf.mul(state, momentum), tf.mul(measured, 1 - momentum)));
    move(runningMean, mean);
    move(runningVariance, variance);
    return normalised(mean, variance);
  }
}

/** Explicit borders as TensorFlow.js takes them; none where there are none, since not every pool takes any. */
function bordersOf({ padding }: Record<string, unknown>): 'valid' | [[0, 0], Pair, Pair, [0, 0]] {
  const [top, left, bottom, right] = (padding ?? [0, 0, 0, 0]) as number[];
  if (top + left + bottom + right === 0) return 'valid';
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}

type Pair = [number, number];
