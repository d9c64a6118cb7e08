/** The update as dispatches of the shaders in webgpu.wgsl, over all parameters or gradients at once. */
import type { GpuDispatch, GpuTraits } from '../operation.ts';
import { SHADERS } from '../shaders.generated.ts';
import { teamSum } from '../teamSum.ts';
import { groupsFor, teamOf } from '../workgroups.ts';
import type { Optimizer } from './index.ts';

const codeFor = (device: GpuTraits) => teamSum(device, 'f32') + SHADERS['optimizer/webgpu'];

const MOST_PARTIAL_SUMS = 256;

/** One step for `count` values, with `parameter`, `gradient`, `hyper` and the slots bound. */
export function updateDispatch(
  // biome-ignore lint/suspicious/noExplicitAny: an optimiser of any kind
  { kernel }: Optimizer<any>,
  { count, slots, decay }: { count: number; slots: number; decay: boolean },
  device: GpuTraits,
): GpuDispatch {
  const vectors = count / 4;
  return {
    ...{ kernel, code: codeFor(device), entryPoint: `${kernel}${slots}` },
    constants: { COUNT: vectors, DECAY: Number(decay) },
    bindings: ['parameter', 'gradient', 'hyper', ...['slot0', 'slot1'].slice(0, slots)],
    workgroups: groupsFor(vectors, device),
  };
}

/** Shortens `gradients`, `count` values, to a norm; `partialSums` has room for 256 values, `clipFactor` for one. */
export function clipDispatches(count: number, maximumNorm: number, device: GpuTraits): GpuDispatch[] {
  const vectors = count / 4;
  const team = teamOf(device);
  const sums = Math.min(Math.ceil(vectors / team), MOST_PARTIAL_SUMS);
  const dispatch = (kernel: string, constants: Record<string, number>) => ({
    ...{ kernel, code: codeFor(device), entryPoint: kernel, constants },
  });
  return [
    {
      ...dispatch('sumOfSquares', { COUNT: vectors, TEAM: team }),
      bindings: ['gradients', 'partialSums'],
      workgroups: [sums, 1, 1],
    },
    {
      ...dispatch('clipFactor', {
        COUNT: vectors,
        TEAM: team,
        PARTIAL_SUMS: sums,
        MAXIMUM_NORM: maximumNorm,
      }),
      bindings: ['partialSums', 'clipFactor'],
      workgroups: [1, 1, 1],
    },
    {
      ...dispatch('clipToNorm', { COUNT: vectors }),
      bindings: ['gradients', 'clipFactor'],
      workgroups: groupsFor(vectors, device),
    },
  ];
}
