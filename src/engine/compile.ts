import { OperationError } from '../../kernels/operation.ts';
import { InklingError } from '../errors.ts';
import type { ModelSpec } from '../model/layers.ts';
import { type BackendName, Executable } from './executable.ts';
import { buildPlan, type PlanOptions } from './plan.ts';
import { bindReference } from './reference.ts';
import { bindWasm } from './wasm/bind.ts';
import { type Level, loadKernels } from './wasm/module.ts';

export interface CompileOptions extends PlanOptions {
  /** `auto`, the default, takes the fastest there is. */
  backend?: BackendName | 'auto';
  /** Of the reference backend: 64 for gradient checks. */
  precision?: 32 | 64;
  /** Workers of the WebAssembly backend. */
  threads?: number;
  /** Of the WebAssembly backend; the best the engine knows by default. */
  level?: Level;
}

/**
 * Plans a model for batches of one size and binds the plan to a backend. Parameters are zero until `initialise` or
 * until weights are loaded. Errors in the model name the layer.
 */
export async function compile(model: ModelSpec, options: CompileOptions): Promise<Executable> {
  if (!Number.isInteger(options.batch) || options.batch < 1) {
    throw new InklingError(`The batch size must be a whole number from 1, not ${options.batch}.`);
  }
  try {
    const plan = buildPlan(model, options);
    const program =
      options.backend === 'reference'
        ? bindReference(plan, options.precision ?? 32)
        : bindWasm(plan, await loadKernels(options.level));
    return new Executable(plan, program);
  } catch (error) {
    if (error instanceof OperationError) throw new InklingError(`${error.message}`, { cause: error });
    throw error;
  }
}
