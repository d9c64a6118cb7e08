/**
 * A network: a model with its weights, and all that is needed to use it.
 *
 * It is plain data without a backend, and it is what the model file holds: one safetensors file with the weights as
 * tensors and everything else as JSON in its metadata. The file says nothing about when or where it was made, so
 * that the same training gives the same bytes.
 */
import type { Shape } from '../../kernels/operation.ts';
import { InklingError } from '../errors.ts';
import { buildGraph } from './graph.ts';
import type { ModelSpec } from './layers.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.ts';

export interface WeightTensor {
  shape: Shape;
  values: Float32Array;
}

/** Pixels from 0 to 1 become (pixel − mean) / deviation before the first layer. */
export interface Normalisation {
  mean: number;
  deviation: number;
}

/** How to make confidences probabilities: logits are divided by the temperature before the softmax. */
export interface Calibration {
  temperature: number;
  /** How many examples, none of them trained on, it was fitted on. */
  examples: number;
}

export interface Network {
  model: ModelSpec;
  /** Parameters and running statistics by name, such as `conv2d_1.weight`. */
  weights: Map<string, WeightTensor>;
  normalisation: Normalisation;
  /** Without one, confidences are what the softmax gives. */
  calibration?: Calibration;
  classNames: readonly string[];
  /** Where it comes from: recipe, seed, digests of the data, scores, engine. */
  provenance: Record<string, unknown>;
}

const FORMAT = 'inkling-network';
const FORMAT_VERSION = '1';
const MAXIMUM_CLASSES = 1000;

/** The bytes of a model file. */
export function encodeNetwork(network: Network): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, { shape, values }] of network.weights) {
    tensors.set(name, { dtype: 'F32', shape: [...shape], data: values });
  }
  return encodeSafetensors(tensors, {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    model: JSON.stringify(network.model),
    normalisation: JSON.stringify(network.normalisation),
    ...(network.calibration && { calibration: JSON.stringify(network.calibration) }),
    classNames: JSON.stringify(network.classNames),
    provenance: JSON.stringify(network.provenance),
  });
}

/** Reads a model file; `source` names it in errors. Every part is checked, and weights must fit the model. */
export function decodeNetwork(bytes: Uint8Array, source: string): Network {
  const { tensors, metadata } = decodeSafetensors(bytes, source);
  if (metadata.format !== FORMAT) {
    throw new InklingError(
      `${source} is a safetensors file, but not a network of Inkling's: its metadata lack the format "${FORMAT}".`,
    );
  }
  if (metadata.formatVersion !== FORMAT_VERSION) {
    throw new InklingError(
      `${source} is written in version ${metadata.formatVersion} of the format, and this Inkling reads version ${FORMAT_VERSION}; update Inkling.`,
    );
  }
  const model = readModel(metadata.model, source);
  const network: Network = {
    model,
    weights: new Map(),
    normalisation: readNormalisation(metadata.normalisation, source),
    ...(metadata.calibration !== undefined && { calibration: readCalibration(metadata.calibration, source) }),
    classNames: readClassNames(metadata.classNames, source),
    provenance: readObject(metadata.provenance, 'provenance', source),
  };
  const expected = weightShapes(model);
  for (const [name, shape] of expected)
    network.weights.set(name, readWeight(name, shape, tensors.get(name), source));
  for (const name of tensors.keys()) {
    if (!expected.has(name))
      throw new InklingError(`${source} holds a tensor "${name}" that its model does not have.`);
  }
  const outputs = outputShape(model);
  if (outputs.length !== 1 || outputs[0] !== network.classNames.length) {
    throw new InklingError(
      `${source} names ${network.classNames.length} classes, but its model gives ${outputs.join('×')} values.`,
    );
  }
  return network;
}

/** Shapes of all parameters and running statistics of a model, by name. */
export function weightShapes(model: ModelSpec): Map<string, Shape> {
  const shapes = new Map<string, Shape>();
  const { nodes } = buildGraph(model, 1);
  for (const kind of ['parameters', 'state'] as const) {
    for (const { name, layout } of nodes) {
      for (const [role, { shape }] of Object.entries(layout[kind] ?? {}))
        shapes.set(`${name}.${role}`, shape);
    }
  }
  return shapes;
}

/** Shape of what a model gives for one example. */
export function outputShape(model: ModelSpec): Shape {
  const { values, output } = buildGraph(model, 1);
  return values[output].shape.slice(1);
}

function readWeight(
  name: string,
  shape: Shape,
  stored: StoredTensor | undefined,
  source: string,
): WeightTensor {
  if (!stored) throw new InklingError(`${source} lacks the tensor "${name}" of its model.`);
  if (stored.dtype !== 'F32' || stored.shape.join() !== shape.join()) {
    throw new InklingError(
      `${source}: the tensor "${name}" is ${stored.dtype} ${stored.shape.join('×')}, where its model needs F32 ${shape.join('×')}.`,
    );
  }
  const values = stored.data;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]))
      throw new InklingError(`${source}: the tensor "${name}" holds a value that is not a finite number.`);
  }
  return { shape, values };
}

function readJson(text: string | undefined, key: string, source: string): unknown {
  if (text === undefined) throw new InklingError(`${source} lacks "${key}" in its metadata.`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InklingError(`${source}: "${key}" in its metadata is not valid JSON.`, { cause });
  }
}

function readObject(text: string | undefined, key: string, source: string): Record<string, unknown> {
  const value = readJson(text, key, source);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InklingError(`${source}: "${key}" in its metadata must be a JSON object.`);
  }
  return value as Record<string, unknown>;
}

function readModel(text: string | undefined, source: string): ModelSpec {
  const model = readObject(text, 'model', source) as unknown as ModelSpec;
  try {
    buildGraph(model, 1);
  } catch (error) {
    if (!(error instanceof InklingError)) throw error;
    throw new InklingError(`${source} describes a model that cannot be: ${error.message}`, { cause: error });
  }
  return model;
}

function readNormalisation(text: string | undefined, source: string): Normalisation {
  const { mean, deviation } = readObject(text, 'normalisation', source);
  if (typeof mean !== 'number' || typeof deviation !== 'number' || !(deviation > 0)) {
    throw new InklingError(
      `${source}: its normalisation must have a number "mean" and a "deviation" above 0.`,
    );
  }
  return { mean, deviation };
}

function readCalibration(text: string, source: string): Calibration {
  const { temperature, examples } = readObject(text, 'calibration', source);
  const isSound = typeof temperature === 'number' && temperature > 0 && Number.isSafeInteger(examples);
  if (!isSound) {
    throw new InklingError(
      `${source}: its calibration must have a "temperature" above 0 and a whole number of "examples".`,
    );
  }
  return { temperature, examples: examples as number };
}

function readClassNames(text: string | undefined, source: string): string[] {
  const names = readJson(text, 'classNames', source);
  if (
    !Array.isArray(names) ||
    names.length > MAXIMUM_CLASSES ||
    !names.every((name) => typeof name === 'string')
  ) {
    throw new InklingError(`${source}: its classNames must be a list of at most ${MAXIMUM_CLASSES} strings.`);
  }
  return names;
}
