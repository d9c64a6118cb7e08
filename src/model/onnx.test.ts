import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allCases } from '../../kernels/cases.ts';
import { type Shape, sizeOf } from '../../kernels/operation.ts';
import {
  averagePool2d,
  batchNorm,
  channelScale,
  conv2d,
  dense,
  dropout,
  flatten,
  gelu,
  globalAveragePool,
  type LayerSpec,
  type ModelSpec,
  maxPool2d,
  relu,
  residual,
  sigmoid,
} from './layers.ts';
import { type WeightTensor, weightShapes } from './network.ts';
import { encodeOnnx, type OnnxOptions } from './onnx.ts';
import { MessageWriter } from './protobuf.ts';

/** A message read without knowing what its fields mean: numbers, and bytes, by field number. */
type Message = Map<number, (number | Uint8Array)[]>;

/** Written apart from the writer, so that both would have to be wrong in the same way. */
function readMessage(bytes: Uint8Array): Message {
  const fields: Message = new Map();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const [field, type] = [Math.floor(key / 8), key % 8];
    let value: number | Uint8Array;
    if (type === 0) value = varint();
    else if (type === 5) {
      value = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getFloat32(0, true);
      at += 4;
    } else if (type === 2) {
      const length = varint();
      value = bytes.subarray(at, at + length);
      at += length;
    } else throw new Error(`wire type ${type}`);
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  if (at !== bytes.length) throw new Error('a field ends after its message');
  return fields;
}

const messages = (message: Message, field: number) =>
  (message.get(field) ?? []).map((bytes) => readMessage(bytes as Uint8Array));
const texts = (message: Message, field: number) =>
  (message.get(field) ?? []).map((bytes) => new TextDecoder().decode(bytes as Uint8Array));
const numbers = (message: Message, field: number) => (message.get(field) ?? []) as number[];

interface ReadNode {
  operator: string;
  inputs: string[];
  outputs: string[];
  attributes: Record<string, number | number[]>;
}

/** What a test asks about, by the field numbers of onnx.proto. */
function readOnnx(bytes: Uint8Array) {
  const model = readMessage(bytes);
  const [graph] = messages(model, 7);
  const nodes = messages(graph, 1).map(
    (node): ReadNode => ({
      operator: texts(node, 4)[0],
      inputs: texts(node, 1),
      outputs: texts(node, 2),
      attributes: Object.fromEntries(
        messages(node, 5).map((attribute) => {
          const [kind] = numbers(attribute, 20);
          const value = kind === 7 ? numbers(attribute, 8) : numbers(attribute, kind === 1 ? 2 : 3)[0];
          return [texts(attribute, 1)[0], value];
        }),
      ),
    }),
  );
  const constants = new Map(
    messages(graph, 5).map((tensor) => {
      const raw = tensor.get(9)![0] as Uint8Array;
      const { buffer } = raw.slice();
      const integers = numbers(tensor, 2)[0] === 7;
      const values = integers ? [...new BigInt64Array(buffer)].map(Number) : [...new Float32Array(buffer)];
      return [texts(tensor, 8)[0], { dims: numbers(tensor, 1), values }];
    }),
  );
  const values = (field: number) =>
    messages(graph, field).map((info) => {
      const [shape] = messages(messages(messages(info, 2)[0], 1)[0], 2);
      const sizes = messages(shape, 1).map((size) => texts(size, 2)[0] ?? numbers(size, 1)[0]);
      return [texts(info, 1)[0], ...sizes];
    });
  return { model, nodes, constants, inputs: values(11), outputs: values(12) };
}

/** Weights that are all different: 0, 1, 2, … in each tensor, over its size. */
function countedWeights(model: ModelSpec): Map<string, WeightTensor> {
  const counted = (shape: Shape) => {
    const size = sizeOf(shape);
    return { shape, values: Float32Array.from({ length: size }, (_, i) => (i + 1) / size) };
  };
  return new Map([...weightShapes(model)].map(([name, shape]) => [name, counted(shape)]));
}

function exported(layers: LayerSpec[], input: number[], options?: OnnxOptions) {
  const model: ModelSpec = { input, layers };
  const weights = countedWeights(model);
  const normalisation = { mean: 0.1, deviation: 0.3 };
  const bytes = encodeOnnx({ model, weights, normalisation, classNames: ['a', 'b'] }, options);
  return { ...readOnnx(bytes), weights };
}

const operators = (nodes: readonly ReadNode[]) => nodes.map(({ operator }) => operator);

const SMALL = [
  conv2d({ filters: 3, kernelSize: [3, 2], stride: 2, padding: 'same', useBias: false }),
  batchNorm({ epsilon: 0.01 }),
  relu(),
  dropout({ rate: 0.5 }),
  flatten(),
  dropout({ rate: 0.5 }),
  dense({ units: 2 }),
];

describe('encodeOnnx', () => {
  test('declares versions, any batch, and classes', () => {
    const { model, inputs, outputs } = exported(SMALL, [6, 8, 1]);
    expect(numbers(model, 1)).toEqual([8]);
    expect(numbers(messages(model, 8)[0], 2)).toEqual([17]);
    expect(inputs).toEqual([['pixels', 'batch', 1, 6, 8]]);
    expect(outputs).toEqual([
      ['logits', 'batch', 2],
      ['probabilities', 'batch', 2],
    ]);
    const [metadata] = messages(model, 14);
    expect([texts(metadata, 1)[0], texts(metadata, 2)[0]]).toEqual(['classNames', '["a","b"]']);
  });

  test('normalises pixels, and leaves dropout out', () => {
    const { nodes, constants } = exported(SMALL, [6, 8, 1]);
    expect(operators(nodes)).toEqual([
      ...['Sub', 'Div', 'Conv', 'BatchNormalization', 'Relu', 'Flatten', 'Gemm', 'Identity', 'Softmax'],
    ]);
    expect(constants.get(nodes[0].inputs[1])).toEqual({ dims: [], values: [Math.fround(0.1)] });
    expect(constants.get(nodes[1].inputs[1])).toEqual({ dims: [], values: [Math.fround(0.3)] });
    expect(nodes[3].attributes.epsilon).toBeCloseTo(0.01);
  });

  test('takes pixels with channels last where asked', () => {
    const { nodes, inputs } = exported(SMALL, [6, 8, 3], { pixels: 'nhwc', probabilities: false });
    expect(inputs).toEqual([['pixels', 'batch', 6, 8, 3]]);
    expect(nodes[0]).toMatchObject({ operator: 'Transpose', attributes: { perm: [0, 3, 1, 2] } });
  });

  test('spells out the uneven borders of "same", and turns kernels to filters first', () => {
    const { nodes, constants, weights } = exported(SMALL, [6, 8, 4]);
    const conv = nodes.find(({ operator }) => operator === 'Conv')!;
    expect(conv.attributes).toEqual({ kernel_shape: [3, 2], strides: [2, 2], pads: [0, 0, 1, 0] });
    const { dims, values } = constants.get(conv.inputs[1])!;
    expect(dims).toEqual([3, 4, 3, 2]);
    const ours = weights.get('conv2d_1.weight')!.values;
    const [filter, channel, row, column] = [2, 1, 2, 0];
    expect(values[((filter * 4 + channel) * 3 + row) * 2 + column]).toBe(
      ours[((row * 2 + column) * 4 + channel) * 3 + filter],
    );
  });

  test('turns the rows of a dense layer that reads a flattened picture', () => {
    const { nodes, constants, weights } = exported(SMALL, [6, 8, 1]);
    const gemm = nodes.find(({ operator }) => operator === 'Gemm')!;
    const { values } = constants.get(gemm.inputs[1])!;
    const ours = weights.get('dense_1.weight')!.values;
    // 3×4 pixels of 3 channels and 2 units: channel 1 of pixel 5.
    expect(values[(1 * 12 + 5) * 2]).toBe(ours[(5 * 3 + 1) * 2]);
    expect(operators(nodes)).not.toContain('Gather');
  });

  test('restores the order of a flattened picture where nothing undoes it', () => {
    const { nodes, constants } = exported([conv2d({ filters: 2, kernelSize: 1 }), flatten()], [1, 3, 1]);
    const gather = nodes.find(({ operator }) => operator === 'Gather')!;
    expect(constants.get(gather.inputs[1])!.values).toEqual([0, 3, 1, 4, 2, 5]);
    expect(gather.attributes).toEqual({ axis: 1 });
  });

  test('folds batch norms where asked', () => {
    const { nodes, constants } = exported(SMALL, [6, 8, 1], { fold: true });
    expect(operators(nodes)).not.toContain('BatchNormalization');
    const conv = nodes.find(({ operator }) => operator === 'Conv')!;
    expect(constants.get(conv.inputs[2])!.dims).toEqual([3]);
  });

  test('leaves padding out of averages, and pads pools unevenly', () => {
    const layers = [
      averagePool2d({
        poolSize: 3,
        stride: 2,
        padding: [
          [0, 2],
          [1, 0],
        ],
      }),
      maxPool2d({ poolSize: 2, padding: 'same' }),
    ];
    const { nodes } = exported(layers, [7, 7, 2]);
    const find = (name: string) => nodes.find(({ operator }) => operator === name)!.attributes;
    expect(find('AveragePool')).toMatchObject({ pads: [0, 1, 2, 0], count_include_pad: 0 });
    expect(find('MaxPool')).toMatchObject({ pads: [0, 0, 0, 1], strides: [2, 2] });
  });

  test('gives every value a name of its own, defined before it is read', () => {
    const squeeze = channelScale({ layers: [globalAveragePool(), dense({ units: 3 }), sigmoid()] });
    const block = residual({
      layers: [conv2d({ filters: 3, kernelSize: 3, padding: 'same' }), batchNorm(), gelu(), squeeze],
      shortcut: [conv2d({ filters: 3, kernelSize: 1 })],
    });
    const { nodes, constants } = exported([block, gelu(), flatten(), dense({ units: 2 })], [5, 4, 2]);
    const known = new Set(['pixels', ...constants.keys()]);
    for (const { inputs, outputs } of nodes) {
      for (const input of inputs) expect(known).toContain(input);
      for (const output of outputs) {
        expect(known).not.toContain(output);
        known.add(output);
      }
    }
    expect(known).toContain('probabilities');
  });

  test.each(Object.entries(allCases))('knows the operation %s', (_, drawn) => {
    for (const { layers, input } of fc.sample(drawn, { numRuns: 3, seed: 1 })) {
      expect(exported(layers, input).nodes.length).toBeGreaterThan(2);
    }
  });
});

test('numbers and texts of any size survive being written', () => {
  const numbersWritten = [0, 1, 127, 128, 300, 2 ** 31, 2 ** 52 + 1];
  const writer = new MessageWriter();
  for (const value of numbersWritten) writer.integer(3, value);
  writer.text(40, 'Tinte – ✒').float(2, -1.5);
  const read = readMessage(writer.finish());
  expect(read.get(3)).toEqual(numbersWritten);
  expect(texts(read, 40)).toEqual(['Tinte – ✒']);
  expect(read.get(2)).toEqual([-1.5]);
  expect([...new MessageWriter().integer(1, -1).finish()]).toEqual([8, ...new Array(9).fill(0xff), 1]);
});
