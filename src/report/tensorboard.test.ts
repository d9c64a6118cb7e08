/**
 * TensorBoard's events, read back by others: Mapbox's protocol-buffer decoder under TensorFlow's message definitions,
 * SheetJS's CRC-32C, and fast-png for the pictures.
 */
import { createRequire } from 'node:module';
import { decode as decodePng } from 'fast-png';
import { PbfReader } from 'pbf';
import { expect, test } from 'vitest';
import { syntheticDigits } from '../data/synthetic/index.ts';
import type { Output } from '../training/callbacks/callback.ts';
import { tensorBoard } from '../training/callbacks/tensorBoard.ts';
import { train } from '../training/train.ts';
import { crc32c } from './crc.ts';
import { record } from './tensorboard.ts';

// These have no types.
const require = createRequire(import.meta.url);
const theirCrc32c: { buf(bytes: Uint8Array): number } = require('crc-32/crc32c.js');
const parseProto: (text: string) => unknown = require('protocol-buffers-schema');
const { compile }: { compile(schema: unknown): Record<string, (reader: PbfReader) => unknown> } =
  require('pbf/compile');

/** From tensorboard/compat/proto: event, summary, histogram, tensor, tensor_shape, graph and node_def. */
const DEFINITIONS = `syntax = "proto3";
message Event { double wall_time = 1; int64 step = 2; string file_version = 3; bytes graph_def = 4; Summary summary = 5; }
message PluginData { string plugin_name = 1; bytes content = 2; }
message SummaryMetadata { PluginData plugin_data = 1; }
message Image { int32 height = 1; int32 width = 2; int32 colorspace = 3; bytes encoded_image_string = 4; }
message HistogramProto {
  double min = 1; double max = 2; double num = 3; double sum = 4; double sum_squares = 5;
  repeated double bucket_limit = 6 [packed = true]; repeated double bucket = 7 [packed = true];
}
message TensorShape { int64 unused = 1; }
message TensorProto { int32 dtype = 1; TensorShape tensor_shape = 2; repeated bytes string_val = 8; }
message Value {
  string tag = 1; float simple_value = 2; Image image = 4; HistogramProto histo = 5; TensorProto tensor = 8;
  SummaryMetadata metadata = 9;
}
message Summary { repeated Value value = 1; }
message NodeDef { string name = 1; string op = 2; repeated string input = 3; }
message GraphDef { repeated NodeDef node = 1; }`;

interface Value {
  tag: string;
  simple_value: number;
  image?: { height: number; width: number; colorspace: number; encoded_image_string: Uint8Array };
  histo?: Record<'min' | 'max' | 'num' | 'sum' | 'sum_squares', number> &
    Record<'bucket_limit' | 'bucket', number[]>;
  tensor?: { dtype: number; string_val: Uint8Array[] };
  metadata?: { plugin_data: { plugin_name: string } };
}

interface Event {
  wall_time: number;
  step: number;
  file_version: string;
  graph_def: Uint8Array;
  summary?: { value: Value[] };
}

const { readEvent, readGraphDef } = compile(parseProto(DEFINITIONS));

function masked(bytes: Uint8Array): number {
  const sum = theirCrc32c.buf(bytes) >>> 0;
  return Number(((BigInt(sum >>> 15) | (BigInt(sum << 17) & 0xffffffffn)) + 0xa282ead8n) & 0xffffffffn);
}

function readRecords(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const records: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(view.getBigUint64(at, true));
    expect(view.getUint32(at + 8, true)).toBe(masked(bytes.subarray(at, at + 8)));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(view.getUint32(at + 12 + length, true)).toBe(masked(data));
    records.push(data);
    at += length + 16;
  }
  return records;
}

const readEvents = (bytes: Uint8Array) =>
  readRecords(bytes).map((data) => readEvent(new PbfReader(data)) as Event);

test('the check sum is that of RFC 3720', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
});

test('records of any size are framed', () => {
  for (const length of [0, 1, 300]) {
    const data = Uint8Array.from({ length }, (_, i) => i);
    expect(readRecords(record(data))).toEqual([data]);
  }
});

test('a training run can be read by TensorBoard', async () => {
  const files = new Map<string, Uint8Array>();
  const output: Output = {
    replace: async () => expect.unreachable(),
    size: async () => 0,
    async writeAt(name, position, bytes) {
      const old = files.get(name) ?? new Uint8Array(0);
      expect(position).toBe(old.length);
      files.set(name, Uint8Array.from([...old, ...bytes]));
    },
  };
  const validation = syntheticDigits({ count: 30, seed: 2 });
  const { history, network } = await train(
    { name: 'small', input: [28, 28, 1], layers: [{ type: 'flatten' }, { type: 'dense', units: 10 }] },
    {
      ...{ data: syntheticDigits({ count: 20, seed: 1 }), validation },
      ...{ epochs: 2, batch: 10, backend: 'reference', learningRate: 0.01 },
      callbacks: [tensorBoard({ mistakes: 3 }, output, () => 1_700_000_000_500)],
    },
  );
  expect([...files.keys()]).toEqual([
    'tensorboard/train/events.out.tfevents.inkling',
    'tensorboard/validation/events.out.tfevents.inkling',
  ]);
  const [training, validating] = [...files.values()].map(readEvents);
  expect(training[0]).toMatchObject({ wall_time: 1_700_000_000.5, file_version: 'brain.Event:2' });
  expect(readGraphDef(new PbfReader(training[1].graph_def))).toMatchObject({
    node: [
      { name: 'input', op: 'input' },
      { name: 'dense_1', op: 'dense', input: ['input'] },
    ],
  });
  const [model] = training[2].summary!.value;
  expect(model.metadata?.plugin_data.plugin_name).toBe('text');
  expect(model.tensor?.dtype).toBe(7);
  expect(new TextDecoder().decode(model.tensor?.string_val[0])).toContain('| dense_1 | dense | 10 | 7850 |');

  for (const [epoch, record] of history.entries()) {
    const { step, summary } = training[3 + epoch];
    expect(step).toBe(epoch);
    const scalar = (tag: string) => summary!.value.find((value) => value.tag === tag)!.simple_value;
    expect(scalar('epoch_loss')).toBeCloseTo(record.trainLoss, 6);
    expect(scalar('epoch_accuracy')).toBeCloseTo(record.trainAccuracy, 6);
    expect(scalar('epoch_learning_rate')).toBeCloseTo(0.01, 6);
    const validated = validating[1 + epoch].summary!.value;
    expect(validated.find(({ tag }) => tag === 'epoch_loss')!.simple_value).toBeCloseTo(
      record.validationLoss!,
      5,
    );
  }

  const { values } = network.weights.get('dense_1.weight')!;
  const histogram = training.at(-1)!.summary!.value.find(({ tag }) => tag === 'dense_1/weight')!.histo!;
  expect(histogram).toMatchObject({ num: 7840, min: Math.min(...values), max: Math.max(...values) });
  expect(histogram.sum).toBeCloseTo(
    values.reduce((sum, value) => sum + value, 0),
    3,
  );
  expect(histogram.bucket.reduce((sum, count) => sum + count, 0)).toBe(7840);
  histogram.bucket_limit.slice(0, -1).forEach((limit, i, limits) => {
    const under = values.filter((value) => value < limit && value >= (limits[i - 1] ?? -Infinity)).length;
    expect(Math.abs(under - histogram.bucket[i])).toBeLessThanOrEqual(1);
  });

  const last = validating.at(-1)!.summary!.value;
  const [picture] = last.filter(({ image }) => image);
  expect(picture).toMatchObject({ tag: 'mistakes/01', image: { height: 28, width: 28, colorspace: 1 } });
  const shown = decodePng(picture.image!.encoded_image_string);
  const text = new TextDecoder().decode(last.find(({ tag }) => tag === 'mistakes')!.tensor!.string_val[0]);
  const [, example, label] = /\| 01 \| (\d+) \| (\d) \|/.exec(text)!.map(Number);
  expect(validation.labels[example]).toBe(label);
  const original = validation.images.slice(example * 784, (example + 1) * 784);
  expect(Array.from(shown.data)).toEqual(Array.from(original, (ink) => 255 - ink));
});
