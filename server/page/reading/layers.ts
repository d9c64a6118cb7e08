/**
 * What the first layers make of a picture.
 *
 * A model is a list of layers, so the outputs of its first few are those of a shorter network with the same weights:
 * nothing in the engine has to be opened for it.
 */
import { compile, type LayerSpec, type Network, summarise, weightShapes } from '../../../src/browser.ts';

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

/** Runs the picture, 28×28 bytes, through the first layers. */
export async function layerOutputs(network: Network, image: Uint8Array): Promise<LayerOutput[]> {
  const outputs: LayerOutput[] = [];
  for (const count of cuts(network)) outputs.push(await outputAfter(network, count, image));
  return outputs;
}

async function outputAfter(network: Network, count: number, image: Uint8Array): Promise<LayerOutput> {
  const model = { ...network.model, layers: network.model.layers.slice(0, count) };
  const executable = await compile(model, { batch: 1, mode: 'infer', backend: 'wasm', threads: 1 });
  try {
    const names = [...weightShapes(model).keys()];
    executable.writeWeights(new Map(names.map((name) => [name, network.weights.get(name)!.values])));
    const { mean, deviation } = network.normalisation;
    executable.input.set(Float32Array.from(image, (byte) => (byte / 255 - mean) / deviation));
    executable.infer();
    const { layers } = summarise(model);
    const [height, width, channels] = layers.at(-1)!.outputShape;
    const values = Float32Array.from(await executable.read('output'));
    const kernel = layers.findLast(({ type }) => type.includes('onv'))?.name;
    return { name: kernel ?? layers.at(-1)!.name, height, width, channels, values };
  } finally {
    await executable.dispose();
  }
}
