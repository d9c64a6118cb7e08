/**
 * What the benchmark and a rival's process say to each other: requests on standard input, replies on standard output,
 * one line of JSON each. Lines that are no JSON are a library's chatter. `pytorch.py` speaks the same.
 */
import type { ModelSpec } from '../../model/layers.ts';
import type { PortableModel, PortableStep } from '../../model/portable.ts';
import type { Peak } from '../peak.ts';
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

/** A network as our own engine takes it. */
export interface WireNetwork {
  model: ModelSpec;
  weights: Record<string, WireWeight>;
}

export interface PrepareRequest {
  type: 'prepare';
  /** Which one, where a process runs several. */
  engine: string;
  workload: Workload;
  batch: number;
  threads: number;
  /** Of Adam, with the betas and epsilon of its paper. */
  learningRate: number;
  model?: WireModel;
  /** For engines that read ONNX: a file in base64, whose input is called `pixels` and whose output `logits`. */
  onnx?: string;
  /** For our own engine in a page. */
  network?: WireNetwork;
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
  /** The graphics card that computes, if one does. */
  device?: string;
  /** What that card can do at most, where it was measured. */
  peak?: Peak;
  /** Of each trial step: the logits of all examples, or in training the mean loss. */
  results: number[][];
  /** What the last trial step took. */
  milliseconds: number;
}

/** Asks for so many steps one after the other. */
export interface RunRequest {
  type: 'run';
  engine: string;
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

/** In pages too, which have no `Buffer`. */
export function decodeFloats(text: Floats): Float32Array {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}
