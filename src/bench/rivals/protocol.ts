/**
 * What the benchmark and a rival's process say to each other: requests on standard input, replies on standard output,
 * one line of JSON each. Lines that are no JSON are a library's chatter. `pytorch.py` speaks the same.
 */
import type { PortableModel, PortableStep } from '../../model/portable.ts';
import type { Workload } from '../subject.ts';

/** 32-bit floats, little-endian, in base64. */
export type Floats = string;

export interface WireWeight {
  shape: readonly number[];
  values: Floats;
}

export interface WireStep extends Omit<PortableStep, 'weights'> {
  weights: Record<string, WireWeight>;
}

/** A network in the layout its rival takes. */
export interface WireModel extends Omit<PortableModel, 'steps'> {
  steps: WireStep[];
}

export interface PrepareRequest {
  type: 'prepare';
  workload: Workload;
  batch: number;
  threads: number;
  /** Of Adam, with the betas and epsilon of its paper. */
  learningRate: number;
  model?: WireModel;
  /** For engines that read ONNX: a file in base64, whose input is called `pixels` and whose output `logits`. */
  onnx?: string;
  pixels: Floats;
  labels: number[];
  /** Steps to take at once, whose results are wanted. */
  trialSteps: number;
}

export interface PrepareReply {
  type: 'ready';
  version: string;
  /** How many the engine really uses. */
  threads: number;
  /** Of each trial step: the logits of all examples, or in training the mean loss. */
  results: number[][];
  /** What the last trial step took. */
  milliseconds: number;
}

/** Asks for so many steps one after the other. */
export interface RunRequest {
  type: 'run';
  runs: number;
}

export interface RunReply {
  type: 'ran';
  milliseconds: number;
}

export interface ErrorReply {
  type: 'error';
  message: string;
}

export type Request = PrepareRequest | RunRequest;
export type Reply = PrepareReply | RunReply | ErrorReply;

export function encodeFloats(values: Float32Array): Floats {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

export function decodeFloats(text: Floats): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return new Float32Array(bytes.buffer);
}
