/**
 * What a training step was worth: the sum of its losses, and how many answers were right. It is no operation of a
 * model, but what the engine ends a training step's forward pass with.
 */
import type { FloatArray, GpuDispatch, GpuTraits } from '../operation.ts';
import { SHADERS } from '../shaders.generated.ts';
import { teamSum } from '../teamSum.ts';
import { teamOf } from '../workgroups.ts';

export interface StepWorth {
  /** Sum over the examples. */
  loss: number;
  /** Answers that were right: of equal logits the first is the answer. */
  correct: number;
}

/** @param logits [examples, classes] */
export function tally(loss: FloatArray, logits: FloatArray, labels: Int32Array): StepWorth {
  const examples = loss.length;
  const classes = logits.length / examples;
  const worth = { loss: 0, correct: 0 };
  for (let n = 0; n < examples; n++) {
    let best = 0;
    for (let c = 1; c < classes; c++) if (logits[n * classes + c] > logits[n * classes + best]) best = c;
    worth.loss += loss[n];
    if (best === labels[n]) worth.correct++;
  }
  return worth;
}

/** The same on a graphics card, with `worth` for the results of many steps. */
export function tallyDispatch(examples: number, classes: number, device: GpuTraits): GpuDispatch {
  return {
    kernel: 'tally',
    code: teamSum(device, 'vec2f') + SHADERS['metrics/webgpu'],
    entryPoint: 'tally',
    constants: { EXAMPLES: examples, CLASSES: classes, TEAM: teamOf(device) },
    bindings: ['loss', 'logits', 'labels', 'random', 'worth'],
    workgroups: [1, 1, 1],
  };
}
