/**
 * The WebGPU backend: lowers a plan to dispatches of compute shaders, makes all that they need once, and then only
 * encodes and submits them. A training step, update included, is one pass and one submission.
 *
 * Tensors lie in the card's memory. What a caller fills before a step (pixels, labels, the gradient from outside) is
 * an array here that goes up with the step; everything else comes back when it is asked for.
 */

import type { StepWorth } from '../../../kernels/metrics/index.ts';
import { type FloatArray, type GpuTraits, sizeOf } from '../../../kernels/operation.ts';
import { InklingError } from '../../errors.ts';
import { PROGRAM_NAMES, type Program, type ProgramName } from '../executable.ts';
import type { Plan } from '../plan.ts';
import type { Amount, CallTime } from '../profile.ts';
import type { Card } from './device.ts';
import { type LoweredDispatch, lowerPlan } from './lower.ts';
import { CardMemory } from './memory.ts';
import { WORTH_KEPT } from './places.ts';
import { type BoundDispatch, encode, runTimed } from './run.ts';

export async function bindWebGpu(plan: Plan, card: Card, traits = card.traits): Promise<Program> {
  const { programs, layout } = lowerPlan(plan, traits);
  const memory = await CardMemory.allocate(card, layout);
  const bound = {} as Record<ProgramName, BoundDispatch[]>;
  try {
    for (const name of PROGRAM_NAMES) {
      bound[name] = await Promise.all(
        programs[name].map((dispatch) => bindDispatch(card, memory, dispatch, `tensor ${plan.pictures}`)),
      );
    }
  } catch (error) {
    memory.destroy();
    throw error;
  }
  return new WebGpuProgram(plan, card, memory, bound, traits);
}

async function bindDispatch(
  card: Card,
  memory: CardMemory,
  dispatch: LoweredDispatch,
  pictures: string,
): Promise<BoundDispatch> {
  const owner = nameOf(dispatch);
  const pipeline = await pipelineFor(card, dispatch, owner);
  const entries = dispatch.bindings.flatMap((key, binding) =>
    key === '' ? [] : [{ binding, resource: memory.binding(key) }],
  );
  const group = await card.guard(owner, () =>
    card.device.createBindGroup({ label: owner, layout: pipeline.getBindGroupLayout(0), entries }),
  );
  requireGroups(owner, dispatch.workgroups, card);
  return {
    pipeline,
    group,
    workgroups: dispatch.workgroups,
    source: dispatch,
    amount: amountOf(dispatch, memory, pictures),
  };
}

/** A step takes a few `pictures` of a whole data set, so that is not counted. */
function amountOf({ flops, bindings }: LoweredDispatch, memory: CardMemory, pictures: string): Amount {
  if (flops !== undefined) return { unit: 'flops', count: flops };
  const keys = bindings.filter((key) => key !== '' && key !== pictures);
  return { unit: 'bytes', count: keys.reduce((sum, key) => sum + memory.place(key).size, 0) };
}

/** For messages: layer and shader. */
function nameOf({ layer, operation, kernel, phase }: LoweredDispatch): string {
  return `${layer || operation} (${kernel}, ${phase})`;
}

function requireGroups(owner: string, workgroups: readonly number[], { traits }: Card): void {
  const most = traits.limits.maxComputeWorkgroupsPerDimension;
  if (workgroups.every((count) => count <= most)) return;
  throw new InklingError(
    `${owner} needs ${workgroups.join(' × ')} workgroups, and this graphics card takes at most ${most} in each direction; choose a smaller batch.`,
  );
}

/** Each pipeline is made once for a device. */
function pipelineFor(card: Card, dispatch: LoweredDispatch, owner: string): Promise<GPUComputePipeline> {
  const { code, entryPoint, constants } = dispatch;
  const key = JSON.stringify([entryPoint, constants, code]);
  let pipeline = card.pipelines.get(key);
  if (!pipeline) {
    pipeline = makePipeline(card, dispatch, owner);
    card.pipelines.set(key, pipeline);
    pipeline.catch(() => card.pipelines.delete(key));
  }
  return pipeline;
}

async function makePipeline(
  card: Card,
  { code, entryPoint, constants, kernel }: LoweredDispatch,
  owner: string,
): Promise<GPUComputePipeline> {
  const module = await card.guard(owner, () => card.device.createShaderModule({ label: kernel, code }));
  const compute = { module, entryPoint, constants };
  try {
    return await card.wait(
      card.device.createComputePipelineAsync({ label: kernel, layout: 'auto', compute }),
    );
  } catch (cause) {
    if (cause instanceof InklingError) throw cause;
    const [reason] = (cause as Error).message.trim().split('\n');
    throw new InklingError(`${owner}: the graphics card does not take its shader: ${reason}`, { cause });
  }
}

/** For people, and to know a run that computed otherwise: tiles differ in their last bits. */
function describe({ description }: Card, { tile, halves }: GpuTraits): string {
  const words = [description];
  if (tile?.kind === 'shared') {
    const { threads, rows, columns, depth } = tile;
    words.push(`tiles of ${threads[1] * rows} × ${threads[0] * columns} × ${depth}`);
  }
  if (halves) words.push('half precision');
  return `webgpu (${words.join(', ')})`;
}

class WebGpuProgram implements Program {
  readonly description: string;
  readonly remote = this;
  readonly #plan: Plan;
  readonly #card: Card;
  readonly #memory: CardMemory;
  readonly #programs: Record<ProgramName, BoundDispatch[]>;
  /** What callers fill, by tensor, and the programs that read it. */
  readonly #filled = new Map<number, { values: Float32Array | Int32Array; readers: ProgramName[] }>();
  /** The source's pictures, in whole words, until they are with the card. */
  #pictures?: Uint8Array;
  readonly #random = new Uint32Array(4);
  /** Times that are on their way. */
  #timings: Promise<void>[] = [];
  /** Training steps since `takeWorth`. */
  #unread = 0;
  #isDisposed = false;

  constructor(
    plan: Plan,
    card: Card,
    memory: CardMemory,
    programs: Record<ProgramName, BoundDispatch[]>,
    traits: GpuTraits,
  ) {
    this.#plan = plan;
    this.#card = card;
    this.#memory = memory;
    this.#programs = programs;
    this.description = describe(card, traits);
    const { input, pictures, indices, labels, outputGradient, tensors } = plan;
    if (pictures !== undefined)
      this.#pictures = new Uint8Array(4 * Math.ceil(sizeOf(tensors[pictures].shape) / 4));
    const filled: [number | undefined, ProgramName[]][] = [
      [input, pictures === undefined ? ['forward', 'inference'] : ['inference']],
      [indices, ['forward']],
      [labels, ['forward']],
      [outputGradient, ['backward']],
    ];
    for (const [tensor, readers] of filled) {
      if (tensor === undefined) continue;
      const { shape, type } = tensors[tensor];
      const values = type === 'int32' ? new Int32Array(sizeOf(shape)) : new Float32Array(sizeOf(shape));
      this.#filled.set(tensor, { values, readers });
    }
  }

  floats(index: number): FloatArray {
    return this.#view(index) as FloatArray;
  }

  integers(index: number): Int32Array {
    return this.#view(index) as Int32Array;
  }

  bytes(index: number): Uint8Array {
    if (index === this.#plan.pictures && this.#pictures) {
      return this.#pictures.subarray(0, sizeOf(this.#plan.tensors[index].shape));
    }
    throw this.#outOfReach(index);
  }

  #view(index: number): Float32Array | Int32Array {
    const filled = this.#filled.get(index);
    if (filled) return filled.values;
    throw this.#outOfReach(index);
  }

  #outOfReach(index: number): InklingError {
    return new InklingError(
      `"${this.#plan.tensors[index].name}" lies on the graphics card, where nothing can be seen at once: await what the executable's read methods give.`,
    );
  }

  random(): Uint32Array {
    return this.#random;
  }

  setHyper(values: readonly number[]): void {
    this.#memory.write('hyper', Float32Array.from(values));
  }

  run(names: readonly ProgramName[], times?: CallTime[]): void {
    this.#requireUsable();
    const dispatches = names.flatMap((name) => this.#programs[name]);
    if (names.includes('forward')) {
      // A forward pass that no update follows is no step: the next one writes over what it was worth.
      this.#random[3] = this.#unread % WORTH_KEPT;
      if (names.includes('update')) this.#unread++;
      this.#memory.write('random', this.#random);
      if (this.#pictures) this.#memory.write(`tensor ${this.#plan.pictures}`, this.#pictures);
      this.#pictures = undefined;
    }
    for (const [tensor, { values, readers }] of this.#filled) {
      if (readers.some((name) => names.includes(name))) this.#memory.write(`tensor ${tensor}`, values);
    }
    if (times) {
      const timing = runTimed(this.#card, dispatches, times);
      timing.catch(() => {});
      this.#timings.push(timing);
      return;
    }
    const encoder = this.#card.device.createCommandEncoder({ label: names.join(', ') });
    const pass = encoder.beginComputePass({ label: names.join(', ') });
    for (const dispatch of dispatches) encode(pass, dispatch);
    pass.end();
    this.#card.device.queue.submit([encoder.finish()]);
  }

  async settle(): Promise<void> {
    const timings = this.#timings;
    this.#timings = [];
    await Promise.all(timings);
  }

  async read(tensors: readonly number[]): Promise<FloatArray[]> {
    this.#requireUsable();
    const bytes = await this.#memory.read(tensors.map((tensor) => `tensor ${tensor}`));
    return bytes.map((all, i) => new Float32Array(all, 0, sizeOf(this.#plan.tensors[tensors[i]].shape)));
  }

  write(tensor: number, values: Float32Array): void {
    this.#requireUsable();
    this.#memory.write(`tensor ${tensor}`, values);
  }

  async takeWorth(): Promise<StepWorth[]> {
    this.#requireUsable();
    const [steps, count] = [this.#unread, Math.min(this.#unread, WORTH_KEPT)];
    this.#unread = 0;
    if (count === 0) return [];
    const [bytes] = await this.#memory.read(['worth']);
    const pairs = new Float32Array(bytes);
    return Array.from({ length: count }, (_, i) => {
      const at = 2 * ((steps - count + i) % WORTH_KEPT);
      return { loss: pairs[at], correct: pairs[at + 1] };
    });
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    this.#memory.destroy();
  }

  #requireUsable(): void {
    if (this.#isDisposed) {
      throw new InklingError('This executable was disposed of; compile the model again.');
    }
    this.#card.check();
  }
}
