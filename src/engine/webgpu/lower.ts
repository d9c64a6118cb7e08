/** From a plan's steps to lists of dispatches, and the room that steps need. */

import { tallyDispatch } from '../../../kernels/metrics/index.ts';
import type { GpuDispatch, GpuTraits } from '../../../kernels/operation.ts';
import { sizeOf } from '../../../kernels/operation.ts';
import { clipDispatches, updateDispatch } from '../../../kernels/optimizer/webgpu.ts';
import { InklingError } from '../../errors.ts';
import type { ProgramName } from '../executable.ts';
import type { Plan, PlanStep } from '../plan.ts';
import type { CallSource } from '../profile.ts';
import { bytesFor, bytesOf, type Layout, placeLasting, placeTransients, type Transient } from './places.ts';

/** A dispatch whose bindings are keys of the layout's places. */
export type LoweredDispatch = GpuDispatch & CallSource;

export interface LoweredPlan {
  programs: Record<ProgramName, LoweredDispatch[]>;
  layout: Layout;
}

/** As in WebAssembly, a network that only answers makes once what depends on nothing but its weights. */
export function lowerPlan(plan: Plan, traits: GpuTraits): LoweredPlan {
  const layout = placeLasting(plan);
  const lowering = new Lowering(plan, layout, traits);
  const inference = plan.inference.flatMap((step, time) => lowering.lower(step, 'inference', time));
  const forward = plan.forward.flatMap((step, time) => lowering.lower(step, 'training', time));
  const backward = plan.backward.flatMap((step, i) =>
    lowering.lower(step, 'training', plan.forward.length + i),
  );
  if (plan.loss !== undefined) forward.push(lowerTally(plan, traits));
  placeTransients(layout, [...lowering.transients.values()]);
  const isPreparation = ({ preparation = false }: GpuDispatch) => plan.mode === 'infer' && preparation;
  return {
    layout,
    programs: {
      forward,
      backward,
      preparation: inference.filter(isPreparation),
      inference: inference.filter((dispatch) => !isPreparation(dispatch)),
      update: lowerUpdate(plan, layout, traits),
    },
  };
}

class Lowering {
  readonly transients = new Map<string, Transient>();
  readonly #plan: Plan;
  readonly #layout: Layout;
  readonly #traits: GpuTraits;
  #reserved = 0;

  constructor(plan: Plan, layout: Layout, traits: GpuTraits) {
    this.#plan = plan;
    this.#layout = layout;
    this.#traits = traits;
  }

  lower(step: PlanStep, program: Transient['program'], time: number): LoweredDispatch[] {
    const { layer, phase, operation, attributes, shape, training, position, tensors } = step;
    if (!operation.webgpu) {
      throw new InklingError(
        `The layer ${layer} is a ${operation.name}, for which there is no shader yet; use another backend than webgpu.`,
      );
    }
    const life = { program, first: time, last: time };
    const scratch = (values: number): string => {
      const key = `scratch ${this.#reserved++}`;
      this.transients.set(key, { key, label: `${layer}: scratch`, size: bytesFor(values), ...life });
      return key;
    };
    const keep = (values: number): string => {
      if (this.#plan.mode !== 'infer') return scratch(values);
      const key = `kept ${this.#reserved++}`;
      // Kept all along: it meets everything.
      const always = { first: 0, last: Number.POSITIVE_INFINITY };
      this.transients.set(key, { key, label: `${layer}: kept`, size: bytesFor(values), program, ...always });
      return key;
    };
    const dispatches = operation.webgpu[phase]({
      attributes,
      shape,
      has: (role) => tensors[role] !== undefined,
      training,
      layer: position,
      device: this.#traits,
      scratch,
      keep,
    });
    for (const tensor of Object.values(tensors)) this.#touch(tensor, layer, life);
    const keyOf = (name: string) => (tensors[name] === undefined ? name : `tensor ${tensors[name]}`);
    return dispatches.map((dispatch) => ({
      ...dispatch,
      bindings: dispatch.bindings.map(keyOf),
      ...{ layer, phase, operation: operation.name },
    }));
  }

  #touch(tensor: number, layer: string, life: Pick<Transient, 'program' | 'first' | 'last'>): void {
    const key = `tensor ${tensor}`;
    if (this.#layout.places.has(key)) return;
    const known = this.transients.get(key);
    const described = this.#plan.tensors[tensor];
    if (known) known.last = life.last;
    else
      this.transients.set(key, {
        key,
        label: `${layer}: ${described.name}`,
        size: bytesOf(described),
        ...life,
      });
  }
}

/** What the step was worth, at the end of its forward pass. */
function lowerTally(plan: Plan, traits: GpuTraits): LoweredDispatch {
  const { loss, trainingOutput, labels, tensors, batch } = plan;
  const keys: Record<string, string> = {
    loss: `tensor ${loss}`,
    logits: `tensor ${trainingOutput}`,
    labels: `tensor ${labels}`,
  };
  const dispatch = tallyDispatch(batch, sizeOf(tensors[trainingOutput].shape) / batch, traits);
  const bindings = dispatch.bindings.map((name) => keys[name] ?? name);
  return { ...dispatch, bindings, layer: 'loss', operation: 'tally', phase: 'forward' };
}

function lowerUpdate({ update }: Plan, { ranges, gradients }: Layout, traits: GpuTraits): LoweredDispatch[] {
  if (!update) return [];
  const { optimizer, clipNorm } = update;
  const source = (operation: string) => ({ layer: '', operation, phase: 'update' as const });
  const clip = clipNorm === undefined ? [] : clipDispatches(gradients, clipNorm, traits);
  const slots = update.ranges[0].slots.length;
  const steps = ranges.map(({ count, decay }, range) => {
    const dispatch = updateDispatch(optimizer, { count, slots, decay }, traits);
    const keyOf = (name: string) => (name === 'hyper' ? name : `${name} ${range}`);
    return { ...dispatch, bindings: dispatch.bindings.map(keyOf), ...source(optimizer.name) };
  });
  return [...clip.map((dispatch) => ({ ...dispatch, ...source('clipNorm') })), ...steps];
}
