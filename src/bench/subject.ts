/** What all engines are given in one case of the benchmark: the same network, weights, pixels and labels. */
import { Purpose, RandomStream } from '../../kernels/random/reference.ts';
import { compile } from '../engine/compile.ts';
import type { Executable } from '../engine/executable.ts';
import type { Level } from '../engine/wasm/module.ts';
import type { WeightedModel } from '../model/fold.ts';
import type { ModelSpec } from '../model/layers.ts';
import { outputShape, type WeightTensor, weightShapes } from '../model/network.ts';

export type Workload = 'train' | 'infer';

export interface Subject extends WeightedModel {
  workload: Workload;
  batch: number;
  /** [batch, ...model.input], 0 to 1. */
  pixels: Float32Array;
  labels: number[];
}

export const LEARNING_RATE = 1e-3;
const SEED = 1;

/** Draws a subject; the same arguments give the same. */
export async function drawSubject(model: ModelSpec, workload: Workload, batch: number): Promise<Subject> {
  const random = new RandomStream(SEED, Purpose.synthetic);
  const [classes] = outputShape(model);
  const example = model.input.reduce((product, size) => product * size, 1);
  return {
    ...{ model, workload, batch },
    weights: await drawWeights(model, random),
    pixels: Float32Array.from({ length: batch * example }, () => random.uniform()),
    labels: Array.from({ length: batch }, () => random.below(classes)),
  };
}

/** Initial weights, but with batch norms that do something: as they begin, a wrong one would go unnoticed. */
async function drawWeights(model: ModelSpec, random: RandomStream): Promise<Map<string, WeightTensor>> {
  const executable = await compile(model, { batch: 1, mode: 'infer', backend: 'reference' });
  executable.initialise(SEED);
  const shapes = weightShapes(model);
  const weights = new Map<string, WeightTensor>();
  for (const [name, initial] of executable.weights()) {
    const values = Float32Array.from(initial);
    const isScale = /\.(gamma|runningVariance)$/.test(name);
    if (isScale || /\.(beta|runningMean)$/.test(name)) {
      for (let i = 0; i < values.length; i++) values[i] = (isScale ? 1 : 0) + random.between(-0.3, 0.3);
    }
    weights.set(name, { shape: shapes.get(name) as readonly number[], values });
  }
  await executable.dispose();
  return weights;
}

/** The same with fewer examples and without dropout, whose masks differ from engine to engine. */
export function forComparison(subject: Subject, batch: number): Subject {
  const dropless = JSON.parse(JSON.stringify(subject.model), (_, value) =>
    value?.type === 'dropout' ? { ...value, rate: 0 } : value,
  );
  return {
    ...subject,
    model: dropless,
    batch,
    pixels: subject.pixels.slice(0, (subject.pixels.length / subject.batch) * batch),
    labels: subject.labels.slice(0, batch),
  };
}

/** Our engine with the subject loaded. */
export async function compileSubject(
  { model, workload, batch, weights, pixels, labels }: Subject,
  options: { threads: number; level?: Level },
): Promise<Executable> {
  const executable = await compile(model, {
    ...{ backend: 'wasm', batch, mode: workload, ...options },
    loss: { type: 'softmaxCrossEntropy' },
    optimizer: { type: 'adam' },
  });
  for (const [name, values] of executable.weights()) values.set(weights.get(name)?.values ?? []);
  executable.input.set(pixels);
  if (workload === 'train') executable.labels.set(labels);
  return executable;
}

/** Does the workload once. `step` counts from 0. */
export function runSubject(executable: Executable, workload: Workload, step: number): void {
  if (workload === 'train') executable.train(SEED, step, LEARNING_RATE);
  else executable.infer();
}

/** What each of some steps gives: the logits, or in training the mean loss. */
export async function resultsOf(
  subject: Subject,
  steps: number,
  options: { threads: number; level?: Level },
): Promise<number[][]> {
  const executable = await compileSubject(subject, options);
  const results = Array.from({ length: steps }, (_, step) => {
    runSubject(executable, subject.workload, step);
    if (subject.workload === 'infer') return [...executable.output];
    let sum = 0;
    for (const loss of executable.loss) sum += loss;
    return [sum / subject.batch];
  });
  await executable.dispose();
  return results;
}
