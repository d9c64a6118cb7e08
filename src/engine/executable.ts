/**
 * A model ready to run: a plan bound to a backend, with memory of its own.
 *
 * Everything a caller reads and writes is a view of that memory: `input` and `labels` before a step, `output` and
 * `loss` after it, parameters at any time between steps.
 */
import type { FloatArray } from '../../kernels/operation.ts';
import { keyOf } from '../../kernels/random/reference.ts';
import { InklingError } from '../errors.ts';
import { fillInitial } from '../model/initial.ts';
import type { Plan } from './plan.ts';
import { type CallSource, type CallTime, type Lap, stopwatch } from './profile.ts';

export type BackendName = 'reference' | 'wasm';

/** The lists of steps that a plan has. */
export type ProgramName = 'forward' | 'backward' | 'preparation' | 'inference' | 'update';

export const PROGRAM_NAMES: readonly ProgramName[] = [
  'forward',
  'backward',
  'preparation',
  'inference',
  'update',
];

/** What a backend has to do with a bound plan. */
export interface Program {
  /** A view of tensor number `index`. */
  floats(index: number): FloatArray;
  integers(index: number): Int32Array;
  bytes(index: number): Uint8Array;
  /** The words at the plan's `random` address. */
  random(): Uint32Array;
  /** `lap` hears of each call that is done. */
  run(program: ProgramName, lap?: Lap): void;
  /** Clips the gradients and lets the optimiser take one step with these numbers. */
  update(hyper: readonly number[], lap?: Lap): void;
  /** What `run` calls, in order. */
  calls(program: ProgramName): readonly CallSource[];
  /** Where it runs, for people: `wasm (relaxed SIMD, 1 thread)`. */
  readonly description: string;
  /** Frees what other threads hold of it. */
  dispose(): Promise<void>;
}

export class Executable {
  readonly plan: Plan;
  readonly #program: Program;
  /** Whether what `preparation` makes of the weights is up to date. */
  #isPrepared = false;
  /** Where times of calls go while somebody wants them. */
  #times?: CallTime[];

  constructor(plan: Plan, program: Program) {
    this.plan = plan;
    this.#program = program;
    for (const { tensor, values } of plan.constants) program.floats(tensor).set(values);
    this.#forget();
  }

  get description(): string {
    return this.#program.description;
  }

  /** Pixels of a batch, [batch, ...model.input]; a training step makes them itself where there is a source. */
  get input(): FloatArray {
    return this.#program.floats(this.plan.input);
  }

  /** The pictures of the source, one after the other, to be set before the first step. */
  get pictures(): Uint8Array {
    return this.#program.bytes(this.#present(this.plan.pictures, 'a source of pictures'));
  }

  /** Where in the source the pictures of the next training step are. */
  get indices(): Int32Array {
    return this.#program.integers(this.#present(this.plan.indices, 'a source of pictures'));
  }

  /** Class of each example. */
  get labels(): Int32Array {
    return this.#program.integers(this.#present(this.plan.labels, 'labels'));
  }

  /** Logits of the last `infer()`. */
  get output(): FloatArray {
    return this.#program.floats(this.plan.inferenceOutput);
  }

  /** Logits of the last training step, from before its update. */
  get trainingOutput(): FloatArray {
    return this.#program.floats(this.plan.trainingOutput);
  }

  /** Loss of each example in the last training step. */
  get loss(): FloatArray {
    return this.#program.floats(this.#present(this.plan.loss, 'a loss'));
  }

  /** Gradient of the output, to be set before `differentiate()` where the plan has no loss. */
  get outputGradient(): FloatArray {
    return this.#program.floats(this.#present(this.plan.outputGradient, 'an output gradient'));
  }

  get inputGradient(): FloatArray {
    return this.#program.floats(this.#present(this.plan.inputGradient, 'an input gradient'));
  }

  /** Parameters, then running statistics, by name: views to read or overwrite before the next step or `infer()`. */
  weights(): Map<string, FloatArray> {
    this.#isPrepared = false;
    const all = [...this.plan.parameters, ...this.plan.state];
    return new Map(all.map(({ name, tensor }) => [name, this.#program.floats(tensor)]));
  }

  gradients(): Map<string, FloatArray> {
    return new Map(this.plan.parameters.map(({ name, gradient }) => [name, this.#program.floats(gradient)]));
  }

  /** What the optimiser remembers, by name. */
  slots(): Map<string, FloatArray> {
    const slots = this.plan.update?.slotTensors ?? [];
    return new Map(slots.map(({ name, tensor }) => [name, this.#program.floats(tensor)]));
  }

  /** Sets every parameter to its start under this seed, and forgets what training gathered. */
  initialise(seed: number): void {
    this.#isPrepared = false;
    this.#forget();
    this.plan.parameters.forEach(({ tensor, initial }, index) => {
      fillInitial(this.#program.floats(tensor), initial, seed, index);
    });
  }

  /** Runs the network on `input`; the result is in `output`. */
  infer(): void {
    if (!this.#isPrepared) this.#program.run('preparation', this.#lap('preparation'));
    this.#isPrepared = true;
    this.#program.run('inference', this.#lap('inference'));
  }

  /** Runs forward as training does, up to the loss. `step` is the position for random numbers. */
  forward(seed: number, step: number): void {
    if (this.plan.indices !== undefined) this.#checkIndices();
    const [low, high] = keyOf(seed);
    this.#program.random().set([low, high, step]);
    this.#program.run('forward', this.#lap('forward'));
  }

  /** Runs forward and backward as training does, without an update. */
  differentiate(seed: number, step: number): void {
    this.forward(seed, step);
    this.#program.run('backward', this.#lap('backward'));
  }

  /** One training step: forward, loss, backward, update. `step` counts from 0 since training began. */
  train(seed: number, step: number, learningRate: number): void {
    const { update } = this.plan;
    if (!update)
      throw new InklingError('This executable was compiled without an optimiser and cannot train.');
    this.differentiate(seed, step);
    const hyper = update.optimizer.hyper(update.attributes, learningRate, step + 1);
    this.#program.update(hyper, this.#lap('update'));
  }

  /** Does some work with this executable, such as a training step, and says how long each kernel call in it took. */
  profile(work: () => void): CallTime[] {
    const times: CallTime[] = [];
    this.#times = times;
    try {
      work();
    } finally {
      this.#times = undefined;
    }
    return times;
  }

  /** Lets worker threads forget this executable; it must not be used afterwards. */
  async dispose(): Promise<void> {
    await this.#program.dispose();
  }

  /** Sets running statistics and the optimiser's memory to what they are before the first step. */
  #forget(): void {
    const { state, update } = this.plan;
    for (const { tensor, initial } of state) this.#program.floats(tensor).fill(initial === 'ones' ? 1 : 0);
    for (const { tensor, initial } of update?.slotTensors ?? []) this.#program.floats(tensor).fill(initial);
  }

  /** Kernels read wherever they are told to. */
  #checkIndices(): void {
    const [examples] = this.plan.tensors[this.plan.pictures as number].shape;
    const wrong = this.indices.find((index) => !(index >= 0 && index < examples));
    if (wrong === undefined) return;
    throw new InklingError(`There is no picture ${wrong}: the source has ${examples}, counted from 0.`);
  }

  #lap(program: ProgramName): Lap | undefined {
    return this.#times && stopwatch(this.#program.calls(program), this.#times);
  }

  #present(tensor: number | undefined, what: string): number {
    if (tensor === undefined) throw new InklingError(`This executable was compiled without ${what}.`);
    return tensor;
  }
}
