/**
 * The training loop.
 *
 * Each epoch shuffles the training examples and takes them in whole batches; the few that do not fill the last one
 * wait for another epoch's shuffle. All randomness is a function of seed and position, so a run that stops anywhere
 * between two steps goes on from its checkpoint to the same bits.
 */
import { measureNormalisation, shuffledOrder } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import { type CompileOptions, compile } from '../engine/compile.ts';
import type { Executable } from '../engine/executable.ts';
import { InklingError } from '../errors.ts';
import type { ModelSpec } from '../model/layers.ts';
import type { Normalisation } from '../model/network.ts';
import { type Network, outputShape } from '../model/network.ts';
import { Breath } from './breath.ts';
import type { Callback, Output } from './callbacks/callback.ts';
import { CallbackList } from './callbacks/list.ts';
import { type CallbackSpec, createCallback } from './callbacks/specs.ts';
import type { Checkpoint, EpochRecord, RunningTotals } from './checkpoint.ts';
import { requireFit } from './classifier.ts';
import { largest, type Scores } from './metrics.ts';
import { completeRecipe, type Recipe } from './recipe.ts';
import { Steering } from './steering.ts';
import { checkWeightAveraging, WeightAverage } from './weightAveraging.ts';

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
  extends Partial<Omit<Recipe, 'model' | 'callbacks'>>,
    Pick<CompileOptions, 'backend' | 'level' | 'threads'> {
  data: Dataset;
  /** Scored after each epoch. */
  validation?: Dataset;
  /** Goes into the network's provenance, and must be the same when a run is resumed. */
  fingerprint?: Record<string, string>;
  resume?: Checkpoint;
  /** Called in this order, before `onStep` and `onEpoch`; as JSON, as a recipe has them, or as objects. */
  callbacks?: readonly (CallbackSpec | Callback)[];
  /** Where those callbacks write that are given as JSON. */
  output?: Output;
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
  /** Why a callback ended the run before its last epoch. */
  stopped?: string;
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
  readonly #stepsPerEpoch: number;
  readonly #fingerprint: Record<string, string>;
  readonly #history: EpochRecord[] = [];
  #epoch = 0;
  #step = 0;
  #totals = { ...NO_TOTALS };
  #validation?: Scores;
  readonly #callbacks: CallbackList;
  readonly #steering: Steering;
  readonly #average?: WeightAverage;
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
    this.#callbacks = new CallbackList(
      (options.callbacks ?? []).map((one) => ('type' in one ? createCallback(one, options.output) : one)),
    );
    this.#executable = executable;
    executable.pictures.set(data.images);
    this.#stepsPerEpoch = Math.floor(data.labels.length / recipe.batch);
    this.#fingerprint = { ...options.fingerprint, backend: executable.description };
    this.#average = this.#createAverage();
    this.#steering = new Steering(recipe, executable, {
      ...{ normalisation, classNames: data.classNames, validation: options.validation },
      ...{ stepsPerEpoch: this.#stepsPerEpoch, fingerprint: this.#fingerprint },
      average: this.#average,
    });
  }

  #createAverage(): WeightAverage | undefined {
    const { weightAveraging, batch, epochs, seed } = this.#recipe;
    if (!weightAveraging) return undefined;
    const order = shuffledOrder(this.#options.data.labels.length, seed, epochs);
    const { statisticsExamples } = checkWeightAveraging(weightAveraging);
    const batches = Math.min(this.#stepsPerEpoch, Math.ceil(statisticsExamples / batch));
    return new WeightAverage(weightAveraging, this.#executable, batches, (index) => {
      this.#takeBatch(order.subarray(index * batch, (index + 1) * batch));
      this.#executable.forward(seed, epochs * this.#stepsPerEpoch + index);
    });
  }

  static async create(model: ModelSpec, options: TrainOptions): Promise<TrainingRun> {
    const { epochs, batch, seed, optimizer, learningRate, schedule, loss, augmentation, weightAveraging } =
      options;
    const specs = options.callbacks?.filter((one) => 'type' in one) ?? [];
    const recipe = completeRecipe({
      ...{ model, epochs, batch, seed, optimizer, learningRate, schedule, loss, augmentation },
      weightAveraging,
      callbacks: specs.length > 0 ? specs : undefined,
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
    await this.#callbacks.trainBegin(this.#steering);
    if (resume) this.#restore(resume);
    else this.#begin(seed);
    while (this.#epoch < epochs && this.#steering.stopped === undefined) {
      await this.#trainEpoch();
      if (this.#step < this.#stepsPerEpoch && !this.#steering.stopped)
        return this.#result(this.#checkpoint());
      const record = await this.#endEpoch();
      await this.#callbacks.epochEnd(record, this.#steering);
      await this.#options.onEpoch?.(record, () => this.#checkpoint());
      const goesOn = this.#epoch < epochs && this.#steering.stopped === undefined;
      if (signal?.aborted && goesOn) return this.#result(this.#checkpoint());
      if (goesOn) await this.#average?.hide();
    }
    await this.#average?.show();
    await this.#callbacks.trainEnd(this.#steering);
    return this.#result();
  }

  #begin(seed: number): void {
    this.#executable.initialise(seed);
    this.#average?.begin();
  }

  /** Does the steps that this epoch still has, or stops early when told to. */
  async #trainEpoch(): Promise<void> {
    const { batch, seed } = this.#recipe;
    const { data, signal, onStep } = this.#options;
    const steps = this.#stepsPerEpoch;
    const order = shuffledOrder(data.labels.length, seed, this.#epoch);
    while (this.#step < steps && !signal?.aborted && this.#steering.stopped === undefined) {
      const started = performance.now();
      const first = this.#step * batch;
      const position = this.#epoch * steps + this.#step;
      const rate = this.#steering.rateAt(position);
      this.#takeBatch(order.subarray(first, first + batch));
      this.#executable.train(seed, position, rate);
      this.#step++;
      await this.#average?.afterStep(position + 1);
      this.#count(batch, rate);
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

  #count(batch: number, learningRate: number): void {
    const { loss, trainingOutput, labels } = this.#executable;
    const classes = trainingOutput.length / batch;
    let [sum, correct] = [0, 0];
    for (let i = 0; i < batch; i++) {
      sum += loss[i];
      if (largest(trainingOutput, i * classes, classes) === labels[i]) correct++;
    }
    const position = { epoch: this.#epoch + 1, step: this.#step, steps: this.#stepsPerEpoch };
    this.#callbacks.stepEnd(
      { ...position, loss: sum / batch, accuracy: correct / batch, learningRate },
      this.#steering,
    );
    if (!Number.isFinite(sum) && this.#steering.stopped === undefined) {
      throw new InklingError(
        `The loss became ${sum} in step ${this.#step} of epoch ${this.#epoch + 1}; a lower learning rate than ${this.#recipe.learningRate} or clipNorm usually helps.`,
      );
    }
    this.#totals.loss += sum;
    this.#totals.correct += correct;
    this.#totals.examples += batch;
  }

  async #endEpoch(): Promise<EpochRecord> {
    const { validation } = this.#options;
    const started = performance.now();
    await this.#average?.show();
    if (validation) this.#validation = await this.#steering.score(validation);
    const { loss, accuracy, learningRate, imagesPerSecond } = this.#report(
      this.#steering.rateAt(this.#epoch * this.#stepsPerEpoch + this.#step - 1),
    );
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
    const trained = this.#average?.trained() ?? this.#executable.weights();
    for (const [name, values] of [...trained, ...this.#executable.slots()]) {
      tensors.set(name, Float32Array.from(values));
    }
    this.#average?.save(tensors);
    const callbacks = this.#callbacks.save(tensors);
    return {
      recipe: this.#recipe,
      epoch: this.#epoch,
      step: this.#step,
      learningRate: this.#steering.learningRate,
      stopped: this.#steering.stopped,
      callbacks,
      totals: { ...this.#totals },
      history: [...this.#history],
      fingerprint: this.#fingerprint,
      tensors,
    };
  }

  #restore(checkpoint: Checkpoint): void {
    const { recipe, epoch, step, totals, history, fingerprint, tensors } = checkpoint;
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
    this.#average?.restore(tensors);
    this.#epoch = epoch;
    this.#step = step;
    this.#steering.learningRate = checkpoint.learningRate;
    this.#steering.stopped = checkpoint.stopped;
    this.#callbacks.restore(checkpoint.callbacks, tensors);
    this.#totals = { ...totals };
    this.#history.push(...history);
  }

  async #result(interrupted?: Checkpoint): Promise<TrainResult> {
    await this.#average?.show();
    return {
      network: await this.#steering.network(),
      history: this.#history,
      interrupted,
      stopped: this.#steering.stopped,
      validation: this.#validation,
      backend: this.#executable.description,
    };
  }
}
