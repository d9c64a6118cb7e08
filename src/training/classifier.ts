/** Using a network: probabilities of pictures, and scores on a labelled set. */

import type { FloatArray } from '../../kernels/operation.ts';
import { BatchWriter, normalisationTable } from '../data/batches.ts';
import { type Dataset, holdsClasses, READER_CLASSES, withClasses } from '../data/dataset.ts';
import { type CompileOptions, compile } from '../engine/compile.ts';
import type { Executable } from '../engine/executable.ts';
import { InklingError } from '../errors.ts';
import type { Network } from '../model/network.ts';
import { Breath } from './breath.ts';
import { ScoreKeeper, type Scores, softmax } from './metrics.ts';

export interface RunOptions extends Pick<CompileOptions, 'backend' | 'level' | 'precision' | 'threads'> {
  /** Examples at a time; 128 by default. */
  batch?: number;
}

/** Sees the logits of a batch, of which row `row` belongs to the example. */
export type OnAnswer = (logits: ArrayLike<number>, row: number, example: number) => void;

export interface EvaluateOptions extends RunOptions {
  onAnswer?: OnAnswer;
}

interface ScoreOptions {
  batch: number;
  onAnswer?: OnAnswer;
  /** Of confidences; 1 by default. */
  temperature?: number;
}

const DEFAULT_BATCH = 128;

/** Copies a network's weights into an executable of its model. */
export function loadWeights(executable: Executable, { weights }: Network): void {
  executable.writeWeights(new Map([...weights].map(([name, { values }]) => [name, values])));
}

/** Runs the network, and gives the logits of the batch when they are there. */
function answer(executable: Executable): Promise<FloatArray> {
  executable.infer();
  const logits = executable.read('output');
  // Whoever awaits it hears of an error; until then nobody may be listening.
  logits.catch(() => {});
  return logits;
}

/** Does something with each answer in turn, while a graphics card is already at work on the next. */
class AnswerQueue {
  readonly #waiting: { logits: Promise<FloatArray>; use: (logits: FloatArray) => void }[] = [];

  async add(executable: Executable, use: (logits: FloatArray) => void): Promise<void> {
    this.#waiting.push({ logits: answer(executable), use });
    if (!executable.isRemote || this.#waiting.length > BATCHES_AHEAD) await this.#next();
  }

  async finish(): Promise<void> {
    while (this.#waiting.length > 0) await this.#next();
  }

  async #next(): Promise<void> {
    const first = this.#waiting.shift();
    first?.use(await first.logits);
  }
}

const BATCHES_AHEAD = 2;

/** A network compiled for inference. */
export class Classifier {
  readonly network: Network;
  readonly #executable: Executable;
  readonly #batch: number;

  private constructor(network: Network, executable: Executable, batch: number) {
    this.network = network;
    this.#executable = executable;
    this.#batch = batch;
  }

  static async create(
    network: Network,
    { batch = DEFAULT_BATCH, ...options }: RunOptions = {},
  ): Promise<Classifier> {
    const executable = await compile(network.model, { ...options, batch, mode: 'infer' });
    loadWeights(executable, network);
    return new Classifier(network, executable, batch);
  }

  /** Lets worker threads forget it; it must not be used afterwards. */
  dispose(): Promise<void> {
    return this.#executable.dispose();
  }

  /** Where it runs, for people. */
  get description(): string {
    return this.#executable.description;
  }

  /** Calibrated probabilities of each class for each picture: bytes of the network's input size, 255 for ink. */
  async classify(pictures: readonly Uint8Array[]): Promise<number[][]> {
    const { input } = this.#executable;
    const size = input.length / this.#batch;
    const queue = new AnswerQueue();
    const table = normalisationTable(this.network.normalisation);
    const { temperature } = this.network.calibration ?? {};
    const results: number[][] = [];
    for (let first = 0; first < pictures.length; first += this.#batch) {
      const chunk = pictures.slice(first, first + this.#batch);
      chunk.forEach((picture, slot) => {
        if (picture.length !== size) {
          throw new InklingError(`A picture has ${picture.length} values, and the network takes ${size}.`);
        }
        for (let i = 0; i < size; i++) input[slot * size + i] = table[picture[i]];
      });
      await queue.add(this.#executable, (logits) => {
        const classes = logits.length / this.#batch;
        for (const slot of chunk.keys()) results.push(softmax(logits, slot * classes, classes, temperature));
      });
    }
    await queue.finish();
    return results;
  }
}

/** Checks that a model can be trained on a data set: it must take its pictures, and tell as many classes apart. */
export function requireFit(input: readonly number[], classes: number, dataset: Dataset): void {
  requireSize(input, dataset);
  if (classes === dataset.classNames.length) return;
  const isReader = classes === READER_CLASSES.length && holdsClasses(READER_CLASSES, dataset.classNames);
  const way = isReader
    ? 'join pages to it, as --dataset mnist+pages does'
    : 'use a model and a data set with the same classes';
  throw new InklingError(
    `The model tells ${classes} classes apart, and ${dataset.name} has ${dataset.classNames.length}; ${way}.`,
  );
}

/**
 * Checks that a network can be scored on a data set, and gives the set with all classes of the network. It may tell more
 * apart than the set has: an answer that is none of the set's classes is wrong.
 */
export function requireScorable({ model, classNames }: Network, dataset: Dataset): Dataset {
  requireSize(model.input, dataset);
  if (holdsClasses(classNames, dataset.classNames)) return withClasses(dataset, classNames);
  const [own, others] = [classNames, dataset.classNames].map(
    (names) => `${names.length} (${names.join(', ')})`,
  );
  throw new InklingError(
    `The classes that the model tells apart are ${own}, and those of ${dataset.name} ${others}; use a model and a data set with the same classes.`,
  );
}

function requireSize(input: readonly number[], dataset: Dataset): void {
  if (input.join() !== dataset.shape.join()) {
    throw new InklingError(
      `The model takes pictures of ${input.join('×')}, and those of ${dataset.name} are ${dataset.shape.join('×')}; use a model and a data set of one size.`,
    );
  }
}

/** Scores a network on every example of a data set, whose classes must be the first of the network's. */
export async function evaluate(
  network: Network,
  pictures: Dataset,
  { batch = DEFAULT_BATCH, onAnswer, ...options }: EvaluateOptions = {},
): Promise<Scores> {
  const dataset = requireScorable(network, pictures);
  const executable = await compile(network.model, { ...options, batch, mode: 'infer' });
  try {
    loadWeights(executable, network);
    const writer = new BatchWriter(dataset, network.normalisation);
    const { temperature } = network.calibration ?? {};
    return await scoreDataset(executable, writer, dataset, { batch, onAnswer, temperature });
  } finally {
    await executable.dispose();
  }
}

/** Scores the weights an executable holds. The last batch may be part empty: its rest is computed and not counted. */
export async function scoreDataset(
  executable: Executable,
  writer: BatchWriter,
  dataset: Dataset,
  { batch, onAnswer, temperature }: ScoreOptions,
): Promise<Scores> {
  const breath = new Breath();
  const keeper = new ScoreKeeper(dataset.classNames, temperature);
  const queue = new AnswerQueue();
  const { input } = executable;
  const count = dataset.labels.length;
  for (let first = 0; first < count; first += batch) {
    const indices = Array.from({ length: Math.min(batch, count - first) }, (_, i) => first + i);
    writer.write(input, indices);
    await queue.add(executable, (logits) => {
      indices.forEach((example, row) => {
        keeper.add(logits, row, dataset.labels[example]);
        onAnswer?.(logits, row, example);
      });
    });
    await breath.take();
  }
  await queue.finish();
  return keeper.scores();
}
