/**
 * A model as other engines take it: a flat list of steps with explicit padding and weights in their layout.
 *
 * Our own layout has channels last. Most others have them first: pictures are [channels, height, width] there, and
 * convolutions' weights [filters, channels, height, width]. What makes the change delicate is `flatten`, which puts
 * the values of a picture in another order then. That order is followed through the layers that take each value by
 * itself, until a dense layer undoes it at no cost, by the order of its weights; only where nothing undoes it a step
 * `reorder` does.
 */
import { type Padding, windowExtent } from '../../kernels/attributes.ts';
import { type Shape, sizeOf } from '../../kernels/operation.ts';
import { InklingError } from '../errors.ts';
import type { WeightedModel } from './fold.ts';
import { buildGraph, type Graph, type GraphNode } from './graph.ts';
import type { WeightTensor } from './network.ts';

export type PortableLayout = 'channelsFirst' | 'channelsLast';

export interface PortableStep {
  /** Name of the layer. */
  name: string;
  /** An operation's name, `flatten`, or `reorder`: y[i] = x[indices[i]] for each example. */
  type: string;
  /** Of a layer spec, completed; a window's `padding` is [top, left, bottom, right]. */
  attributes: Record<string, unknown>;
  /** By role, such as `weight`. */
  weights: Record<string, WeightTensor>;
  inputs: number[];
  output: number;
}

export interface PortableModel {
  steps: PortableStep[];
  /** Shape of each value, without the batch. */
  shapes: Shape[];
  input: number;
  output: number;
}

/** Describes a network step by step. Throws an `InklingError` where weights do not fit the model. */
export function portableModel(source: WeightedModel, layout: PortableLayout): PortableModel {
  return new PortableBuilder(source, layout).build();
}

class PortableBuilder {
  readonly #source: WeightedModel;
  readonly #graph: Graph;
  readonly #channelsFirst: boolean;
  readonly #steps: PortableStep[] = [];
  readonly #shapes: Shape[];
  /** Where a value's contents stand in another order than ours: for each of its values, the place in ours. */
  readonly #orders = new Map<number, Int32Array>();

  constructor(source: WeightedModel, layout: PortableLayout) {
    this.#source = source;
    this.#graph = buildGraph(source.model, 1);
    this.#channelsFirst = layout === 'channelsFirst';
    this.#shapes = this.#graph.values.map(({ shape }) => this.#shapeOf(shape));
  }

  build(): PortableModel {
    const { values, nodes, input, output } = this.#graph;
    const nodeOf = new Map(nodes.map((node) => [node.output, node]));
    values.forEach(({ sameAs }, value) => {
      const node = nodeOf.get(value);
      if (node) this.#add(node);
      else if (sameAs !== undefined) this.#flatten(sameAs, value);
    });
    return { steps: this.#steps, shapes: this.#shapes, input, output: this.#inOurOrder(output) };
  }

  #flatten(input: number, output: number): void {
    const from = this.#graph.values[input].shape;
    const order =
      from.length === 4 && this.#channelsFirst ? channelsFirstOrder(from) : this.#orders.get(input);
    if (order) this.#orders.set(output, order);
    this.#steps.push({
      ...{ name: `flatten_${output}`, type: 'flatten', attributes: {}, weights: {} },
      ...{ inputs: [input], output },
    });
  }

  #add(node: GraphNode): void {
    const { name, operation, output } = node;
    const inputs = this.#inputsOf(node);
    const order = this.#orders.get(inputs[0]);
    if (order && operation.name !== 'dense') this.#orders.set(output, order);
    this.#steps.push({
      ...{ name, type: operation.name, attributes: this.#attributesOf(node), inputs, output },
      weights: this.#weightsOf(node, order),
    });
  }

  /** A node's inputs, those of one that has several all in the same order. */
  #inputsOf({ inputs }: GraphNode): number[] {
    const [first, ...rest] = inputs.map((input) => this.#orders.get(input)?.join());
    const alike = rest.every((order) => order === first);
    return alike ? [...inputs] : inputs.map((input) => this.#inOurOrder(input));
  }

  /** The value, or one with the same contents in our order. */
  #inOurOrder(value: number): number {
    const order = this.#orders.get(value);
    if (!order) return value;
    const indices: number[] = new Array(order.length);
    order.forEach((ours, theirs) => {
      indices[ours] = theirs;
    });
    const output = this.#shapes.push(this.#shapes[value]) - 1;
    this.#steps.push({
      ...{ name: `reorder_${output}`, type: 'reorder', attributes: { indices }, weights: {} },
      ...{ inputs: [value], output },
    });
    return output;
  }

  #shapeOf([, ...sizes]: Shape): Shape {
    if (!this.#channelsFirst || sizes.length !== 3) return sizes;
    const [height, width, channels] = sizes;
    return [channels, height, width];
  }

  #attributesOf({ inputs, attributes }: GraphNode): Record<string, unknown> {
    const all = { ...(attributes as Record<string, unknown>) };
    if (all.padding === undefined) return all;
    const { kernelSize, poolSize, stride, padding } = all as {
      kernelSize?: [number, number];
      poolSize?: [number, number];
      stride?: [number, number];
      padding: Padding;
    };
    const window = kernelSize ?? poolSize;
    const borders = ([0, 1] as const).map((direction): readonly [number, number] => {
      if (!window || !stride) return (padding as [[number, number], [number, number]])[direction];
      const size = this.#graph.values[inputs[0]].shape[1 + direction];
      const { before, after } = windowExtent(size, window[direction], stride[direction], padding, direction);
      return [before, after];
    });
    const [[top, bottom], [left, right]] = borders;
    return { ...all, padding: [top, left, bottom, right] };
  }

  #weightsOf({ name, operation, layout }: GraphNode, order?: Int32Array): Record<string, WeightTensor> {
    const result: Record<string, WeightTensor> = {};
    for (const [role, { shape }] of Object.entries({ ...layout.parameters, ...layout.state })) {
      const weight = this.#source.weights.get(`${name}.${role}`);
      if (weight?.values.length !== sizeOf(shape)) {
        throw new InklingError(`The network lacks the weights "${name}.${role}" of its model.`);
      }
      if (operation.name === 'conv2d' && role === 'weight' && this.#channelsFirst) {
        result[role] = filtersFirst(shape, weight.values);
      } else if (order && !(operation.name === 'dense' && role === 'bias')) {
        result[role] = { shape, values: reorderRows(weight.values, order) };
      } else {
        result[role] = { shape, values: weight.values };
      }
    }
    return result;
  }
}

/** For each value of a picture with channels first, its place with channels last; nothing where that is the same. */
function channelsFirstOrder([, height, width, channels]: Shape): Int32Array | undefined {
  const pixels = height * width;
  if (pixels === 1 || channels === 1) return undefined;
  return Int32Array.from(
    { length: pixels * channels },
    (_, i) => (i % pixels) * channels + Math.floor(i / pixels),
  );
}

/** [height, width, channels, filters] as [filters, channels, height, width]. */
function filtersFirst([height, width, channels, filters]: Shape, values: Float32Array): WeightTensor {
  const taps = height * width;
  const result = new Float32Array(values.length);
  for (let f = 0; f < filters; f++)
    for (let c = 0; c < channels; c++)
      for (let tap = 0; tap < taps; tap++)
        result[(f * channels + c) * taps + tap] = values[(tap * channels + c) * filters + f];
  return { shape: [filters, channels, height, width], values: result };
}

/** Rows in another order: row i of the result is row order[i]. */
function reorderRows(values: Float32Array, order: Int32Array): Float32Array {
  const length = values.length / order.length;
  const result = new Float32Array(values.length);
  order.forEach((from, to) => {
    result.set(values.subarray(from * length, (from + 1) * length), to * length);
  });
  return result;
}
