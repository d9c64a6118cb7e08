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

/** Where our engine runs. */
export interface Where {
  /** `wasm` by default. */
  backend?: 'wasm' | 'webgpu';
  threads?: number;
  level?: Level;
}

/** Our engine with the subject loaded. */
export async function compileSubject(
  { model, workload, batch, weights, pixels, labels }: Subject,
  options: Where,
): Promise<Executable> {
  const executable = await compile(model, {
    ...{ backend: 'wasm', batch, mode: workload, ...options },
    loss: { type: 'softmaxCrossEntropy' },
    optimizer: { type: 'adam' },
  });
  executable.writeWeights(new Map([...weights].map(([name, { values }]) => [name, values])));
  executable.input.set(pixels);
  if (workload === 'train') executable.labels.set(labels);
  return executable;
}

/** Our engine at work on a subject. Both backends do it, so that all are timed alike. */
export class SubjectRun {
  readonly executable: Executable;
  readonly #subject: Subject;
  #steps = 0;
  #logits: ArrayLike<number> = [];

  private constructor(subject: Subject, executable: Executable) {
    this.executable = executable;
    this.#subject = subject;
  }

  static async create(subject: Subject, options: Where): Promise<SubjectRun> {
    return new SubjectRun(subject, await compileSubject(subject, options));
  }

  /** Does the workload once; answers are waited for, and what a training step was worth only by `settle`. */
  step(): void | Promise<void> {
    const { executable } = this;
    if (this.#subject.workload === 'train') {
      executable.train(SEED, this.#steps++, LEARNING_RATE);
      return undefined;
    }
    executable.infer();
    if (!executable.isRemote) return undefined;
    return executable.read('output').then((logits) => {
      this.#logits = logits;
    });
  }

  /** Waits until all steps are done; there where they are not anyway. */
  get settle(): (() => Promise<void>) | undefined {
    if (!this.executable.isRemote || this.#subject.workload === 'infer') return undefined;
    return async () => {
      await this.executable.read('loss');
    };
  }

  /** Of the last step: the logits, or in training the mean loss. */
  async result(): Promise<number[]> {
    const { executable } = this;
    if (this.#subject.workload === 'infer')
      return Array.from(executable.isRemote ? this.#logits : executable.output);
    const losses = await executable.read('loss');
    let sum = 0;
    for (const loss of losses) sum += loss;
    return [sum / this.#subject.batch];
  }
}

/** What each of some steps gives: the logits, or in training the mean loss. */
export async function resultsOf(subject: Subject, steps: number, options: Where): Promise<number[][]> {
  const run = await SubjectRun.create(subject, options);
  const results: number[][] = [];
  for (let step = 0; step < steps; step++) {
    await run.step();
    results.push(await run.result());
  }
  await run.executable.dispose();
  return results;
}
