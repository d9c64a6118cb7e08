/**
 * The WebAssembly backend: lowers every step of a plan to kernel calls, and runs them over one shared memory.
 *
 * A kernel call is an exported function, its arguments and the number of units its work divides into. One worker
 * calls it for all units; several call it each for their slice, and meet before the next call.
 */
import type { FloatArray, KernelCall } from '../../../kernels/operation.ts';
import { InklingError } from '../../errors.ts';
import { align } from '../arena.ts';
import type { Program } from '../executable.ts';
import { type Plan, type PlanStep, type PlanUpdate, viewOf } from '../plan.ts';
import { type KernelModule, LEVEL_NAMES, TILES } from './module.ts';

const PAGE = 65536;
/** Room after the last buffer, since the widest tile may load that far past the end of what it needs. */
const TAIL = 256;
/** Pages a 32-bit memory can have. */
const MAXIMUM_PAGES = 65536;

type Kernel = (...args: number[]) => void;

interface BoundCall {
  run: Kernel;
  args: number[];
}

export function bindWasm(plan: Plan, { module, level }: KernelModule): Program {
  const parts = 1;
  const lowered = new Map<PlanStep, KernelCall[]>();
  let scratchBytes = 0;

  for (const step of [...plan.forward, ...plan.backward, ...plan.inference]) {
    let used = 0;
    const calls = step.operation.wasm[step.phase]({
      attributes: step.attributes,
      shape: step.shape,
      pointer: pointersOf(plan, step),
      training: step.training,
      layer: step.position,
      random: plan.random,
      parts,
      tile: TILES[level],
      scratch(bytes) {
        const address = plan.bytes + used;
        used += align(bytes);
        return address;
      },
    });
    scratchBytes = Math.max(scratchBytes, used);
    lowered.set(step, calls);
  }

  const memory = createMemory(plan.bytes + scratchBytes + TAIL);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const bind = (calls: readonly KernelCall[]): BoundCall[] =>
    calls.map(({ kernel, args, extent }) => ({
      run: exportOf(exports, kernel),
      args: [...args, 0, extent, 0],
    }));
  const bound = new Map([...lowered].map(([step, calls]) => [step, bind(calls)]));
  const update = plan.update && bind(lowerUpdate(plan.update, parts));
  const hyperView = plan.update && new Float32Array(memory.buffer, plan.update.hyper, 16);
  const random = new Uint32Array(memory.buffer, plan.random, 3);
  const floats = plan.tensors.map((tensor) => viewOf(memory.buffer, tensor, 32));
  const integers = new Map<number, Int32Array>();

  return {
    description: `wasm (${LEVEL_NAMES[level]}, 1 thread)`,
    floats: (index) => floats[index] as FloatArray,
    integers(index) {
      const view =
        integers.get(index) ??
        new Int32Array(memory.buffer, plan.tensors[index].offset, floats[index].length);
      integers.set(index, view);
      return view;
    },
    random: () => random,
    run(steps) {
      for (const step of steps) runCalls(bound.get(step) as BoundCall[]);
    },
    update(hyper) {
      hyperView?.set(hyper);
      if (update) runCalls(update);
    },
  };
}

function runCalls(calls: readonly BoundCall[]): void {
  for (const { run, args } of calls) run(...args);
}

function pointersOf(plan: Plan, step: PlanStep): Record<string, number> {
  const pointers: Record<string, number> = {};
  for (const [role, tensor] of Object.entries(step.tensors)) pointers[role] = plan.tensors[tensor].offset;
  // A role the step does not have reads as address 0, "not there".
  return new Proxy(pointers, { get: (target, role: string) => target[role] ?? 0 });
}

function createMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE);
  if (pages > MAXIMUM_PAGES) {
    throw new InklingError(
      `The model needs ${Math.ceil(bytes / 2 ** 20)} MiB for this batch size, and WebAssembly has 4096; choose a smaller batch.`,
    );
  }
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch (error) {
    throw new InklingError(
      `There is no memory for the ${Math.ceil(bytes / 2 ** 20)} MiB that this batch size needs; choose a smaller batch.`,
      { cause: error },
    );
  }
}

function exportOf(exports: WebAssembly.Exports, kernel: string): Kernel {
  const found = exports[kernel];
  if (typeof found !== 'function') {
    throw new InklingError(
      `The compiled kernels lack "${kernel}"; build them anew with "npm run build:kernels".`,
    );
  }
  return found as Kernel;
}

function lowerUpdate(update: PlanUpdate, parts: number): KernelCall[] {
  const { optimizer, clipNorm, ranges, gradients, partialNorms, hyper } = update;
  const calls: KernelCall[] = [];
  if (clipNorm !== undefined) {
    const extent = gradients.count / 4;
    calls.push(
      { kernel: 'sumOfSquares', args: [gradients.offset, partialNorms], extent },
      { kernel: 'clipToNorm', args: [gradients.offset, partialNorms, parts, clipNorm], extent },
    );
  }
  for (const { parameter, gradient, slots, count, decay } of ranges) {
    const [slot0 = 0, slot1 = 0] = slots;
    calls.push({
      kernel: optimizer.kernel,
      args: [parameter, gradient, slot0, slot1, hyper, decay ? 1 : 0],
      extent: count / 4,
    });
  }
  return calls;
}
