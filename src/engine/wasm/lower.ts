/** From a plan's steps to lists of kernel calls, with room for what kernels need while they run. */
import type { KernelCall, Tile } from '../../../kernels/operation.ts';
import { align } from '../arena.ts';
import type { ProgramName } from '../executable.ts';
import type { Plan, PlanStep, PlanUpdate } from '../plan.ts';

export interface LoweredPlan {
  programs: Record<ProgramName, KernelCall[]>;
  /** Bytes after the plan's own that steps use as scratch, one step at a time. */
  scratchBytes: number;
}

export function lowerPlan(plan: Plan, parts: number, tile: Tile): LoweredPlan {
  let scratchBytes = 0;
  const lower = (steps: readonly PlanStep[]) =>
    steps.flatMap((step) => {
      let used = 0;
      const calls = step.operation.wasm[step.phase]({
        attributes: step.attributes,
        shape: step.shape,
        pointer: pointersOf(plan, step),
        training: step.training,
        layer: step.position,
        random: plan.random,
        parts,
        tile,
        scratch(bytes) {
          const address = align(plan.bytes) + used;
          used += align(bytes);
          return address;
        },
      });
      scratchBytes = Math.max(scratchBytes, used);
      return calls;
    });
  const programs = {
    forward: lower(plan.forward),
    backward: lower(plan.backward),
    inference: lower(plan.inference),
    update: plan.update ? lowerUpdate(plan.update, parts) : [],
  };
  return { programs, scratchBytes: scratchBytes + align(plan.bytes) - plan.bytes };
}

function pointersOf(plan: Plan, step: PlanStep): Record<string, number> {
  const pointers: Record<string, number> = {};
  for (const [role, tensor] of Object.entries(step.tensors)) pointers[role] = plan.tensors[tensor].offset;
  // A role the step does not have reads as address 0, "not there".
  return new Proxy(pointers, { get: (target, role: string) => target[role] ?? 0 });
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
