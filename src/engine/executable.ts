/**
 * A model ready to run: a plan bound to a backend, with memory of its own.
 *
 * A caller fills `input` and `labels` before a step, and after it reads what came of it. There are two ways to do
 * that. The `read…` and `write…` methods serve every backend: what they give is a copy, of the moment they are called.
 * Where the backend computes in this process's memory, `output`, `weights()` and their like are views of it, which
 * cost nothing; on a graphics card they throw.
 */
import { type StepWorth, tally } from '../../kernels/metrics/index.ts';
import { drawShare } from '../../kernels/mixup/pairs.ts';
import { type FloatArray, sizeOf } from '../../kernels/operation.ts';
import { keyOf } from '../../kernels/random/reference.ts';
import { InklingError } from '../errors.ts';
import { fillInitial } from '../model/initial.ts';
import type { Plan } from './plan.ts';
import type { CallTime } from './profile.ts';

export type BackendName = 'reference' | 'wasm' | 'webgpu';

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
  /** The optimiser's numbers for the next update. */
  setHyper(hyper: readonly number[]): void;
  /** Runs these lists one after the other, and adds a row for each call to `times`. */
  run(programs: readonly ProgramName[], times?: CallTime[]): void;
  /** Where it runs, for people: `wasm (relaxed SIMD, 1 thread)`. */
  readonly description: string;
  /** There where tensors are out of reach and `run` only hands on the work. */
  readonly remote?: RemoteProgram;
  /** Frees what other threads or devices hold of it. */
  dispose(): Promise<void>;
}

/** What a backend does that computes elsewhere. All of it keeps the order in which it was asked for. */
export interface RemoteProgram {
  read(tensors: readonly number[]): Promise<FloatArray[]>;
  write(tensor: number, values: Float32Array): void;
  /** What the training steps since the last call were worth; of very many, the last. */
  takeWorth(): Promise<StepWorth[]>;
  /** Waits for all times that were asked for. */
  settle(): Promise<void>;
}

/** What can be read after a step. */
export type ResultName = 'input' | 'output' | 'trainingOutput' | 'loss' | 'inputGradient';

export class Executable {
  readonly plan: Plan;
  readonly #program: Program;
  /** Whether what `preparation` makes of the weights is up to date. */
  #isPrepared = false;
  /** Where times of calls go while somebody wants them. */
  #times?: CallTime[];
  /** What training steps were worth that nobody has asked for yet. */
  #worth: StepWorth[] = [];

  constructor(plan: Plan, program: Program) {
    this.plan = plan;
    this.#program = program;
    for (const { tensor, values } of plan.constants) this.#write(tensor, values);
    this.#forget();
  }

  get description(): string {
    return this.#program.description;
  }

  /** Whether it computes elsewhere, so that reading back between steps holds it up. */
  get isRemote(): boolean {
    return this.#program.remote !== undefined;
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

  async read(name: ResultName): Promise<FloatArray> {
    const { input, inferenceOutput, trainingOutput, loss, inputGradient } = this.plan;
    const tensors = { input, output: inferenceOutput, trainingOutput, loss, inputGradient };
    const [values] = await this.#read([this.#present(tensors[name], `${name}`)]);
    return values;
  }

  /** Parameters, then running statistics, by name. */
  readWeights(): Promise<Map<string, FloatArray>> {
    return this.#readNamed([...this.plan.parameters, ...this.plan.state]);
  }

  readGradients(): Promise<Map<string, FloatArray>> {
    return this.#readNamed(this.plan.parameters.map(({ name, gradient }) => ({ name, tensor: gradient })));
  }

  /** What the optimiser remembers, by name. */
  readSlots(): Promise<Map<string, FloatArray>> {
    return this.#readNamed(this.plan.update?.slotTensors ?? []);
  }

  /** Sets all parameters and running statistics; `owner` names in errors where they came from. */
  writeWeights(values: ReadonlyMap<string, ArrayLike<number>>, owner = 'The network'): void {
    this.#isPrepared = false;
    this.#writeNamed([...this.plan.parameters, ...this.plan.state], values, owner);
  }

  /** Sets all that the optimiser remembers. */
  writeSlots(values: ReadonlyMap<string, ArrayLike<number>>, owner = 'The checkpoint'): void {
    this.#writeNamed(this.plan.update?.slotTensors ?? [], values, owner);
  }

  /** What each training step since the last call was worth, up to 64 of them. */
  async takeWorth(): Promise<StepWorth[]> {
    if (this.#program.remote) return this.#program.remote.takeWorth();
    const worth = this.#worth;
    this.#worth = [];
    return worth;
  }

  /** Sets every parameter to its start under this seed, and forgets what training gathered. */
  initialise(seed: number): void {
    this.#isPrepared = false;
    this.#forget();
    this.plan.parameters.forEach(({ tensor, initial }, index) => {
      const values = this.#blank(tensor);
      fillInitial(values, initial, seed, index);
      this.#write(tensor, values);
    });
  }

  /** Runs the network on `input`; the result is in `output`. */
  infer(): void {
    this.#program.run(this.#isPrepared ? ['inference'] : ['preparation', 'inference'], this.#times);
    this.#isPrepared = true;
  }

  /**
   * Runs forward as training does, up to the loss. `step` is the position for random numbers. Where pictures are mixed,
   * `share` is how much each keeps, in place of what the step draws: with 1 none is mixed.
   */
  forward(seed: number, step: number, share?: number): void {
    if (this.plan.indices !== undefined) this.#checkIndices();
    this.#run(['forward'], seed, step, share);
  }

  /** Runs forward and backward as training does, without an update. */
  differentiate(seed: number, step: number, share?: number): void {
    this.#run(['forward', 'backward'], seed, step, share);
  }

  /** One training step: forward, loss, backward, update. `step` counts from 0 since training began. */
  train(seed: number, step: number, learningRate: number): void {
    const { update } = this.plan;
    if (!update)
      throw new InklingError('This executable was compiled without an optimiser and cannot train.');
    this.#program.setHyper(update.optimizer.hyper(update.attributes, learningRate, step + 1));
    this.#run(['forward', 'backward', 'update'], seed, step);
    if (this.isRemote || this.plan.loss === undefined) return;
    this.#worth.push(tally(this.loss, this.trainingOutput, this.labels));
    if (this.#worth.length > WORTH_KEPT) this.#worth.shift();
  }

  /** Does some work with this executable, such as a training step, and says how long each kernel call in it took. */
  async profile(work: () => void | Promise<void>): Promise<CallTime[]> {
    const times: CallTime[] = [];
    this.#times = times;
    try {
      await work();
      await this.#program.remote?.settle();
    } finally {
      this.#times = undefined;
    }
    return times;
  }

  /** Lets worker threads or a graphics card forget this executable; it must not be used afterwards. */
  async dispose(): Promise<void> {
    await this.#program.dispose();
  }

  #run(programs: readonly ProgramName[], seed: number, step: number, share?: number): void {
    const { mixup } = this.plan;
    if (mixup) this.#write(mixup.share, [share ?? drawShare(mixup.alpha, { seed, step })]);
    const [low, high] = keyOf(seed);
    this.#program.random().set([low, high, step]);
    this.#program.run(programs, this.#times);
  }

  /** Sets running statistics and the optimiser's memory to what they are before the first step. */
  #forget(): void {
    const { state, update } = this.plan;
    for (const { tensor, initial } of state)
      this.#write(tensor, this.#blank(tensor).fill(initial === 'ones' ? 1 : 0));
    for (const { tensor, initial } of update?.slotTensors ?? [])
      this.#write(tensor, this.#blank(tensor).fill(initial));
  }

  /** Kernels read wherever they are told to. */
  #checkIndices(): void {
    const [examples] = this.plan.tensors[this.plan.pictures as number].shape;
    const wrong = this.indices.find((index) => !(index >= 0 && index < examples));
    if (wrong === undefined) return;
    throw new InklingError(`There is no picture ${wrong}: the source has ${examples}, counted from 0.`);
  }

  // Tensors, here or elsewhere

  /** An array to fill and then write: where the backend has views, the tensor itself. */
  #blank(tensor: number): FloatArray {
    const { remote } = this.#program;
    return remote ? new Float32Array(sizeOf(this.plan.tensors[tensor].shape)) : this.#program.floats(tensor);
  }

  #write(tensor: number, values: ArrayLike<number>): void {
    const { remote } = this.#program;
    if (remote) remote.write(tensor, Float32Array.from(values));
    else this.#program.floats(tensor).set(values);
  }

  async #read(tensors: readonly number[]): Promise<FloatArray[]> {
    const { remote } = this.#program;
    return remote ? remote.read(tensors) : tensors.map((tensor) => this.#program.floats(tensor).slice());
  }

  async #readNamed(members: readonly NamedTensor[]): Promise<Map<string, FloatArray>> {
    const all = await this.#read(members.map(({ tensor }) => tensor));
    return new Map(members.map(({ name }, i) => [name, all[i]]));
  }

  #writeNamed(
    members: readonly NamedTensor[],
    values: ReadonlyMap<string, ArrayLike<number>>,
    owner: string,
  ): void {
    for (const { name, tensor } of members) {
      const found = values.get(name);
      if (found?.length !== sizeOf(this.plan.tensors[tensor].shape)) {
        throw new InklingError(`${owner} lacks the tensor "${name}".`);
      }
      this.#write(tensor, found);
    }
  }

  #present(tensor: number | undefined, what: string): number {
    if (tensor === undefined || tensor < 0)
      throw new InklingError(`This executable was compiled without ${what}.`);
    return tensor;
  }
}

/** A parameter, a running statistic or a slot. */
interface NamedTensor {
  name: string;
  tensor: number;
}

/** Steps whose worth is kept for `takeWorth`. */
const WORTH_KEPT = 64;
