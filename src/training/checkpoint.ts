/**
 * Checkpoints: all that a run needs to go on to the same bits, as one safetensors file.
 *
 * Random numbers are counted, not drawn, so the position is just a few numbers; the rest is the weights and what
 * the optimiser remembers.
 */
import { InklingError } from '../errors.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../model/safetensors.ts';
import type { StoredStates } from './callbacks/list.ts';
import type { Recipe } from './recipe.ts';

/** Sums over the steps of the epoch so far. */
export interface RunningTotals {
  loss: number;
  correct: number;
  examples: number;
  seconds: number;
}

export interface EpochRecord {
  /** From 1. */
  epoch: number;
  trainLoss: number;
  trainAccuracy: number;
  validationLoss?: number;
  validationAccuracy?: number;
  learningRate: number;
  /** Wall time of the epoch, validation included. */
  seconds: number;
  imagesPerSecond: number;
}

export interface Checkpoint {
  recipe: Recipe;
  /** Epochs done, and steps done of the next one. */
  epoch: number;
  step: number;
  /** The highest of the schedule, which a callback may have changed. */
  learningRate: number;
  /** Why a callback ended the run. */
  stopped?: string;
  /** What callbacks remember; their tensors are among the others. */
  callbacks: StoredStates;
  totals: RunningTotals;
  history: EpochRecord[];
  /** What the training data and the machinery were, so that nobody resumes on others unknowingly. */
  fingerprint: Record<string, string>;
  /** Weights, running statistics and optimiser slots by name. */
  tensors: Map<string, Float32Array>;
}

const FORMAT = 'inkling-checkpoint';
const FORMAT_VERSION = '1';

export function encodeCheckpoint({ tensors, ...position }: Checkpoint): Uint8Array<ArrayBuffer> {
  const stored = new Map<string, StoredTensor>();
  for (const [name, data] of tensors) stored.set(name, { dtype: 'F32', shape: [data.length], data });
  return encodeSafetensors(stored, {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    position: JSON.stringify(position),
  });
}

export function decodeCheckpoint(bytes: Uint8Array, source: string): Checkpoint {
  const { tensors: stored, metadata } = decodeSafetensors(bytes, source);
  if (metadata.format !== FORMAT || metadata.formatVersion !== FORMAT_VERSION) {
    throw new InklingError(
      `${source} is not a checkpoint that this Inkling can resume from; start without --resume.`,
    );
  }
  const tensors = new Map<string, Float32Array>();
  for (const [name, { dtype, data }] of stored) {
    if (dtype !== 'F32') throw new InklingError(`${source}: the tensor "${name}" is ${dtype}, not F32.`);
    tensors.set(name, data);
  }
  let position: Omit<Checkpoint, 'tensors'>;
  try {
    position = JSON.parse(metadata.position ?? '');
  } catch (cause) {
    throw new InklingError(`${source}: the position in its metadata is not valid JSON.`, { cause });
  }
  const { recipe, epoch, step, totals, history, fingerprint, stopped } = position ?? {};
  const whole = [epoch, step].every((value) => Number.isInteger(value) && value >= 0);
  const sound = whole && Array.isArray(history) && [recipe, totals, fingerprint].every(isObject);
  if (!sound)
    throw new InklingError(`${source}: the position in its metadata is incomplete; start without --resume.`);
  const { learningRate = recipe.learningRate, callbacks = {} } = position;
  return { recipe, epoch, step, learningRate, stopped, callbacks, totals, history, fingerprint, tensors };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
