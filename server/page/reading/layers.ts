/**
 * What the first layers make of a picture.
 *
 * A model is a list of layers, so the outputs of its first few are those of a shorter network with the same weights:
 * nothing in the engine has to be opened for it.
 */
import {
  compile,
  type Executable,
  type LayerSpec,
  type Network,
  summarise,
  weightShapes,
} from '../../../src/browser.ts';
import { aTurnForOthers } from './polite.ts';

export interface LayerOutput {
  /** The layers up to it, for people: `conv2d_1 · relu_1`. */
  name: string;
  height: number;
  width: number;
  channels: number;
  /** height × width × channels values. */
  values: Float32Array;
}

/** How many outputs are shown. */
const SHOWN = 3;
const ACTIVATIONS: readonly LayerSpec['type'][] = [
  'relu',
  'leakyRelu',
  'gelu',
  'silu',
  'sigmoid',
  'tanh',
  'residual',
];

/** How many layers there are up to each output worth seeing: behind an activation, while it is still a picture. */
export function cuts({ model }: Pick<Network, 'model'>): number[] {
  const found: number[] = [];
  for (const [i, { type }] of model.layers.entries()) {
    if (['flatten', 'dense', 'globalMaxPool', 'globalAveragePool'].includes(type)) break;
    if (ACTIVATIONS.includes(type)) found.push(i + 1);
  }
  return found.slice(0, SHOWN);
}

interface ShortNetwork {
  executable: Executable;
  shape: Omit<LayerOutput, 'values'>;
}

/** The first layers of a network, each cut compiled once. */
export class FirstLayers {
  readonly #network: Network;
  readonly #short = new Map<number, Promise<ShortNetwork>>();

  constructor(network: Network) {
    this.#network = network;
  }

  /** Runs a picture, 28×28 bytes, through them. */
  async outputs(image: Uint8Array): Promise<LayerOutput[]> {
    const outputs: LayerOutput[] = [];
    for (const count of cuts(this.#network)) {
      if (outputs.length > 0) await aTurnForOthers();
      outputs.push(await this.#outputAfter(count, image));
    }
    return outputs;
  }

  async #outputAfter(count: number, image: Uint8Array): Promise<LayerOutput> {
    let short = this.#short.get(count);
    if (!short) {
      short = this.#compile(count);
      this.#short.set(count, short);
    }
    const { executable, shape } = await short;
    const { mean, deviation } = this.#network.normalisation;
    for (const [at, byte] of image.entries()) executable.input[at] = (byte / 255 - mean) / deviation;
    executable.infer();
    return { ...shape, values: Float32Array.from(await executable.read('output')) };
  }

  async #compile(count: number): Promise<ShortNetwork> {
    const { model: whole, weights } = this.#network;
    const model = { ...whole, layers: whole.layers.slice(0, count) };
    const executable = await compile(model, { batch: 1, mode: 'infer', backend: 'wasm', threads: 1 });
    const names = [...weightShapes(model).keys()];
    executable.writeWeights(new Map(names.map((name) => [name, weights.get(name)!.values])));
    const { layers } = summarise(model);
    const [height, width, channels] = layers.at(-1)!.outputShape;
    const kernel = layers.findLast(({ type }) => type.includes('onv'))?.name;
    return { executable, shape: { name: kernel ?? layers.at(-1)!.name, height, width, channels } };
  }
}
