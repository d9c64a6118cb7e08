/** Writing the graph of an ONNX model: its input, nodes, constants and outputs. */
import type { Normalisation, WeightTensor } from './network.ts';
import { MessageWriter } from './protobuf.ts';

const FLOAT = 1;
const INT64 = 7;

/** Fields of ONNX's messages, by the names they have in onnx.proto. */
const GraphField = { node: 1, name: 2, initializer: 5, input: 11, output: 12 };
const Node = { input: 1, output: 2, name: 3, operator: 4, attribute: 5 };
const Attribute = { name: 1, float: 2, integer: 3, integers: 8, type: 20 };
const AttributeType = { float: 1, integer: 2, integers: 7 };
const Tensor = { dims: 1, type: 2, name: 8, raw: 9 };
const ValueInfo = { name: 1, type: 2 };
const Type = { tensor: 1 };
const TensorType = { element: 1, shape: 2 };
const TensorShape = { dimension: 1 };
const Dimension = { value: 1, parameter: 2 };

/** Attributes of a node: whole numbers, lists of them, or floats, which have to be told apart. */
export type Attributes = Record<string, number | { float: number } | readonly number[]>;

/** Collects the nodes of a graph and the tensors they read. */
export class GraphWriter {
  readonly #message = new MessageWriter();
  readonly #used = new Map<string, number>();
  /** Layer whose nodes are being added: the first part of their names. */
  scope = 'input';

  constructor(name: string) {
    this.#message.text(GraphField.name, name);
  }

  /** Declares the input, and returns the name of the value that the first layer reads. */
  input(shape: readonly number[], order: 'nchw' | 'nhwc', normalisation?: Normalisation): string {
    const swapped = order === 'nhwc' && shape.length === 3;
    const declared = swapped ? [shape[1], shape[2], shape[0]] : shape;
    this.#message.message(GraphField.input, valueInfo('pixels', declared));
    let value = swapped ? this.node('Transpose', ['pixels'], { perm: [0, 3, 1, 2] }) : 'pixels';
    const { mean, deviation } = normalisation ?? { mean: 0, deviation: 1 };
    if (mean !== 0) value = this.node('Sub', [value, this.scalar('mean', mean)]);
    if (deviation !== 1) value = this.node('Div', [value, this.scalar('deviation', deviation)]);
    return value;
  }

  output(name: string, shape: readonly number[]): void {
    this.#message.message(GraphField.output, valueInfo(name, shape));
  }

  /** Adds a node and returns the name of its output. */
  node(operator: string, inputs: readonly string[], attributes: Attributes = {}, output?: string): string {
    const name = output ?? this.#unused(`${this.scope}/${operator}`);
    const node = new MessageWriter();
    for (const input of inputs) node.text(Node.input, input);
    node.text(Node.output, name).text(Node.name, name).text(Node.operator, operator);
    for (const [key, value] of Object.entries(attributes))
      node.message(Node.attribute, attribute(key, value));
    this.#message.message(GraphField.node, node);
    return name;
  }

  /** Writes a constant, and returns its name. */
  floats(role: string, { shape, values }: WeightTensor): string {
    return this.#tensor(role, FLOAT, shape, values);
  }

  scalar(role: string, value: number): string {
    return this.#tensor(role, FLOAT, [], Float32Array.of(value));
  }

  integers(role: string, values: readonly number[]): string {
    return this.#tensor(role, INT64, [values.length], BigInt64Array.from(values, BigInt));
  }

  finish(): MessageWriter {
    return this.#message;
  }

  #tensor(role: string, type: number, shape: readonly number[], values: ArrayBufferView): string {
    const name = this.#unused(`${this.scope}.${role}`);
    const tensor = new MessageWriter();
    for (const size of shape) tensor.integer(Tensor.dims, size);
    // Raw data is little-endian, as all machines are that the engine runs on.
    const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    tensor.integer(Tensor.type, type).text(Tensor.name, name).bytes(Tensor.raw, raw);
    this.#message.message(GraphField.initializer, tensor);
    return name;
  }

  /** Every value in a graph must have a name of its own. */
  #unused(name: string): string {
    const count = this.#used.get(name) ?? 0;
    this.#used.set(name, count + 1);
    return count === 0 ? name : `${name}:${count}`;
  }
}

function attribute(name: string, value: Attributes[string]): MessageWriter {
  const message = new MessageWriter().text(Attribute.name, name);
  if (typeof value === 'number') {
    return message.integer(Attribute.integer, value).integer(Attribute.type, AttributeType.integer);
  }
  if ('float' in value) {
    return message.float(Attribute.float, value.float).integer(Attribute.type, AttributeType.float);
  }
  for (const item of value) message.integer(Attribute.integers, item);
  return message.integer(Attribute.type, AttributeType.integers);
}

/** A value's name and shape, of floats, for any batch. */
function valueInfo(name: string, sizes: readonly number[]): MessageWriter {
  const shape = new MessageWriter().message(
    TensorShape.dimension,
    new MessageWriter().text(Dimension.parameter, 'batch'),
  );
  for (const size of sizes) {
    shape.message(TensorShape.dimension, new MessageWriter().integer(Dimension.value, size));
  }
  const tensor = new MessageWriter().integer(TensorType.element, FLOAT).message(TensorType.shape, shape);
  const type = new MessageWriter().message(Type.tensor, tensor);
  return new MessageWriter().text(ValueInfo.name, name).message(ValueInfo.type, type);
}
