/**
 * TensorBoard's event files: records of one event each, and the messages in them.
 *
 * A record is the length of its data (eight bytes), a check sum of the length, the data, and a check sum of the data.
 * The check sum is CRC-32C, masked so that check sums of data that hold check sums stay good. All is little-endian.
 *
 * Sources: tensorflow/core/lib/io/record_writer.cc; the messages' numbers are those of event.proto, summary.proto,
 * histogram.proto, tensor.proto and graph.proto.
 */
import { MessageWriter } from '../model/protobuf.ts';
import { crc32c } from './crc.ts';
import { encodePng, type Picture } from './picture.ts';

const MASK_DELTA = 0xa282ead8;
const BUCKETS = 30;
/** What TensorFlow calls a tensor of texts. */
const TYPE_STRING = 7;
const COLOURSPACES = { 1: 1, 3: 3 };

/** One entry of a summary, under the name that TensorBoard shows. */
export type SummaryEntry =
  | { tag: string; scalar: number }
  | { tag: string; picture: Picture }
  | { tag: string; histogram: Float32Array }
  /** Markdown. */
  | { tag: string; text: string };

/** A box of the graph. */
export interface GraphNode {
  name: string;
  operation: string;
  inputs: readonly string[];
}

/** The record that every event file begins with. `seconds` since 1970. */
export function versionRecord(seconds: number): Uint8Array<ArrayBuffer> {
  return eventRecord(seconds, 0, (event) => event.text(3, 'brain.Event:2'));
}

export function graphRecord(seconds: number, nodes: readonly GraphNode[]): Uint8Array<ArrayBuffer> {
  const graph = new MessageWriter();
  for (const { name, operation, inputs } of nodes) {
    const node = new MessageWriter().text(1, name).text(2, operation);
    for (const input of inputs) node.text(3, input);
    graph.message(1, node);
  }
  return eventRecord(seconds, 0, (event) => event.message(4, graph));
}

export function summaryRecord(
  seconds: number,
  step: number,
  entries: readonly SummaryEntry[],
): Uint8Array<ArrayBuffer> {
  const summary = new MessageWriter();
  for (const entry of entries) summary.message(1, valueMessage(entry));
  return eventRecord(seconds, step, (event) => event.message(5, summary));
}

function eventRecord(
  seconds: number,
  step: number,
  fill: (event: MessageWriter) => void,
): Uint8Array<ArrayBuffer> {
  const event = new MessageWriter().double(1, seconds).integer(2, step);
  fill(event);
  return record(event.finish());
}

/** Frames the data of one record. */
export function record(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const framed = new Uint8Array(data.length + 16);
  const view = new DataView(framed.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(framed.subarray(0, 8)), true);
  framed.set(data, 12);
  view.setUint32(12 + data.length, masked(data), true);
  return framed;
}

function masked(bytes: Uint8Array): number {
  const sum = crc32c(bytes);
  return (((sum >>> 15) | (sum << 17)) + MASK_DELTA) >>> 0;
}

function valueMessage(entry: SummaryEntry): MessageWriter {
  const value = new MessageWriter().text(1, entry.tag);
  if ('scalar' in entry) return value.float(2, entry.scalar);
  if ('picture' in entry) return value.message(4, imageMessage(entry.picture));
  if ('histogram' in entry) return value.message(5, histogramMessage(entry.histogram));
  const plugin = new MessageWriter().text(1, 'text');
  const tensor = new MessageWriter()
    .integer(1, TYPE_STRING)
    .message(2, new MessageWriter())
    .text(8, entry.text);
  return value.message(8, tensor).message(9, new MessageWriter().message(1, plugin));
}

function imageMessage(picture: Picture): MessageWriter {
  return new MessageWriter()
    .integer(1, picture.height)
    .integer(2, picture.width)
    .integer(3, COLOURSPACES[picture.channels])
    .bytes(4, encodePng(picture));
}

/** Thirty buckets of one width from the least value to the greatest. */
function histogramMessage(values: Float32Array): MessageWriter {
  let [least, most, sum, squares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
    sum += value;
    squares += value * value;
  }
  const width = (most - least) / BUCKETS || 1;
  const counts = new Array<number>(BUCKETS).fill(0);
  for (const value of values) counts[Math.min(BUCKETS - 1, Math.floor((value - least) / width))]++;
  return new MessageWriter()
    .double(1, least)
    .double(2, most)
    .double(3, values.length)
    .double(4, sum)
    .double(5, squares)
    .doubles(
      6,
      counts.map((_, bucket) => least + width * (bucket + 1)),
    )
    .doubles(7, counts);
}
