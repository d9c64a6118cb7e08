/**
 * From a model spec to a graph: every layer becomes one operation between numbered values, with all shapes known.
 *
 * Each value is written once. Residual branches make a value be read twice, which is all that tells this graph
 * from a list. Layers that only rename data (flatten) make no operation: their value is the same under another shape.
 */
import { onlyKnown } from '../../kernels/attributes.ts';
import { type Layout, type Operation, OperationError, type Shape, sizeOf } from '../../kernels/operation.ts';
import { findOperation, operationNames } from '../../kernels/registry.ts';
import { InklingError } from '../errors.ts';
import type { LayerSpec, ModelSpec } from './layers.ts';

export interface GraphValue {
  shape: Shape;
  /** The value this is another shape of. */
  sameAs?: number;
}

export interface GraphNode {
  /** Name of the layer it comes from, and the first part of its parameters' names. */
  name: string;
  /** Position in the graph: the layer's number for random numbers. */
  position: number;
  // biome-ignore lint/suspicious/noExplicitAny: a list of operations cannot name each one's attributes
  operation: Operation<any>;
  attributes: unknown;
  layout: Layout;
  inputs: number[];
  output: number;
  /** Layers whose parameters and state it uses, where engines joined several; itself alone by default. */
  owners?: readonly string[];
}

export interface Graph {
  values: GraphValue[];
  nodes: GraphNode[];
  input: number;
  output: number;
}

/** Deepest nesting of residual and channelScale: deeper ones come from hostile files. */
const MAXIMUM_DEPTH = 16;
const MAXIMUM_LAYERS = 2000;
/** Most values one tensor may have: what a 32-bit byte address reaches. */
const MAXIMUM_VALUES = 2 ** 30;

/** Builds the graph of a model for batches of `batch` examples; errors name the layer. */
export function buildGraph(model: ModelSpec, batch: number): Graph {
  return new GraphBuilder(batch).build(model);
}

class GraphBuilder {
  readonly #batch: number;
  readonly #values: GraphValue[] = [];
  readonly #nodes: GraphNode[] = [];
  readonly #names = new Set<string>();
  readonly #counts = new Map<string, number>();
  #layers = 0;

  constructor(batch: number) {
    this.#batch = batch;
  }

  build(model: ModelSpec): Graph {
    const { input, layers } = model ?? {};
    if (
      !Array.isArray(input) ||
      input.length === 0 ||
      !input.every((size) => Number.isInteger(size) && size > 0)
    ) {
      throw new InklingError(
        `The model's input must be a list of sizes such as [28, 28, 1], not ${JSON.stringify(input)}.`,
      );
    }
    const start = this.#value([this.#batch, ...input], 'the input');
    const output = this.#sequence(layers, start, 'the model', 0);
    if (this.#nodes.length === 0) throw new InklingError('The model has no layers that compute anything.');
    return { values: this.#values, nodes: this.#nodes, input: start, output };
  }

  #sequence(layers: unknown, start: number, owner: string, depth: number): number {
    if (!Array.isArray(layers)) throw new InklingError(`The layers of ${owner} must be a list.`);
    if (depth > MAXIMUM_DEPTH)
      throw new InklingError(`The layers of ${owner} are nested deeper than ${MAXIMUM_DEPTH}.`);
    return layers.reduce((value, layer) => this.#layer(layer, value, depth), start);
  }

  #layer(spec: LayerSpec, x: number, depth: number): number {
    if (typeof spec !== 'object' || spec === null || typeof spec.type !== 'string') {
      throw new InklingError(`A layer must be an object with a type, not ${JSON.stringify(spec)}.`);
    }
    if (++this.#layers > MAXIMUM_LAYERS)
      throw new InklingError(`The model has more than ${MAXIMUM_LAYERS} layers.`);
    const { type, name: givenName, ...attributes } = spec;
    const name = this.#nameFor(type, givenName);
    switch (type) {
      case 'flatten': {
        this.#refuseUnknown(name, attributes, []);
        const { shape } = this.#values[x];
        return this.#value([shape[0], sizeOf(shape.slice(1))], `layer ${name}`, x);
      }
      case 'residual': {
        this.#refuseUnknown(name, attributes, ['layers', 'shortcut']);
        const branch = this.#sequence(spec.layers, x, `layer ${name}`, depth + 1);
        const shortcut = spec.shortcut ? this.#sequence(spec.shortcut, x, `layer ${name}`, depth + 1) : x;
        return this.#node(name, 'add', {}, [branch, shortcut]);
      }
      case 'channelScale': {
        this.#refuseUnknown(name, attributes, ['layers']);
        const scale = this.#sequence(spec.layers, x, `layer ${name}`, depth + 1);
        return this.#node(name, 'scaleChannels', {}, [x, scale]);
      }
      default:
        return this.#node(name, type, attributes, [x]);
    }
  }

  #node(name: string, type: string, raw: Record<string, unknown>, inputs: number[]): number {
    const operation = findOperation(type);
    if (!operation || operation.inputs.length !== inputs.length) {
      const known = [...operationNames(), 'flatten', 'residual', 'channelScale'].join(', ');
      throw new InklingError(`Layer ${name}: there is no layer of type "${type}"; there are ${known}.`);
    }
    return this.#explain(name, () => {
      const attributes = operation.parse(raw);
      const shapes = inputs.map((input) => this.#values[input].shape);
      const layout = operation.layout(shapes, attributes);
      for (const { shape } of Object.values(layout.parameters ?? {})) this.#checkSize(shape);
      const output = this.#value(layout.output, `layer ${name}`);
      this.#nodes.push({ name, position: this.#nodes.length, operation, attributes, layout, inputs, output });
      return output;
    });
  }

  #value(shape: Shape, owner: string, sameAs?: number): number {
    this.#explain(owner, () => this.#checkSize(shape));
    this.#values.push({ shape, sameAs });
    return this.#values.length - 1;
  }

  #checkSize(shape: Shape): void {
    if (sizeOf(shape) > MAXIMUM_VALUES) {
      throw new OperationError(`a tensor of ${shape.join('×')} values is too large`);
    }
  }

  #refuseUnknown(name: string, attributes: object, known: readonly string[]): void {
    this.#explain(name, () => onlyKnown(attributes as Record<string, unknown>, known));
  }

  #explain<Result>(name: string, work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      throw new InklingError(`Layer ${name}: ${error.message}.`, { cause: error });
    }
  }

  #nameFor(type: string, given: unknown): string {
    let name: string;
    if (given === undefined) {
      const count = (this.#counts.get(type) ?? 0) + 1;
      this.#counts.set(type, count);
      name = `${type}_${count}`;
    } else if (typeof given === 'string' && /^[\w-]{1,64}$/.test(given)) {
      name = given;
    } else {
      throw new InklingError(
        `A layer's name must be 1 to 64 letters, digits, "_" or "-", not ${JSON.stringify(given)}.`,
      );
    }
    if (this.#names.has(name))
      throw new InklingError(`Two layers are named "${name}"; give one of them another name.`);
    this.#names.add(name);
    return name;
  }
}
