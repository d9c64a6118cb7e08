/**
 * The training loop.
 *
 * Each epoch shuffles the training examples and takes them in whole batches; the few that do not fill the last one
 * wait for another epoch's shuffle. All randomness is a function of seed and position, so a run that stops anywhere
 * between two steps goes on from its checkpoint to the same bits.
 */
import type { StepWorth } from '../../kernels/metrics/index.ts';
import { checkAugmentation } from '../data/augmentation.ts';
import { BatchWriter, measureNormalisation, shuffledOrder } from '../data/batches.ts';
import { type CompileOptions, compile } from '../engine/compile.ts';
import type { Executable } from '../engine/executable.ts';
import { DeviceLostError } from '../engine/webgpu/device.ts';
import { InklingError } from '../errors.ts';
import type { ModelSpec } from '../model/layers.ts';
import { type Network, type Normalisation, outputShape, weightShapes } from '../model/network.ts';
import { Breath } from './breath.ts';
import type { Checkpoint, EpochRecord, RunningTotals } from './checkpoint.ts';
import { requireFit, scoreDataset } from './classifier.ts';
import type { Scores } from './metrics.ts';
import type { StepReport, TrainOptions, TrainResult } from './options.ts';
import { StepProfiler } from './profiler.ts';
import { completeRecipe, type Recipe } from './recipe.ts';
import { learningRateAt } from './schedule.ts';
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
  readonly #writer: BatchWriter;
  readonly #stepsPerEpoch: number;
  readonly #fingerprint: Record<string, string>;
  readonly #history: EpochRecord[] = [];
  #epoch = 0;
  #step = 0;
  #totals = { ...NO_TOTALS };
  #validation?: Scores;
  /** Where to go on from should the graphics card be lost, and the last place from where that was done. */
  #refuge?: Checkpoint;
  #lostAfter = -1;
  readonly #profiler?: StepProfiler;
  readonly #breath = new Breath();

  private constructor(recipe: Recipe, options: TrainOptions, executable: Executable) {
    const { data } = options;
    this.#recipe = recipe;
    this.#options = options;
    if (options.profile) this.#profiler = new StepProfiler();
    this.#executable = executable;
    this.#worth = new WorthReader(executable);
    this.#normalisation = measureNormalisation(data);
    const augmentation = recipe.augmentation && checkAugmentation(recipe.augmentation);
    this.#writer = new BatchWriter(data, this.#normalisation, augmentation);
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
    const executable = await compileFor(recipe, { backend, level, threads });
    return new TrainingRun(recipe, options, executable);
  }

  dispose(): Promise<void> {
    return this.#executable.dispose();
  }

  async finish(): Promise<TrainResult> {
    this.#refuge = this.#options.resume;
    this.#options.onStart?.(this.#executable.description);
    this.#begin();
    for (;;) {
      try {
        return await this.#goOn();
      } catch (error) {
        if (!(error instanceof DeviceLostError)) throw error;
        await this.#recover(error);
      }
    }
  }

  #begin(): void {
    if (this.#refuge) this.#restore(this.#refuge);
    else this.#executable.initialise(this.#recipe.seed);
  }

  async #goOn(): Promise<TrainResult> {
    const { epochs } = this.#recipe;
    const { signal, onEpoch } = this.#options;
    while (this.#epoch < epochs) {
      await this.#trainEpoch();
      if (this.#step < this.#stepsPerEpoch) return this.#result(await this.#checkpoint());
      const record = await this.#endEpoch();
      // A graphics card may be lost at any time, and its memory with it.
      const safe = this.#executable.isRemote ? await this.#checkpoint() : undefined;
      this.#refuge = safe;
      await onEpoch?.(record, async () => safe ?? this.#checkpoint());
      if (signal?.aborted && this.#epoch < epochs) return this.#result(await this.#checkpoint());
    }
    return this.#result();
  }

  /** Goes back to the end of the last epoch, on a new device of the same card, to the same bits. */
  async #recover(cause: DeviceLostError): Promise<void> {
    const epoch = this.#refuge?.epoch ?? 0;
    const isSecondTime = this.#lostAfter === epoch;
    this.#lostAfter = epoch;
    await this.#executable.dispose();
    try {
      if (isSecondTime) throw cause;
      this.#executable = await compileFor(this.#recipe, { backend: 'webgpu' });
    } catch {
      throw new InklingError(
        `${cause.message} It cannot be had again in epoch ${epoch + 1}; go on from the last checkpoint, or train with --backend wasm.`,
        { cause },
      );
    }
    this.#options.onNote?.(
      `${cause.message} Going on from the ${epoch > 0 ? `end of epoch ${epoch}` : 'start'}.`,
    );
    this.#worth = new WorthReader(this.#executable);
    this.#epoch = 0;
    this.#step = 0;
    this.#totals = { ...NO_TOTALS };
    this.#history.length = 0;
    this.#begin();
  }

  /** Does the steps that this epoch still has, or stops early when told to. */
  async #trainEpoch(): Promise<void> {
    const { batch, seed, learningRate, schedule, epochs } = this.#recipe;
    const { data, signal, onStep } = this.#options;
    const steps = this.#stepsPerEpoch;
    const { isRemote } = this.#executable;
    const order = shuffledOrder(data.labels.length, seed, this.#epoch);
    while (this.#step < steps && !signal?.aborted) {
      const started = performance.now();
      const first = this.#step * batch;
      const position = this.#epoch * steps + this.#step;
      const rate = learningRateAt(schedule, learningRate, position, epochs * steps);
      this.#writer.write(this.#executable, order.subarray(first, first + batch), seed, this.#epoch);
      const train = () => this.#executable.train(seed, position, rate);
      if (this.#profiler) await this.#profiler.step(this.#executable, train);
      else train();
      this.#step++;
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

  #count(worth: readonly StepWorth[]): void {
    const { batch, learningRate } = this.#recipe;
    for (const { loss, correct } of worth) {
      if (!Number.isFinite(loss)) {
        const step = this.#totals.examples / batch + 1;
        throw new InklingError(
          `The loss became ${loss} in step ${step} of epoch ${this.#epoch + 1}; a lower learning rate than ${learningRate} or clipNorm usually helps.`,
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
      examples,
      loss: loss / examples,
      accuracy: correct / examples,
      learningRate,
      imagesPerSecond: examples / seconds,
    };
  }

  async #checkpoint(): Promise<Checkpoint> {
    const weights = await this.#executable.readWeights();
    const slots = await this.#executable.readSlots();
    const tensors = new Map<string, Float32Array>();
    for (const [name, values] of [...weights, ...slots]) tensors.set(name, Float32Array.from(values));
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
    this.#executable.writeWeights(tensors, 'The checkpoint');
    this.#executable.writeSlots(tensors);
    this.#epoch = epoch;
    this.#step = step;
    this.#totals = { ...totals };
    this.#history.push(...history);
  }

  async #result(interrupted?: Checkpoint): Promise<TrainResult> {
    const weights: Network['weights'] = new Map();
    const shapes = weightShapes(this.#recipe.model);
    for (const [name, values] of await this.#executable.readWeights()) {
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
      profile: this.#profiler?.result,
      backend: this.#executable.description,
    };
  }
}

function compileFor(
  { model, batch, optimizer, loss }: Recipe,
  where: Pick<CompileOptions, 'backend' | 'level' | 'threads'>,
): Promise<Executable> {
  const options = { ...where, batch, mode: 'train', optimizer } as const;
  return compile(model, { ...options, loss: { type: 'softmaxCrossEntropy', ...loss } });
}
