/**
 * jax-js's process, on its WebAssembly backend, which has one thread in Node: it looks for web workers to have more.
 *
 * The network is written as in its own MNIST example. `jit` is left out where it does harm: with it, a third more time
 * went into the loss and its gradients. Its package of optimizers is not in the npm registry, so Adam is written with
 * its operations.
 *
 * Arrays are counted by hand there: whoever is given one uses it up, and `ref` makes it last once more.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contest, Engine } from './answer.ts';
import { decodeFloats, type PrepareRequest, type WireModel, type WireStep } from './protocol.ts';
import { serve } from './serve.ts';

/** As much of jax-js as is used here: it is not there where types are checked. */
interface JaxArray {
  readonly ref: JaxArray;
  readonly shape: number[];
  add(other: JaxArray | number): JaxArray;
  sub(other: JaxArray): JaxArray;
  mul(other: JaxArray | number): JaxArray;
  div(other: JaxArray | number): JaxArray;
  sum(): JaxArray;
  reshape(shape: readonly number[]): JaxArray;
  astype(type: unknown): JaxArray;
  dispose(): void;
  dataSync(): ArrayLike<number>;
}
type Tree = JaxArray | { [key: string]: Tree } | Tree[];
interface Jax {
  init(...devices: string[]): Promise<string[]>;
  defaultDevice(device: string): string;
  blockUntilReady(arrays: Tree): Promise<unknown>;
  jit<F>(compute: F): F & { dispose(): void };
  valueAndGrad(
    compute: (weights: Weights, x: JaxArray, targets: JaxArray, key: JaxArray) => JaxArray,
  ): (weights: Weights, x: JaxArray, targets: JaxArray, key: JaxArray) => [JaxArray, Weights];
  tree: { ref<T extends Tree>(arrays: T): T; dispose(arrays: Tree): void };
  lax: {
    conv(x: JaxArray, weight: JaxArray, strides: number[], padding: [number, number][]): JaxArray;
    reduceWindow(
      x: JaxArray,
      reduce: (window: JaxArray) => JaxArray,
      size: number[],
      strides: number[],
    ): JaxArray;
  };
  nn: {
    relu(x: JaxArray): JaxArray;
    logSoftmax(x: JaxArray): JaxArray;
    oneHot(labels: JaxArray, classes: number): JaxArray;
  };
  numpy: {
    float32: unknown;
    int32: unknown;
    array(values: Float32Array | Int32Array | number, options?: { dtype: unknown }): JaxArray;
    zeros(shape: readonly number[]): JaxArray;
    dot(a: JaxArray, b: JaxArray): JaxArray;
    max(x: JaxArray): JaxArray;
    sqrt(x: JaxArray): JaxArray;
    square(x: JaxArray): JaxArray;
  };
  random: {
    key(seed: number): JaxArray;
    split(key: JaxArray): JaxArray & Iterable<JaxArray>;
    bernoulli(key: JaxArray, probability: number, shape: readonly number[]): JaxArray;
  };
}
/** By layer and role, such as `conv2d_1.weight`. */
type Weights = Record<string, JaxArray>;

const NAME = '@jax-js/jax';
const DEVICE = 'wasm';
const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

async function start(): Promise<Engine> {
  const jax: Jax = await import(NAME);
  if (!(await jax.init(DEVICE)).includes(DEVICE)) throw new Error('its backend does not start here');
  jax.defaultDevice(DEVICE);
  const about = join(import.meta.dirname, 'node_modules', NAME, 'package.json');
  const { version } = JSON.parse(await readFile(about, 'utf8'));
  let dispose: (() => void) | undefined;
  return {
    version,
    async prepare(request) {
      dispose?.();
      dispose = undefined;
      const network = new JaxNetwork(jax, request);
      dispose = () => network.dispose();
      // The first step compiles, which a trial has seen to and which is no part of what is timed.
      if (request.trialSteps === 0) await network.contest.step();
      return { contest: network.contest, threads: 1 };
    },
  };
}

class JaxNetwork {
  readonly contest: Contest;
  readonly #jax: Jax;
  readonly #model: WireModel;
  #weights: Weights;
  readonly #kept: { dispose(): void }[] = [];

  constructor(jax: Jax, request: PrepareRequest) {
    const { model, batch, pixels, workload } = request;
    if (!model) throw new Error('needs a network in steps');
    this.#jax = jax;
    this.#model = model;
    this.#weights = weightsOf(jax, model);
    const x = jax.numpy.array(decodeFloats(pixels)).reshape([batch, ...model.shapes[model.input]]);
    this.#kept.push(x);
    this.contest = workload === 'infer' ? this.#inference(x) : this.#training(x, request);
  }

  dispose(): void {
    this.#jax.tree.dispose(this.#weights);
    for (const one of this.#kept) one.dispose();
  }

  #inference(x: JaxArray): Contest {
    const { tree, jit } = this.#jax;
    const answer = jit((weights: Weights, images: JaxArray) => this.#run(weights, images));
    this.#kept.push(answer);
    let result: number[] = [];
    return {
      step: () => {
        result = Array.from(answer(tree.ref(this.#weights), x.ref).dataSync());
      },
      result: () => result,
    };
  }

  #training(x: JaxArray, { batch, labels, learningRate }: PrepareRequest): Contest {
    const { numpy: np, nn, tree, random, jit, valueAndGrad, blockUntilReady } = this.#jax;
    const classes = this.#model.shapes[this.#model.output][0];
    const targets = nn.oneHot(np.array(Int32Array.from(labels), { dtype: np.int32 }), classes);
    const zeros = () =>
      Object.fromEntries(Object.entries(this.#weights).map(([name, { shape }]) => [name, np.zeros(shape)]));
    const state = { means: zeros(), squares: zeros() };
    const lossAndGradients = valueAndGrad((weights, images, wanted, key) =>
      nn
        .logSoftmax(this.#run(weights, images, key))
        .mul(wanted)
        .sum()
        .mul(-1 / batch),
    );
    const adam = jit(
      (
        weights: Weights,
        gradients: Weights,
        { means, squares }: { means: Weights; squares: Weights },
        rate: JaxArray,
        correction: JaxArray,
      ): [Weights, typeof state] => {
        const next = { weights: {} as Weights, means: {} as Weights, squares: {} as Weights };
        for (const [name, gradient] of Object.entries(gradients)) {
          const mean = means[name].mul(BETA1).add(gradient.ref.mul(1 - BETA1));
          const square = squares[name].mul(BETA2).add(np.square(gradient).mul(1 - BETA2));
          next.means[name] = mean.ref;
          next.squares[name] = square.ref;
          const scale = np.sqrt(square.mul(correction.ref)).add(EPSILON);
          next.weights[name] = weights[name].sub(mean.mul(rate.ref).div(scale));
        }
        rate.dispose();
        correction.dispose();
        return [next.weights, { means: next.means, squares: next.squares }];
      },
    );
    this.#kept.push(targets, adam, { dispose: () => tree.dispose(state) });
    let count = 0;
    let result: number[] = [];
    return {
      step: async () => {
        count++;
        // As arguments: a number in the compiled function would stay what it was.
        const rate = np.array(learningRate / (1 - BETA1 ** count));
        const correction = np.array(1 / (1 - BETA2 ** count));
        const [loss, gradients] = lossAndGradients(
          tree.ref(this.#weights),
          x.ref,
          targets.ref,
          random.key(count),
        );
        const [weights, moments] = adam(this.#weights, gradients, { ...state }, rate, correction);
        this.#weights = weights;
        Object.assign(state, moments);
        await blockUntilReady([this.#weights, state]);
        result = Array.from(loss.dataSync());
      },
      result: () => result,
    };
  }

  /** The logits; those of training where there is a key for chance. */
  #run(weights: Weights, x: JaxArray, key?: JaxArray): JaxArray {
    let [value, chance] = [x, key];
    let at = this.#model.input;
    for (const step of this.#model.steps) {
      if (step.inputs.length !== 1 || step.inputs[0] !== at)
        throw new Error('cannot run networks that branch');
      at = step.output;
      if (step.type === 'dropout') {
        if (!chance) continue;
        const [now, later] = this.#jax.random.split(chance);
        chance = later;
        value = this.#dropout(value, step.attributes.rate as number, now);
      } else {
        value = this.#step(step, value, weights);
      }
    }
    chance?.dispose();
    return value;
  }

  #step({ name, type, attributes }: WireStep, x: JaxArray, weights: Weights): JaxArray {
    const { lax, nn, numpy: np } = this.#jax;
    const [weight, bias] = [weights[`${name}.weight`], weights[`${name}.bias`]];
    const strides = attributes.stride as number[];
    switch (type) {
      case 'conv2d': {
        const [top, left, bottom, right] = attributes.padding as number[];
        const borders: [number, number][] = [
          [top, bottom],
          [left, right],
        ];
        const y = lax.conv(x, weight, strides, borders);
        return bias ? y.add(bias) : y;
      }
      case 'dense': {
        const y = np.dot(x, weight);
        return bias ? y.add(bias) : y;
      }
      case 'maxPool2d':
        if ((attributes.padding as number[]).some((border) => border > 0)) {
          throw new Error('cannot pool with borders');
        }
        return lax.reduceWindow(x, np.max, attributes.poolSize as number[], strides);
      case 'relu':
        return nn.relu(x);
      case 'flatten':
        return x.reshape([x.shape[0], -1]);
      default:
        throw new Error(`cannot run layers of type ${type}`);
    }
  }

  #dropout(x: JaxArray, rate: number, key: JaxArray): JaxArray {
    const { random, numpy: np } = this.#jax;
    const kept = random.bernoulli(key, 1 - rate, x.shape).astype(np.float32);
    return x.mul(kept).mul(1 / (1 - rate));
  }
}

function weightsOf({ numpy: np }: Jax, { steps }: WireModel): Weights {
  const weights: Weights = {};
  for (const { name, type, weights: own } of steps) {
    for (const [role, { shape, values }] of Object.entries(own)) {
      // A bias per channel, as it stands against [channels, height, width].
      const standing = type === 'conv2d' && role === 'bias' ? [...shape, 1, 1] : [...shape];
      weights[`${name}.${role}`] = np.array(decodeFloats(values)).reshape(standing);
    }
  }
  return weights;
}

await serve(start);
