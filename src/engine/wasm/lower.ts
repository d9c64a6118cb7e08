/** From a plan's steps to lists of kernel calls, with room for what kernels need while they run. */
import type { KernelCall, Tile } from '../../../kernels/operation.ts';
import { align } from '../arena.ts';
import type { ProgramName } from '../executable.ts';
import type { Plan, PlanStep, PlanUpdate } from '../plan.ts';
import type { CallSource } from '../profile.ts';

export type LoweredCall = KernelCall & CallSource;

export interface LoweredPlan {
  programs: Record<ProgramName, LoweredCall[]>;
  /** Bytes from address 0 to the end of what steps use as scratch, one step at a time. */
  bytes: number;
}

/**
 * A network that trains packs its weights anew in every step, into scratch memory. One that only answers packs them
 * once: such calls become its `preparation`, and what they make has a place of its own behind the plan's.
 */
export function lowerPlan(plan: Plan, parts: number, tile: Tile): LoweredPlan {
  const answersOnly = plan.mode === 'infer';
  let scratchBytes = 0;
  let keptBytes = 0;
  // Scratch starts behind everything that is kept, which is known when all steps have been lowered once.
  const lower = (steps: readonly PlanStep[], scratchStart: number) => {
    keptBytes = 0;
    return steps.flatMap((step) => {
      let used = 0;
      const scratch = (bytes: number) => {
        const address = scratchStart + used;
        used += align(bytes);
        return address;
      };
      const keep = (bytes: number) => {
        const address = align(plan.bytes) + keptBytes;
        keptBytes += align(bytes);
        return address;
      };
      const calls = step.operation.wasm[step.phase]({
        attributes: step.attributes,
        shape: step.shape,
        pointer: pointersOf(plan, step),
        training: step.training,
        layer: step.position,
        random: plan.random,
        parts,
        tile,
        scratch,
        keep: answersOnly ? keep : scratch,
      });
      scratchBytes = Math.max(scratchBytes, used);
      const { layer, operation, phase } = step;
      return calls.map((call): LoweredCall => ({ ...call, layer, operation: operation.name, phase }));
    });
  };
  const start = align(plan.bytes);
  lower(plan.inference, start);
  const scratchStart = start + keptBytes;
  const inference = lower(plan.inference, scratchStart);
  const isPreparation = ({ preparation = false }: KernelCall) => answersOnly && preparation;
  const programs = {
    forward: lower(plan.forward, scratchStart),
    backward: lower(plan.backward, scratchStart),
    preparation: inference.filter(isPreparation),
    inference: inference.filter((call) => !isPreparation(call)),
    update: plan.update ? lowerUpdate(plan.update, parts) : [],
  };
  return { programs, bytes: scratchStart + scratchBytes };
}

function pointersOf(plan: Plan, step: PlanStep): Record<string, number> {
  const pointers: Record<string, number> = {};
  for (const [role, tensor] of Object.entries(step.tensors)) pointers[role] = plan.tensors[tensor].offset;
  // A role the step does not have reads as address 0, "not there".
  return new Proxy(pointers, { get: (target, role: string) => target[role] ?? 0 });
}

function lowerUpdate(update: PlanUpdate, parts: number): LoweredCall[] {
  const { optimizer, clipNorm, ranges, gradients, partialNorms, hyper } = update;
  const calls: LoweredCall[] = [];
  const source = (operation: string) => ({ layer: '', operation, phase: 'update' as const });
  if (clipNorm !== undefined) {
    const extent = gradients.count / 4;
    calls.push(
      {
        ...source('clipNorm'),
        ...{ kernel: 'sumOfSquares', args: [gradients.offset, partialNorms], extent },
      },
      {
        ...source('clipNorm'),
        ...{ kernel: 'clipToNorm', args: [gradients.offset, partialNorms, parts, clipNorm], extent },
      },
    );
  }
  for (const { parameter, gradient, slots, count, decay } of ranges) {
    const [slot0 = 0, slot1 = 0] = slots;
    calls.push({
      ...source(optimizer.name),
      kernel: optimizer.kernel,
      args: [parameter, gradient, slot0, slot1, hyper, decay ? 1 : 0],
      extent: count / 4,
    });
  }
  return calls;
}
