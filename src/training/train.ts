/**
 * The training loop.
 *
 * Each epoch shuffles the training examples and takes them in whole batches; the few that do not fill the last one
 * wait for another epoch's shuffle. All randomness is a function of seed and position, so a run that stops anywhere
 * between two steps goes on from its checkpoint to the same bits.
 */
import type { StepWorth } from '../../kernels/metrics/index.ts';
import { measureNormalisation, shuffledOrder } from '../data/batches.ts';
import type { Executable } from '../engine/executable.ts';
import { DeviceLostError } from '../engine/webgpu/device.ts';
import { DivergenceError, InklingError } from '../errors.ts';
import type { ModelSpec } from '../model/layers.ts';
import { type Normalisation, outputShape } from '../model/network.ts';
import { Breath } from './breath.ts';
import { CallbackList } from './callbacks/list.ts';
import { createCallback } from './callbacks/specs.ts';
import type { Checkpoint, EpochRecord, RunningTotals } from './checkpoint.ts';
import { loadWeights, requireFit } from './classifier.ts';
import { compileFor } from './compileFor.ts';
import type { Scores } from './metrics.ts';
import type { StepReport, TrainOptions, TrainResult } from './options.ts';
import { StepProfiler } from './profiler.ts';
import { completeRecipe, type Recipe } from './recipe.ts';
import { requireSameModel, requireSameRun } from './resumption.ts';
import { Steering } from './steering.ts';
import { checkWeightAveraging, WeightAverage } from './weightAveraging.ts';
import { WorthReader } from './worth.ts';

/** Steps that a graphics card is given between two looks at what they were worth. */
const STEPS_BETWEEN_LOOKS = 8;

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
  #executable: Executable;
  #worth: WorthReader;
  readonly #normalisation: Normalisation;
  readonly #stepsPerEpoch: number;
  readonly #fingerprint: Record<string, string>;
  readonly #history: EpochRecord[] = [];
  #epoch = 0;
  #step = 0;
  #totals = { ...NO_TOTALS };
  #validation?: Scores;
  readonly #callbacks: CallbackList;
  readonly #steering: Steering;
  /** Where to go on from should the graphics card be lost, and the last place from where that was done. */
  #refuge?: Checkpoint;
  #lostAfter = -1;
  readonly #average?: WeightAverage;
  readonly #profiler?: StepProfiler;
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
    if (options.profile) this.#profiler = new StepProfiler();
    this.#executable = executable;
    executable.pictures.set(data.images);
    // A graphics card may be lost, and would be given them again.
    if (options.handOver && !executable.isRemote) data.images = release(data.images);
    this.#worth = new WorthReader(executable);
    this.#normalisation = normalisation;
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
      // Of pictures as they are: it is not mixtures that the network will be asked about.
      this.#executable.forward(seed, epochs * this.#stepsPerEpoch + index, 1);
    });
  }

  static async create(model: ModelSpec, options: TrainOptions): Promise<TrainingRun> {
    const {
      epochs,
      batch,
      seed,
      optimizer,
      learningRate,
      schedule,
      loss,
      augmentation,
      mixup,
      weightAveraging,
    } = options;
    const specs = options.callbacks?.filter((one) => 'type' in one) ?? [];
    const recipe = completeRecipe({
      ...{ model, epochs, batch, seed, optimizer, learningRate, schedule, loss, augmentation },
      ...{ mixup, weightAveraging },
      callbacks: specs.length > 0 ? specs : undefined,
    });
    const { data, validation, backend, level, precision, threads } = options;
    for (const dataset of [data, ...(validation ? [validation] : [])]) {
      requireFit(model.input, outputShape(model)[0], dataset);
    }
    if (data.labels.length < recipe.batch) {
      throw new InklingError(
        `${data.name} has ${data.labels.length} examples, fewer than one batch of ${recipe.batch}; choose a smaller batch.`,
      );
    }
    const { initial } = options;
    if (initial) requireSameModel(initial, model, data);
    const normalisation = initial?.normalisation ?? measureNormalisation(data);
    const where = { backend, level, precision, threads };
    const executable = await compileFor(recipe, data, normalisation, where);
    return new TrainingRun(recipe, options, executable, normalisation);
  }

  dispose(): Promise<void> {
    return this.#executable.dispose();
  }

  async finish(): Promise<TrainResult> {
    const { resume } = this.#options;
    this.#options.onStart?.(this.#executable.description);
    await this.#callbacks.trainBegin(this.#steering);
    if (resume) await this.#restore(resume);
    else await this.#begin();
    if (this.#executable.isRemote) this.#refuge = await this.#checkpoint();
    for (;;) {
      try {
        return await this.#goOn();
      } catch (error) {
        if (!(error instanceof DeviceLostError)) throw error;
        await this.#recover(error);
      }
    }
  }

  async #begin(): Promise<void> {
    this.#executable.initialise(this.#recipe.seed);
    if (this.#options.initial) loadWeights(this.#executable, this.#options.initial);
    await this.#average?.begin();
  }

  async #goOn(): Promise<TrainResult> {
    const { epochs } = this.#recipe;
    const { signal, onEpoch } = this.#options;
    while (this.#epoch < epochs && this.#steering.stopped === undefined) {
      await this.#trainEpoch();
      if (this.#step < this.#stepsPerEpoch && !this.#steering.stopped) {
        return this.#result(await this.#checkpoint());
      }
      const record = await this.#endEpoch();
      await this.#callbacks.epochEnd(record, this.#steering);
      // A graphics card may be lost at any time, and its memory with it.
      if (this.#executable.isRemote) this.#refuge = await this.#checkpoint();
      await onEpoch?.(record, async () => this.#refuge ?? this.#checkpoint());
      const goesOn = this.#epoch < epochs && this.#steering.stopped === undefined;
      if (signal?.aborted && goesOn) return this.#result(await this.#checkpoint());
      if (goesOn) await this.#average?.hide();
    }
    await this.#average?.show();
    await this.#callbacks.trainEnd(this.#steering);
    return this.#result();
  }

  /** Goes back to the end of the last epoch, on a new device of the same card, to the same bits. */
  async #recover(cause: DeviceLostError): Promise<void> {
    const { data, precision } = this.#options;
    const epoch = this.#refuge?.epoch ?? 0;
    const isSecondTime = this.#lostAfter === epoch;
    this.#lostAfter = epoch;
    await this.#executable.dispose();
    try {
      if (isSecondTime) throw cause;
      const where = { backend: 'webgpu', precision } as const;
      this.#executable = await compileFor(this.#recipe, data, this.#normalisation, where);
    } catch {
      throw new InklingError(
        `${cause.message} It cannot be had again in epoch ${epoch + 1}; go on from the last checkpoint, or train with --backend wasm.`,
        { cause },
      );
    }
    this.#options.onNote?.(
      `${cause.message} Going on from the ${epoch > 0 ? `end of epoch ${epoch}` : 'start'}.`,
    );
    this.#executable.pictures.set(data.images);
    this.#steering.executable = this.#executable;
    if (this.#average) this.#average.executable = this.#executable;
    this.#worth = new WorthReader(this.#executable);
    this.#history.length = 0;
    await this.#restore(this.#refuge as Checkpoint);
  }

  /** Does the steps that this epoch still has, or stops early when told to. */
  async #trainEpoch(): Promise<void> {
    const { batch, seed } = this.#recipe;
    const { data, signal, onStep } = this.#options;
    const steps = this.#stepsPerEpoch;
    const { isRemote } = this.#executable;
    const order = shuffledOrder(data.labels.length, seed, this.#epoch);
    while (this.#step < steps && !signal?.aborted && this.#steering.stopped === undefined) {
      const started = performance.now();
      const first = this.#step * batch;
      const position = this.#epoch * steps + this.#step;
      const rate = this.#steering.rateAt(position);
      this.#takeBatch(order.subarray(first, first + batch));
      const train = () => this.#executable.train(seed, position, rate);
      if (this.#profiler) await this.#profiler.step(this.#executable, train);
      else train();
      this.#step++;
      await this.#average?.afterStep(position + 1);
      const isLooked = !isRemote || this.#step % STEPS_BETWEEN_LOOKS === 0;
      if (isLooked) this.#count(await this.#worth.look(!isRemote));
      this.#totals.seconds += (performance.now() - started) / 1000;
      if (isLooked && this.#totals.examples > 0) onStep?.(this.#report(rate));
      await this.#breath.take();
    }
    const started = performance.now();
    const last = await this.#worth.look(true);
    this.#count(last);
    this.#totals.seconds += (performance.now() - started) / 1000;
    if (last.length > 0) onStep?.(this.#report(this.#rateBefore()));
  }

  /** The step itself makes the input from these pictures. */
  #takeBatch(examples: Uint32Array): void {
    const { indices, labels } = this.#executable;
    indices.set(examples);
    examples.forEach((example, slot) => {
      labels[slot] = this.#options.data.labels[example];
    });
  }

  #count(worth: readonly StepWorth[]): void {
    const { batch, learningRate } = this.#recipe;
    const [epoch, steps] = [this.#epoch + 1, this.#stepsPerEpoch];
    for (const { loss, correct } of worth) {
      const step = this.#totals.examples / batch + 1;
      this.#callbacks.stepEnd(
        {
          ...{ epoch, step, steps, loss: loss / batch, accuracy: correct / batch },
          learningRate: this.#steering.rateAt(this.#epoch * steps + step - 1),
        },
        this.#steering,
      );
      if (!Number.isFinite(loss) && this.#steering.stopped === undefined) {
        throw new DivergenceError(
          `The loss became ${loss} in step ${step} of epoch ${epoch}; a lower learning rate than ${learningRate} or clipNorm usually helps.`,
        );
      }
      this.#totals.loss += loss;
      this.#totals.correct += correct;
      this.#totals.examples += batch;
    }
  }

  async #endEpoch(): Promise<EpochRecord> {
    const { validation } = this.#options;
    const started = performance.now();
    await this.#average?.show();
    if (validation) this.#validation = await this.#steering.score(validation);
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
    return this.#steering.rateAt(this.#epoch * this.#stepsPerEpoch + this.#step - 1);
  }

  #report(learningRate: number): StepReport {
    const { loss, correct, examples, seconds } = this.#totals;
    return {
      epoch: this.#epoch + 1,
      epochs: this.#recipe.epochs,
      step: this.#step,
      steps: this.#stepsPerEpoch,
      examples,
      loss: loss / examples,
      accuracy: correct / examples,
      learningRate,
      imagesPerSecond: examples / seconds,
    };
  }

  async #checkpoint(): Promise<Checkpoint> {
    const weights = (await this.#average?.trained()) ?? (await this.#executable.readWeights());
    const slots = await this.#executable.readSlots();
    const tensors = new Map<string, Float32Array>();
    for (const [name, values] of [...weights, ...slots]) tensors.set(name, Float32Array.from(values));
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

  async #restore(checkpoint: Checkpoint): Promise<void> {
    const { epoch, step, totals, history, tensors } = checkpoint;
    requireSameRun(checkpoint, {
      recipe: this.#recipe,
      fingerprint: this.#fingerprint,
      stepsPerEpoch: this.#stepsPerEpoch,
    });
    this.#executable.writeWeights(tensors, 'The checkpoint');
    this.#executable.writeSlots(tensors);
    await this.#average?.restore(tensors);
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
      profile: this.#profiler?.result,
      backend: this.#executable.description,
    };
  }
}

/**
 * Gives the memory of some bytes back at once, where it holds nothing else, rather than when the garbage collector comes
 * to it; returns what is left.
 */
function release({ buffer, byteLength }: Uint8Array): Uint8Array {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
  return new Uint8Array();
}
