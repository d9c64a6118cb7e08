import { OperationError } from '../../kernels/operation.ts';
import { InklingError, UsageError } from '../errors.ts';
import type { ModelSpec } from '../model/layers.ts';
import { summarise } from '../model/summary.ts';
import { type BackendName, Executable } from './executable.ts';
import type { PlanOptions } from './plan.ts';
import { buildPlan } from './planner.ts';
import { bindReference } from './reference.ts';
import { bindWasm } from './wasm/bind.ts';
import { chooseKernels } from './wasm/choose.ts';
import type { Level } from './wasm/module.ts';
import { whyAlone } from './wasm/thread.ts';

export interface CompileOptions extends PlanOptions {
  /** `auto`, the default, takes the fastest there is. */
  backend?: BackendName | 'auto';
  /** Of the reference backend: 64 for gradient checks. */
  precision?: 32 | 64;
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
      const plan = buildPlan(model, options);
      return new Executable(plan, bindReference(plan, options.precision ?? 32));
    }
    const asked = wanted ?? usefulThreads(model, options);
    // Answers are shared out by pictures: a thread without one would only be waited for.
    const useful = options.mode === 'infer' ? Math.min(asked, options.batch) : asked;
    const note = useful > 1 ? whyAlone() : undefined;
    const threads = note ? 1 : useful;
    const plan = buildPlan(model, { ...options, parts: threads, fuse: options.fuse ?? true });
    const { kernels, warning } = await choose(options.level, { shared: threads > 1, mode: options.mode });
    const notes = [note, warning].filter((text) => text !== undefined);
    return new Executable(plan, await bindWasm(plan, kernels, threads, notes.join('; ')));
  } catch (error) {
    if (error instanceof OperationError) throw new InklingError(`${error.message}`, { cause: error });
    throw error;
  }
}

/** Operations of a forward pass that are worth a second thread: about half a millisecond of one. */
const FLOPS_PER_THREAD = 2e7;
/** Beyond this many, barriers cost more than threads bring to networks of this size. */
const MAXIMUM_THREADS = 16;

function usefulThreads(model: ModelSpec, { batch, mode }: PlanOptions): number {
  const cores = globalThis.navigator?.hardwareConcurrency ?? 1;
  const flops = summarise(model).flops * batch * (mode === 'train' ? 3 : 1);
  return Math.max(1, Math.min(cores, MAXIMUM_THREADS, batch, Math.floor(flops / FLOPS_PER_THREAD)));
}
