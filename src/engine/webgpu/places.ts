/**
 * Where tensors lie on a graphics card.
 *
 * Parameters stand in one buffer, so do gradients, each of the optimiser's slots and running statistics: an optimiser
 * takes one step over all of them. What goes in and out has a buffer of its own. All other tensors live for a few
 * steps and share buffers by the time they live, never two at once in one: a shader may not read a buffer that it also
 * writes, not even at other places.
 */
import { sizeOf } from '../../../kernels/operation.ts';
import type { Plan, PlanTensor } from '../plan.ts';

/** A part of a buffer, in bytes. */
export interface Place {
  buffer: number;
  offset: number;
  size: number;
}

export interface BufferPlan {
  /** For messages: what it holds, or whose tensor was largest. */
  label: string;
  size: number;
}

/** Something that needs room from its first to its last step. Lives in different programs never meet. */
export interface Transient {
  key: string;
  label: string;
  size: number;
  program: 'training' | 'inference';
  first: number;
  last: number;
}

export interface Layout {
  buffers: BufferPlan[];
  /** By key: `tensor 3`, `scratch 5`, `random`, … */
  places: Map<string, Place>;
  /** The runs of parameters with and without weight decay, whose places are `parameter 0`, `gradient 0`, … */
  ranges: { count: number; decay: boolean }[];
  /** Values in all gradients, padding included, at the place `gradients`. */
  gradients: number;
}

/** Steps of training whose worth is kept until somebody reads it. */
export const WORTH_KEPT = 64;

/** What offsets of bindings must be multiples of, on every card. */
const OFFSET_ALIGNMENT = 256;
/** Shaders take values in vectors of four, and may run to the end of a block of 16. */
const PADDING = 64;

const roundUp = (value: number, unit: number) => Math.ceil(value / unit) * unit;

/** Bytes of a tensor, with room for whole vectors. */
export const bytesOf = ({ shape, type }: Pick<PlanTensor, 'shape' | 'type'>) =>
  bytesFor(type === 'uint8' ? sizeOf(shape) / 4 : sizeOf(shape));
export const bytesFor = (values: number) => roundUp(Math.max(1, values) * 4, PADDING);

/** Places for all that lasts longer than a step. */
export function placeLasting(plan: Plan): Layout {
  const layout: Layout = { buffers: [], places: new Map(), ranges: [], gradients: 0 };
  const { tensors, parameters, state, constants, update } = plan;
  const size = (tensor: number) => bytesOf(tensors[tensor]);
  placeRegion(
    'parameters',
    parameters.map(({ tensor }) => tensor),
  );
  placeRegion(
    'state',
    state.map(({ tensor }) => tensor),
  );
  placeRegion(
    'constants',
    constants.map(({ tensor }) => tensor),
  );
  if (plan.mode === 'train')
    placeRegion(
      'gradients',
      parameters.map(({ gradient }) => gradient),
    );
  const slots = update ? update.slotTensors.map(({ tensor }) => tensor) : [];
  const slotCount = slots.length / Math.max(1, parameters.length);
  for (let slot = 0; slot < slotCount; slot++) {
    placeRegion(`slot${slot}`, slots.slice(slot * parameters.length, (slot + 1) * parameters.length));
  }
  const single = [
    ...[plan.input, plan.trainingOutput, plan.inferenceOutput, plan.labels, plan.loss],
    ...[plan.outputGradient, plan.inputGradient, plan.pictures, plan.indices, plan.mixup?.share],
  ];
  for (const tensor of single) {
    if (tensor === undefined || tensor < 0 || layout.places.has(`tensor ${tensor}`)) continue;
    own(`tensor ${tensor}`, tensors[tensor].name, size(tensor));
  }
  own('random', 'random', 16);
  own('hyper', 'hyper', 64);
  own('worth', 'worth', WORTH_KEPT * 8);
  own('partialSums', 'partialSums', 1024);
  own('clipFactor', 'clipFactor', 64);
  if (update) placeRanges(slotCount);
  return layout;

  function own(key: string, label: string, bytes: number): void {
    layout.places.set(key, { buffer: layout.buffers.length, offset: 0, size: bytes });
    layout.buffers.push({ label, size: bytes });
  }

  /** One buffer for tensors one after the other, each where a binding may begin. */
  function placeRegion(name: string, members: readonly number[]): void {
    let offset = 0;
    for (const tensor of members) {
      layout.places.set(`tensor ${tensor}`, { buffer: layout.buffers.length, offset, size: size(tensor) });
      offset += roundUp(size(tensor), OFFSET_ALIGNMENT);
    }
    if (offset > 0) own(name, name, offset);
  }

  /** Parameters with weight decay come first. */
  function placeRanges(slotCount: number): void {
    const whole = layout.places.get('parameters') as Place;
    const firstWithout = parameters.find(({ decay }) => !decay);
    const border = firstWithout
      ? (layout.places.get(`tensor ${firstWithout.tensor}`) as Place).offset
      : whole.size;
    layout.gradients = whole.size / 4;
    const regions = [
      ['parameter', 'parameters'],
      ['gradient', 'gradients'],
      ...Array.from({ length: slotCount }, (_, slot) => [`slot${slot}`, `slot${slot}`]),
    ];
    for (const [offset, end, decay] of [
      [0, border, true],
      [border, whole.size, false],
    ] as const) {
      if (offset === end) continue;
      for (const [name, region] of regions) {
        const { buffer } = layout.places.get(region) as Place;
        layout.places.set(`${name} ${layout.ranges.length}`, { buffer, offset, size: end - offset });
      }
      layout.ranges.push({ count: (end - offset) / 4, decay });
    }
  }
}

/**
 * Adds buffers that transients share: from the largest on, each takes the smallest buffer that is free all its life,
 * or a new one.
 */
export function placeTransients(layout: Layout, transients: readonly Transient[]): void {
  const pool: { buffer: number; members: Transient[] }[] = [];
  for (const transient of [...transients].sort((a, b) => b.size - a.size)) {
    let shared = pool.findLast(({ members }) => members.every((member) => !meet(member, transient)));
    if (!shared) {
      shared = { buffer: layout.buffers.length, members: [] };
      pool.push(shared);
      layout.buffers.push({ label: transient.label, size: transient.size });
    }
    shared.members.push(transient);
    layout.places.set(transient.key, { buffer: shared.buffer, offset: 0, size: transient.size });
  }
}

function meet(a: Transient, b: Transient): boolean {
  return a.program === b.program && a.first <= b.last && b.first <= a.last;
}
