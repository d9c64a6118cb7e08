/**
 * The reference backend: runs a plan with the plain TypeScript kernels, in single or double precision.
 *
 * It uses the plan's own addresses, so that it also shows whether buffers were placed without overlap.
 */
import type { FloatArray, ReferenceCall } from '../../kernels/operation.ts';
import { clipByGlobalNorm } from '../../kernels/optimizer/clip.ts';
import type { Program, ProgramName } from './executable.ts';
import { type Plan, type PlanStep, type PlanUpdate, viewsOf } from './plan.ts';
import { type CallSource, stopwatch } from './profile.ts';

export function bindReference(plan: Plan, precision: 32 | 64): Program {
  const scale = precision / 32;
  const buffer = new ArrayBuffer(plan.bytes * scale);
  const { floats, integers, bytes } = viewsOf(plan, buffer, precision);
  const random = new Uint32Array(buffer, plan.random * scale, 3);
  let hyper: readonly number[] = [];
  const update =
    plan.update && bindUpdate(plan.update, (offset, count) => floatsAt(buffer, offset, count, precision));
  const programs: Record<ProgramName, (() => void)[]> = {
    forward: plan.forward.map(bind),
    backward: plan.backward.map(bind),
    preparation: [],
    inference: plan.inference.map(bind),
    update: update ? [() => update(hyper)] : [],
  };

  function bind(step: PlanStep): () => void {
    const call: ReferenceCall<unknown> = {
      attributes: step.attributes,
      shape: step.shape,
      tensor: {},
      integers: {},
      bytes: {},
      training: step.training,
      random: { seed: 0, layer: step.position, step: 0 },
    };
    for (const [role, index] of Object.entries(step.tensors)) {
      if (floats[index]) call.tensor[role] = floats[index];
      else if (integers[index]) call.integers[role] = integers[index];
      else call.bytes[role] = bytes[index];
    }
    const run = step.operation.reference[step.phase];
    return () => {
      call.random.seed = random[0] + random[1] * 2 ** 32;
      call.random.step = random[2];
      run(call);
    };
  }

  return {
    description: `reference (float${precision}, 1 thread)`,
    floats: (index) => floats[index],
    integers: (index) => integers[index],
    bytes: (index) => bytes[index],
    random: () => random,
    setHyper(values) {
      hyper = values;
    },
    run(names, times) {
      for (const name of names) {
        const lap = times && stopwatch(sourcesOf(plan, name), times);
        programs[name].forEach((step, i) => {
          step();
          lap?.(i);
        });
      }
    },
    async dispose() {},
  };
}

function sourcesOf(plan: Plan, program: ProgramName): CallSource[] {
  if (program === 'preparation') return [];
  if (program === 'update') {
    const name = plan.update?.optimizer.name ?? '';
    return [{ layer: '', operation: name, phase: 'update', kernel: name }];
  }
  return plan[program].map(({ layer, phase, operation: { name } }) => ({
    ...{ layer, operation: name, phase, kernel: name },
  }));
}

function floatsAt(buffer: ArrayBuffer, offset: number, count: number, precision: 32 | 64): FloatArray {
  return precision === 64
    ? new Float64Array(buffer, offset * 2, count)
    : new Float32Array(buffer, offset, count);
}

function bindUpdate(
  update: PlanUpdate,
  at: (offset: number, count: number) => FloatArray,
): (hyper: readonly number[]) => void {
  const gradients = at(update.gradients.offset, update.gradients.count);
  const ranges = update.ranges.map(({ parameter, gradient, slots, count, decay }) => ({
    parameter: at(parameter, count),
    gradient: at(gradient, count),
    slots: slots.map((slot) => at(slot, count)),
    decay,
  }));
  return (hyper) => {
    if (update.clipNorm !== undefined) clipByGlobalNorm(gradients, update.clipNorm);
    for (const { parameter, gradient, slots, decay } of ranges) {
      update.optimizer.reference(parameter, gradient, slots, hyper, decay);
    }
  };
}
