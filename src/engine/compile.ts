import { type GpuTraits, OperationError } from '../../kernels/operation.ts';
import { InklingError, UsageError } from '../errors.ts';
import type { ModelSpec } from '../model/layers.ts';
import { summarise } from '../model/summary.ts';
import { type BackendName, Executable } from './executable.ts';
import type { PlanOptions } from './plan.ts';
import { buildPlan } from './planner.ts';
import { bindWasm } from './wasm/bind.ts';
import { chooseKernels } from './wasm/choose.ts';
import type { Level } from './wasm/module.ts';
import { poolOf } from './wasm/pool.ts';
import { whyAlone } from './wasm/thread.ts';
import type { Card } from './webgpu/device.ts';

export interface CompileOptions extends PlanOptions {
  /**
   * `auto`, the default, takes a graphics card for work that is worth the way there, unless `threads` or `level` ask
   * for WebAssembly, and unless it is one in software; else WebAssembly. The executable's description says which.
   */
  backend?: BackendName | 'auto';
  /**
   * Bits of a number: 32 by default. With 16 a graphics card rounds inputs and weights to half precision on their way
   * into an inner product, and the executable's description says so; WebAssembly goes on in single precision. 64 is
   * for the reference backend, to check gradients.
   */
  precision?: 16 | 32 | 64;
  /**
   * Threads of the WebAssembly backend; as many as there are cores by default, where the work is worth it. Where
   * threads cannot share memory, as in a page that is not cross-origin isolated, there is one, and the executable's
   * description says why.
   */
  threads?: number;
  /** Of the WebAssembly backend; the best the engine knows by default. */
  level?: Level;
}

/**
 * Plans a model for batches of one size and binds the plan to a backend. Parameters are zero until `initialise` or
 * until weights are loaded. Errors in the model name the layer. `choose` finds the WebAssembly kernels.
 */
export async function compile(
  model: ModelSpec,
  options: CompileOptions,
  choose = chooseKernels,
): Promise<Executable> {
  if (!Number.isInteger(options.batch) || options.batch < 1) {
    throw new InklingError(`The batch size must be a whole number from 1, not ${options.batch}.`);
  }
  const { threads: wanted } = options;
  if (wanted !== undefined && !(Number.isInteger(wanted) && wanted >= 1 && wanted <= 64)) {
    throw new UsageError(`The number of threads must be a whole number from 1 to 64, not ${wanted}.`);
  }
  try {
    if (options.backend === 'reference') {
      const { bindReference } = await import('./reference.ts');
      const plan = buildPlan(model, options);
      return new Executable(plan, bindReference(plan, options.precision === 64 ? 64 : 32));
    }
    const found = await cardFor(model, options);
    if (found) {
      const { bindWebGpu } = await loadWebGpu();
      const plan = buildPlan(model, { ...options, fuse: options.fuse ?? true });
      return new Executable(plan, await bindWebGpu(plan, found.card, found.traits));
    }
    const { count: threads, note } = threadsFor(model, options);
    const plan = buildPlan(model, { ...options, parts: threads, fuse: options.fuse ?? true });
    const { kernels, warning } = await choose(options.level, { shared: threads > 1, mode: options.mode });
    const notes = [note, warning].filter((text) => text !== undefined);
    return new Executable(plan, await bindWasm(plan, kernels, threads, notes.join('; ')));
  } catch (error) {
    if (error instanceof OperationError) throw new InklingError(`${error.message}`, { cause: error });
    throw error;
  }
}

/**
 * Begins what compiling this model will wait for, the check of the kernels and the start of the threads, so that data
 * can be read meanwhile. What goes wrong with it, compiling tells.
 */
export async function warmUp(model: ModelSpec, options: CompileOptions): Promise<void> {
  if (options.backend === 'reference' || options.backend === 'webgpu') return;
  try {
    const threads = threadsFor(model, options).count;
    // Neither may fail unheard while the other is waited for.
    await Promise.allSettled([
      threads > 1 ? poolOf(threads) : undefined,
      chooseKernels(options.level, { shared: threads > 1, mode: options.mode }),
    ]);
  } catch {}
}

/** Operations of a step from which on a graphics card is taken by itself: an estimate, not measured on one yet. */
const FLOPS_FOR_CARD = 2e8;

/** The backend for graphics cards, which nothing waits for that does not use it. */
const loadWebGpu = () => import('./webgpu/load.ts');

interface TunedCard {
  card: Card;
  traits: GpuTraits;
}

async function openTuned({ precision }: CompileOptions): Promise<TunedCard> {
  const { openCard, tunedTraits } = await loadWebGpu();
  const card = await openCard();
  return { card, traits: await tunedTraits(card, precision === 16) };
}

/** The graphics card to run on, if that is asked for or worth it. */
async function cardFor(model: ModelSpec, options: CompileOptions): Promise<TunedCard | undefined> {
  const { backend = 'auto', threads, level } = options;
  if (backend === 'webgpu') return openTuned(options);
  if (backend !== 'auto' || threads !== undefined || level !== undefined) return undefined;
  if (flopsOf(model, options) < FLOPS_FOR_CARD) return undefined;
  try {
    const found = await openTuned(options);
    return found.traits.isSoftware ? undefined : found;
  } catch {
    return undefined;
  }
}

/** Operations of one step of a batch. */
function flopsOf(model: ModelSpec, { batch, mode }: PlanOptions): number {
  return summarise(model).flops * batch * (mode === 'train' ? 3 : 1);
}

/** How many threads are worth their while, and why there can be no more than one where that is so. */
function threadsFor(model: ModelSpec, options: CompileOptions): { count: number; note?: string } {
  const asked = options.threads ?? usefulThreads(model, options);
  // Answers are shared out by pictures: a thread without one would only be waited for.
  const useful = options.mode === 'infer' ? Math.min(asked, options.batch) : asked;
  const note = useful > 1 ? whyAlone() : undefined;
  return { count: note ? 1 : useful, note };
}

/** Operations of a forward pass that are worth a second thread: about half a millisecond of one. */
const FLOPS_PER_THREAD = 2e7;
/** Beyond this many, barriers cost more than threads bring to networks of this size. */
const MAXIMUM_THREADS = 16;

function usefulThreads(model: ModelSpec, options: PlanOptions): number {
  const cores = globalThis.navigator?.hardwareConcurrency ?? 1;
  const useful = Math.floor(flopsOf(model, options) / FLOPS_PER_THREAD);
  return Math.max(1, Math.min(cores, MAXIMUM_THREADS, options.batch, useful));
}
