/**
 * Networks as ONNX files, which most other engines run.
 *
 * The graph takes `pixels`, 32-bit floats from 0 (paper) to 1 (ink), [batch, channels, height, width] for any batch,
 * as ONNX's own convolutions do; of pictures with one channel the bytes are the same as with channels last. What the
 * network was trained to expect (less the mean, over the deviation) is part of the graph. It gives `logits` and, if
 * asked, `probabilities`, [batch, classes]. Dropout is left out.
 *
 * Source: github.com/onnx/onnx, onnx/onnx.proto and docs/Operators.md, operator set 17.
 */
import { InklingError } from '../errors.ts';
import { foldBatchNorm, type WeightedModel } from './fold.ts';
import type { Normalisation } from './network.ts';
import { type Attributes, GraphWriter } from './onnxGraph.ts';
import { type PortableStep, portableModel } from './portable.ts';
import { MessageWriter } from './protobuf.ts';

export interface OnnxOptions {
  /** Leaves out batch norms by changing the weights before them; false by default. */
  fold?: boolean;
  /** Also gives the softmax of the logits; true by default. */
  probabilities?: boolean;
  /** Order of the input's sizes: channels before height and width, the default, or after them. */
  pixels?: 'nchw' | 'nhwc';
}

export interface OnnxSource extends WeightedModel {
  normalisation?: Normalisation;
  classNames?: readonly string[];
}

const IR_VERSION = 8;
const OPERATOR_SET = 17;

/** Fields of ONNX's messages, by the names they have in onnx.proto. */
const Model = { irVersion: 1, producerName: 2, graph: 7, opsetImport: 8, metadata: 14 };
const OperatorSet = { version: 2 };
const Metadata = { key: 1, value: 2 };

/** The bytes of an ONNX file. Throws an `InklingError` where weights are missing. */
export function encodeOnnx(source: OnnxSource, options: OnnxOptions = {}): Uint8Array<ArrayBuffer> {
  const { fold = false, probabilities = true, pixels = 'nchw' } = options;
  const weighted = fold ? foldBatchNorm(source) : source;
  const { steps, shapes, input, output } = portableModel(weighted, 'channelsFirst');
  const graph = new GraphWriter(source.model.name ?? 'network');
  const names = new Map([[input, graph.input(shapes[input], pixels, source.normalisation)]]);
  for (const step of steps) {
    const operands = step.inputs.map((value) => names.get(value) as string);
    names.set(step.output, writeStep(graph, step, operands));
  }
  const logits = graph.node('Identity', [names.get(output) as string], {}, 'logits');
  graph.output(logits, shapes[output]);
  if (probabilities)
    graph.output(graph.node('Softmax', [logits], { axis: 1 }, 'probabilities'), shapes[output]);

  const model = new MessageWriter()
    .integer(Model.irVersion, IR_VERSION)
    .text(Model.producerName, 'Inkling')
    .message(Model.graph, graph.finish())
    .message(Model.opsetImport, new MessageWriter().integer(OperatorSet.version, OPERATOR_SET));
  if (source.classNames) {
    const classNames = JSON.stringify(source.classNames);
    const entry = new MessageWriter().text(Metadata.key, 'classNames').text(Metadata.value, classNames);
    model.message(Model.metadata, entry);
  }
  return model.finish();
}

/** How each operation is said in ONNX: adds nodes and returns the name of the result. */
type StepWriter = (graph: GraphWriter, step: PortableStep, inputs: readonly string[]) => string;

const activation =
  (operator: string): StepWriter =>
  (graph, _, [x]) =>
    graph.node(operator, [x]);

const pool =
  (operator: string, attributes: Attributes = {}): StepWriter =>
  (graph, step, [x]) =>
    graph.node(operator, [x], { ...windowOf(step), ...attributes });

/** ONNX leaves height and width of 1 behind; we do not. */
const globalPool =
  (operator: string): StepWriter =>
  (graph, _, [x]) =>
    graph.node('Flatten', [graph.node(operator, [x])], { axis: 1 });

const STEPS: Record<string, StepWriter> = {
  conv2d: (graph, step, [x]) =>
    graph.node('Conv', [x, ...weightsOf(graph, step, ['weight', 'bias'])], windowOf(step)),
  dense: (graph, step, [x]) => graph.node('Gemm', [x, ...weightsOf(graph, step, ['weight', 'bias'])]),
  maxPool2d: pool('MaxPool'),
  averagePool2d: pool('AveragePool', { count_include_pad: 0 }),
  globalMaxPool: globalPool('GlobalMaxPool'),
  globalAveragePool: globalPool('GlobalAveragePool'),
  batchNorm(graph, step, [x]) {
    const statistics = weightsOf(graph, step, ['gamma', 'beta', 'runningMean', 'runningVariance']);
    const { epsilon } = step.attributes as { epsilon: number };
    return graph.node('BatchNormalization', [x, ...statistics], { epsilon: { float: epsilon } });
  },
  dropout: (_graph, _step, [x]) => x,
  relu: activation('Relu'),
  sigmoid: activation('Sigmoid'),
  tanh: activation('Tanh'),
  leakyRelu(graph, { attributes }, [x]) {
    return graph.node('LeakyRelu', [x], { alpha: { float: attributes.negativeSlope as number } });
  },
  silu: (graph, _, [x]) => graph.node('Mul', [x, graph.node('Sigmoid', [x])]),
  /** x · (1 + erf(x / √2)) / 2, in the form that engines recognise: operator set 17 has no Gelu of its own. */
  gelu(graph, _, [x]) {
    const scaled = graph.node('Div', [x, graph.scalar('root2', Math.SQRT2)]);
    const shifted = graph.node('Add', [graph.node('Erf', [scaled]), graph.scalar('one', 1)]);
    return graph.node('Mul', [graph.node('Mul', [x, shifted]), graph.scalar('half', 0.5)]);
  },
  flatten: (graph, _, [x]) => graph.node('Flatten', [x], { axis: 1 }),
  reorder(graph, { attributes }, [x]) {
    const indices = graph.integers('indices', attributes.indices as number[]);
    return graph.node('Gather', [x, indices], { axis: 1 });
  },
  zeroPadding2d(graph, { attributes }, [x]) {
    const [top, left, bottom, right] = attributes.padding as number[];
    return graph.node('Pad', [x, graph.integers('pads', [0, 0, top, left, 0, 0, bottom, right])]);
  },
  scaleChannels(graph, _, [x, scale]) {
    return graph.node('Mul', [x, graph.node('Unsqueeze', [scale, graph.integers('axes', [2, 3])])]);
  },
  add: (graph, _, [a, b]) => graph.node('Add', [a, b]),
};

function writeStep(graph: GraphWriter, step: PortableStep, inputs: readonly string[]): string {
  const write = STEPS[step.type];
  graph.scope = step.name;
  if (!write) throw new InklingError(`Layer ${step.name}: ONNX export does not know "${step.type}" yet.`);
  return write(graph, step, inputs);
}

function windowOf({ attributes }: PortableStep): Attributes {
  const { kernelSize, poolSize, stride, padding } = attributes as Record<string, number[]>;
  return { kernel_shape: kernelSize ?? poolSize, strides: stride, pads: padding };
}

/** Writes the weights of these roles, as far as the layer has them. */
function weightsOf(graph: GraphWriter, { weights }: PortableStep, roles: readonly string[]): string[] {
  return roles.flatMap((role) => (weights[role] ? [graph.floats(role, weights[role])] : []));
}
