/** What an optimiser needs of a plan: room for what it remembers, and runs of parameters to go over in one call. */
import type { Shape } from '../../kernels/operation.ts';
import { findOptimizer } from '../../kernels/optimizer/index.ts';
import { InklingError } from '../errors.ts';
import { explain } from './explain.ts';
import { bytesOf, type OptimizerOptions, type Plan, type PlanUpdate, type UpdateRange } from './plan.ts';

/** Where lasting memory comes from. */
export interface Room {
  /** A tensor with a place of its own. */
  fixed(name: string, shape: Shape): number;
  /** An address with so many bytes behind it. */
  reserve(bytes: number): number;
}

/** @param parts places for partial results. */
export function planUpdate(plan: Plan, options: OptimizerOptions, parts: number, room: Room): PlanUpdate {
  const { type, clipNorm, ...raw } = options;
  const optimizer = findOptimizer(type);
  const attributes = explain(`The optimiser ${type}`, () => optimizer.parse(raw));
  if (clipNorm !== undefined && !(typeof clipNorm === 'number' && clipNorm > 0)) {
    throw new InklingError(
      `The optimiser's clipNorm must be a number above 0, not ${JSON.stringify(clipNorm)}.`,
    );
  }
  if (plan.parameters.length === 0) throw new InklingError('The model has no parameters to train.');
  const slotTensors: PlanUpdate['slotTensors'] = [];
  const slotOf = new Map<string, number>();
  const slots = optimizer.slots(attributes);
  for (const { name: slot, initial } of slots) {
    for (const { name, tensor } of plan.parameters) {
      const own = room.fixed(`${slot}.${name}`, plan.tensors[tensor].shape);
      slotTensors.push({ name: `${slot}.${name}`, tensor: own, initial });
      slotOf.set(`${slot}.${name}`, own);
    }
  }
  const offset = (tensor: number) => plan.tensors[tensor].offset;
  const ranges = [true, false].flatMap((decay): UpdateRange[] => {
    const members = plan.parameters.filter((parameter) => parameter.decay === decay);
    if (members.length === 0) return [];
    const first = members[0];
    const count = members.reduce((sum, { tensor }) => sum + bytesOf(plan.tensors[tensor].shape) / 4, 0);
    return [
      {
        parameter: offset(first.tensor),
        gradient: offset(first.gradient),
        slots: slots.map(({ name }) => offset(slotOf.get(`${name}.${first.name}`) as number)),
        count,
        decay,
      },
    ];
  });
  return {
    optimizer,
    attributes,
    clipNorm,
    ranges,
    gradients: {
      offset: Math.min(...ranges.map(({ gradient }) => gradient)),
      count: ranges.reduce((sum, { count }) => sum + count, 0),
    },
    partialNorms: room.reserve(64 * parts),
    hyper: room.reserve(64),
    slotTensors,
  };
}
