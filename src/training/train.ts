/**
 * The training loop.
 *
 * Each epoch shuffles the training examples and takes them in whole batches; the few that do not fill the last one
 * wait for another epoch's shuffle. All randomness is a function of seed and position, so a run that stops anywhere
 * between two steps goes on from its checkpoint to the same bits.
 */
import { BatchWriter, measureNormalisation, shuffledOrder } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import { type CompileOptions, compile } from '../engine/compile.ts';
import type { Executable } from '../engine/executable.ts';
import { InklingError } from '../errors.ts';
import type { ModelSpec } from '../model/layers.ts';
import { type Network, type Normalisation, outputShape, weightShapes } from '../model/network.ts';
import { Breath } from './breath.ts';
import type { Checkpoint, EpochRecord, RunningTotals } from './checkpoint.ts';
import { requireFit, scoreDataset } from './classifier.ts';
import { largest, type Scores } from './metrics.ts';
import { completeRecipe, type Recipe } from './recipe.ts';
import { learningRateAt } from './schedule.ts';

export interface StepReport {
  /** From 1. */
  epoch: number;
  epochs: number;
  /** Steps done of this epoch, and how many it has. */
  step: number;
  steps: number;
  /** Means over the epoch so far. */
  loss: number;
  accuracy: number;
  learningRate: number;
  imagesPerSecond: number;
}

export interface TrainOptions
  extends Partial<Omit<Recipe, 'model'>>,
    Pick<CompileOptions, 'backend' | 'level' | 'threads'> {
  data: Dataset;
  /** Scored after each epoch. */
  validation?: Dataset;
  /** Goes into the network's provenance, and must be the same when a run is resumed. */
  fingerprint?: Record<string, string>;
  resume?: Checkpoint;
  onStep?(report: StepReport): void;
  /** After each epoch; the loop waits for it. `checkpoint` makes one of this moment. */
  onEpoch?(record: EpochRecord, checkpoint: () => Checkpoint): void | Promise<void>;
  /** Stops between two steps; the result then has a checkpoint to go on from. */
  signal?: AbortSignal;
}

export interface TrainResult {
  network: Network;
  history: EpochRecord[];
  /** Present when the run was stopped before its end. */
  interrupted?: Checkpoint;
  /** Scores of the last epoch's weights on the validation set. */
  validation?: Scores;
  /** Where it ran, for people. */
  backend: string;
}

const NO_TOTALS: RunningTotals = { loss: 0, correct: 0, examples: 0, seconds: 0 };

/** Trains a model. What the options leave out has the defaults of `RECIPE_DEFAULTS`. */
export async function train(model: ModelSpec, options: TrainOptions): Promise<TrainResult> {
  const run = await TrainingRun.create(model, options);
  try {
    return await run.finish();
  } finally {
    await run.dispose();
  }
}

class TrainingRun {
  readonly #recipe: Recipe;
  readonly #options: TrainOptions;
  readonly #executable: Executable;
  readonly #normalisation: Normalisation;
  readonly #stepsPerEpoch: number;
  readonly #fingerprint: Record<string, string>;
  readonly #history: EpochRecord[] = [];
  #epoch = 0;
  #step = 0;
  #totals = { ...NO_TOTALS };
  #validation?: Scores;
  readonly #breath = new Breath();

  private constructor(
    recipe: Recipe,
    options: TrainOptions,
    executable: Executable,
    normalisation: Normalisation,
  ) {
    const { data } = options;
    this.#recipe = recipe;
    this.#options = options;
    this.#executable = executable;
    this.#normalisation = normalisation;
    executable.pictures.set(data.images);
    this.#stepsPerEpoch = Math.floor(data.labels.length / recipe.batch);
    this.#fingerprint = { ...options.fingerprint, backend: executable.description };
  }

  static async create(model: ModelSpec, options: TrainOptions): Promise<TrainingRun> {
    const { epochs, batch, seed, optimizer, learningRate, schedule, loss, augmentation } = options;
    const recipe = completeRecipe({
      ...{ model, epochs, batch, seed, optimizer, learningRate, schedule, loss, augmentation },
    });
    const { data, validation, backend, level, threads } = options;
    for (const dataset of [data, ...(validation ? [validation] : [])]) {
      requireFit(model.input, outputShape(model)[0], dataset);
    }
    if (data.labels.length < recipe.batch) {
      throw new InklingError(
        `${data.name} has ${data.labels.length} examples, fewer than one batch of ${recipe.batch}; choose a smaller batch.`,
      );
    }
    const normalisation = measureNormalisation(data);
    const executable = await compile(model, {
      ...{ backend, level, threads, batch: recipe.batch, mode: 'train', optimizer: recipe.optimizer },
      source: { examples: data.labels.length, normalisation, augmentation: recipe.augmentation },
      loss: { type: 'softmaxCrossEntropy', ...recipe.loss },
    });
    return new TrainingRun(recipe, options, executable, normalisation);
  }

  dispose(): Promise<void> {
    return this.#executable.dispose();
  }

  async finish(): Promise<TrainResult> {
    const { epochs, seed } = this.#recipe;
    const { signal, resume } = this.#options;
    if (resume) this.#restore(resume);
    else this.#executable.initialise(seed);
    while (this.#epoch < epochs) {
      await this.#trainEpoch();
      if (this.#step < this.#stepsPerEpoch) return this.#result(this.#checkpoint());
      const record = await this.#endEpoch();
      await this.#options.onEpoch?.(record, () => this.#checkpoint());
      if (signal?.aborted && this.#epoch < epochs) return this.#result(this.#checkpoint());
    }
    return this.#result();
  }

  /** Does the steps that this epoch still has, or stops early when told to. */
  async #trainEpoch(): Promise<void> {
    const { batch, seed, learningRate, schedule, epochs } = this.#recipe;
    const { data, signal, onStep } = this.#options;
    const steps = this.#stepsPerEpoch;
    const order = shuffledOrder(data.labels.length, seed, this.#epoch);
    while (this.#step < steps && !signal?.aborted) {
      const started = performance.now();
      const first = this.#step * batch;
      const position = this.#epoch * steps + this.#step;
      const rate = learningRateAt(schedule, learningRate, position, epochs * steps);
      this.#takeBatch(order.subarray(first, first + batch));
      this.#executable.train(seed, position, rate);
      this.#count(batch);
      this.#step++;
      this.#totals.seconds += (performance.now() - started) / 1000;
      onStep?.(this.#report(rate));
      await this.#breath.take();
    }
  }

  /** The step itself makes the input from these pictures. */
  #takeBatch(examples: Uint32Array): void {
    const { indices, labels } = this.#executable;
    indices.set(examples);
    examples.forEach((example, slot) => {
      labels[slot] = this.#options.data.labels[example];
    });
  }

  #count(batch: number): void {
    const { loss, trainingOutput, labels } = this.#executable;
    const classes = trainingOutput.length / batch;
    let sum = 0;
    for (let i = 0; i < batch; i++) sum += loss[i];
    if (!Number.isFinite(sum)) {
      throw new InklingError(
        `The loss became ${sum} in step ${this.#step + 1} of epoch ${this.#epoch + 1}; a lower learning rate than ${this.#recipe.learningRate} or clipNorm usually helps.`,
      );
    }
    this.#totals.loss += sum;
    this.#totals.examples += batch;
    for (let i = 0; i < batch; i++) {
      if (largest(trainingOutput, i * classes, classes) === labels[i]) this.#totals.correct++;
    }
  }

  async #endEpoch(): Promise<EpochRecord> {
    const { validation } = this.#options;
    const started = performance.now();
    if (validation) {
      const writer = new BatchWriter(validation, this.#normalisation);
      this.#validation = await scoreDataset(this.#executable, writer, validation, this.#recipe.batch);
    }
    const { loss, accuracy, learningRate, imagesPerSecond } = this.#report(this.#rateBefore());
    const record: EpochRecord = {
      epoch: this.#epoch + 1,
      trainLoss: loss,
      trainAccuracy: accuracy,
      validationLoss: this.#validation?.loss,
      validationAccuracy: this.#validation?.accuracy,
      learningRate,
      seconds: this.#totals.seconds + (performance.now() - started) / 1000,
      imagesPerSecond,
    };
    this.#history.push(record);
    this.#epoch++;
    this.#step = 0;
    this.#totals = { ...NO_TOTALS };
    return record;
  }

  /** The rate of the last step done. */
  #rateBefore(): number {
    const { schedule, learningRate, epochs } = this.#recipe;
    const position = this.#epoch * this.#stepsPerEpoch + this.#step - 1;
    return learningRateAt(schedule, learningRate, position, epochs * this.#stepsPerEpoch);
  }

  #report(learningRate: number): StepReport {
    const { loss, correct, examples, seconds } = this.#totals;
    return {
      epoch: this.#epoch + 1,
      epochs: this.#recipe.epochs,
      step: this.#step,
      steps: this.#stepsPerEpoch,
      loss: loss / examples,
      accuracy: correct / examples,
      learningRate,
      imagesPerSecond: examples / seconds,
    };
  }

  #checkpoint(): Checkpoint {
    const tensors = new Map<string, Float32Array>();
    for (const [name, values] of [...this.#executable.weights(), ...this.#executable.slots()]) {
      tensors.set(name, Float32Array.from(values));
    }
    return {
      recipe: this.#recipe,
      epoch: this.#epoch,
      step: this.#step,
      totals: { ...this.#totals },
      history: [...this.#history],
      fingerprint: this.#fingerprint,
      tensors,
    };
  }

  #restore({ recipe, epoch, step, totals, history, fingerprint, tensors }: Checkpoint): void {
    if (JSON.stringify(completeRecipe(recipe)) !== JSON.stringify(this.#recipe)) {
      throw new InklingError(
        'The checkpoint belongs to another recipe; resume with the same model and settings.',
      );
    }
    for (const key of new Set([...Object.keys(fingerprint), ...Object.keys(this.#fingerprint)])) {
      if (fingerprint[key] === this.#fingerprint[key]) continue;
      throw new InklingError(
        `The checkpoint was made with another ${key} (${fingerprint[key]}) than this run has (${this.#fingerprint[key]}), so it cannot go on to the same result; restore it, or start without resuming.`,
      );
    }
    if (epoch > recipe.epochs || step > this.#stepsPerEpoch || (epoch === recipe.epochs && step > 0)) {
      throw new InklingError(
        `The checkpoint's position, epoch ${epoch} and step ${step}, lies behind the end of its run.`,
      );
    }
    for (const [name, values] of [...this.#executable.weights(), ...this.#executable.slots()]) {
      const stored = tensors.get(name);
      if (stored?.length !== values.length)
        throw new InklingError(`The checkpoint lacks the tensor "${name}".`);
      values.set(stored);
    }
    this.#epoch = epoch;
    this.#step = step;
    this.#totals = { ...totals };
    this.#history.push(...history);
  }

  #result(interrupted?: Checkpoint): TrainResult {
    const weights: Network['weights'] = new Map();
    const shapes = weightShapes(this.#recipe.model);
    for (const [name, values] of this.#executable.weights()) {
      weights.set(name, { shape: shapes.get(name) ?? [values.length], values: Float32Array.from(values) });
    }
    const { model, ...recipe } = this.#recipe;
    return {
      network: {
        model,
        weights,
        normalisation: this.#normalisation,
        classNames: this.#options.data.classNames,
        provenance: { recipe, ...this.#fingerprint },
      },
      history: this.#history,
      interrupted,
      validation: this.#validation,
      backend: this.#executable.description,
    };
  }
}
