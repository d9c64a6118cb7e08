/** What callbacks see of a training run, and where they change it. */

import { BatchWriter } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Executable } from '../engine/executable.ts';
import { type Network, type Normalisation, weightShapes } from '../model/network.ts';
import type { Mistake, TrainingControl } from './callbacks/callback.ts';
import { type OnAnswer, scoreDataset } from './classifier.ts';
import { largest, type Scores } from './metrics.ts';
import type { Recipe } from './recipe.ts';
import { learningRateAt } from './schedule.ts';
import type { WeightAverage } from './weightAveraging.ts';

/** Most mistakes on the validation set that are kept. */
const MISTAKES_KEPT = 64;

/** What a run has besides its recipe. */
export interface Circumstances {
  stepsPerEpoch: number;
  validation?: Dataset;
  normalisation: Normalisation;
  classNames: readonly string[];
  fingerprint: Record<string, string>;
  average?: WeightAverage;
}

export class Steering implements TrainingControl {
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly schedule: Recipe['schedule'];
  readonly model: Recipe['model'];
  readonly validation?: Dataset;
  mistakes: readonly Mistake[] = [];
  learningRate: number;
  /** Why a callback ended the run. */
  stopped?: string;
  readonly #recipe: Recipe;
  /** Changes where a graphics card was lost. */
  executable: Executable;
  readonly #circumstances: Circumstances;

  constructor(recipe: Recipe, executable: Executable, circumstances: Circumstances) {
    this.epochs = recipe.epochs;
    this.stepsPerEpoch = circumstances.stepsPerEpoch;
    this.schedule = recipe.schedule;
    this.model = recipe.model;
    this.validation = circumstances.validation;
    this.learningRate = recipe.learningRate;
    this.#recipe = recipe;
    this.executable = executable;
    this.#circumstances = circumstances;
  }

  /** The learning rate of a step, counted from 0 since training began. */
  rateAt(step: number): number {
    const { epochs, stepsPerEpoch } = this;
    return learningRateAt(this.schedule, this.learningRate, { step, epochs, stepsPerEpoch });
  }

  stop(reason: string): void {
    this.stopped ??= reason;
  }

  async weights(): Promise<Map<string, Float32Array>> {
    const weights = await this.executable.readWeights();
    return new Map([...weights].map(([name, values]) => [name, Float32Array.from(values)]));
  }

  async setWeights(weights: Map<string, Float32Array>): Promise<void> {
    this.executable.writeWeights(weights, 'The callback');
    await this.#circumstances.average?.begin();
  }

  async network(): Promise<Network> {
    const { normalisation, classNames, fingerprint } = this.#circumstances;
    const { model, ...recipe } = this.#recipe;
    const shapes = weightShapes(model);
    const weights: Network['weights'] = new Map();
    for (const [name, values] of await this.weights()) {
      weights.set(name, { shape: shapes.get(name) ?? [values.length], values });
    }
    return { model, weights, normalisation, classNames, provenance: { recipe, ...fingerprint } };
  }

  /** Scores the weights as they are on the validation set, and keeps some of its mistakes. */
  async score(validation: Dataset): Promise<Scores> {
    const { batch } = this.#recipe;
    const mistakes: Mistake[] = [];
    const keep: OnAnswer = (logits, row, example) => {
      const classes = logits.length / batch;
      const answer = largest(logits, row * classes, classes);
      const label = validation.labels[example];
      if (answer !== label && mistakes.length < MISTAKES_KEPT) mistakes.push({ example, label, answer });
    };
    const writer = new BatchWriter(validation, this.#circumstances.normalisation);
    const scores = await scoreDataset(this.executable, writer, validation, { batch, onAnswer: keep });
    this.mistakes = mistakes;
    return scores;
  }
}
