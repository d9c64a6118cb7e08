/** Places for tensors that live for a few steps: they share the arena by the time they live. */
import { type Lifetime, placeBuffers } from './arena.ts';
import { bytesOf, type Plan } from './plan.ts';

/**
 * Places all tensors of a plan that have no address yet behind `base`, and returns where they end. The training
 * programs share one time line; inference has its own, over the same arena.
 */
export function placeTransients({ tensors, forward, backward, inference }: Plan, base: number): number {
  let end = base;
  for (const program of [[...forward, ...backward], inference]) {
    const lives = new Map<number, Lifetime>();
    program.forEach((step, time) => {
      for (const tensor of Object.values(step.tensors)) {
        if (tensors[tensor].offset >= 0) continue;
        const life = lives.get(tensor);
        if (life) life.last = time;
        else lives.set(tensor, { bytes: bytesOf(tensors[tensor].shape), first: time, last: time });
      }
    });
    const placement = placeBuffers([...lives.values()]);
    [...lives.keys()].forEach((tensor, i) => {
      tensors[tensor].offset = base + placement.offsets[i];
    });
    end = Math.max(end, base + placement.bytes);
  }
  return end;
}
