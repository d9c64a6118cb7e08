/**
 * How loss, accuracy and learning rate went within epochs, as JSON Lines: means over as many steps as make a few
 * hundred lines of a whole run, so that a curve of them shows all and weighs little.
 */
import type { Callback, Output, StepEnd } from './callback.ts';

export interface StepLoggerOptions {
  /** `metrics.jsonl` by default. */
  file?: string;
  /** Lines of a whole run, about; 400 by default. */
  lines?: number;
}

/** One line: means since the line before. */
export interface StepLine {
  /** Steps done since training began. */
  step: number;
  epoch: number;
  loss: number;
  accuracy: number;
  /** Of the last step. */
  learningRate: number;
}

const NOTHING = { steps: 0, loss: 0, accuracy: 0 };

export function stepLogger(options: StepLoggerOptions, output: Output): Callback {
  const { file = 'metrics.jsonl', lines = 400 } = options;
  let window = 1;
  let last = 0;
  let sums = { ...NOTHING };
  let pending: StepLine[] = [];
  let position = 0;

  function count({ step, steps, epoch, loss, accuracy, learningRate }: StepEnd): void {
    const done = (epoch - 1) * steps + step;
    const fresh = done - last;
    last = done;
    sums = {
      steps: sums.steps + fresh,
      loss: sums.loss + loss * fresh,
      accuracy: sums.accuracy + accuracy * fresh,
    };
    if (sums.steps < window && step < steps) return;
    const [meanLoss, meanAccuracy] = [sums.loss / sums.steps, sums.accuracy / sums.steps];
    pending.push({ step: done, epoch, loss: meanLoss, accuracy: meanAccuracy, learningRate });
    sums = { ...NOTHING };
  }

  return {
    name: `stepLogger ${file}`,
    onTrainBegin({ epochs, stepsPerEpoch }) {
      window = Math.ceil((epochs * stepsPerEpoch) / lines);
      [last, position, pending, sums] = [0, 0, [], { ...NOTHING }];
    },
    onStepEnd: count,
    async onEpochEnd() {
      const text = pending.map((line) => `${JSON.stringify(line)}\n`).join('');
      const bytes = new TextEncoder().encode(text);
      await output.writeAt(file, position, bytes);
      position += bytes.length;
      pending = [];
    },
    state: () => ({ values: { last, position, pending, sums } }),
    restore({ values }) {
      ({ last, position, pending, sums } = structuredClone(values) as {
        last: number;
        position: number;
        pending: StepLine[];
        sums: typeof NOTHING;
      });
    },
  };
}
