import { describe, expect, test } from 'vitest';
import { compile } from '../../src/engine/compile.ts';
import type { ModelSpec } from '../../src/model/layers.ts';
import { softmaxCrossEntropy } from './index.ts';
import { backward, forward } from './reference.ts';

interface Example {
  logits: number[];
  label: number;
  labelSmoothing?: number;
  classWeights?: number[];
}

function run({ logits, label, labelSmoothing = 0, classWeights }: Example) {
  const targets = {
    classes: logits.length,
    labels: Int32Array.of(label),
    labelSmoothing,
    classWeights: classWeights && Float64Array.from(classWeights),
  };
  const y = new Float64Array(1);
  const probabilities = new Float64Array(logits.length);
  const dx = new Float64Array(logits.length);
  forward(Float64Array.from(logits), targets, y, probabilities);
  backward(probabilities, targets, dx);
  return { loss: y[0], probabilities: [...probabilities], gradient: [...dx] };
}

const close = (actual: number[], expected: number[]) =>
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 12);
  });

describe('softmax cross-entropy', () => {
  // e^0 : e^ln2 : e^ln5 are 1 : 2 : 5.
  const logits = [0, Math.log(2), Math.log(5)];

  test('of probabilities 1/8, 2/8, 5/8', () => {
    const { loss, probabilities, gradient } = run({ logits, label: 1 });
    close(probabilities, [0.125, 0.25, 0.625]);
    expect(loss).toBeCloseTo(Math.log(4), 12);
    close(gradient, [0.125, -0.75, 0.625]);
  });

  test('smooths labels towards 1/C', () => {
    const { loss, gradient } = run({ logits, label: 1, labelSmoothing: 0.3 });
    close([loss], [0.1 * Math.log(8) + 0.8 * Math.log(4) + 0.1 * Math.log(1.6)]);
    close(gradient, [0.025, -0.55, 0.525]);
  });

  test('weighs an example by its class', () => {
    const { loss, gradient } = run({ logits, label: 1, classWeights: [1, 3, 1] });
    expect(loss).toBeCloseTo(3 * Math.log(4), 12);
    close(gradient, [0.375, -2.25, 1.875]);
  });

  test('stays finite for logits far out of the range of e^x', () => {
    expect(run({ logits: [1000, 0], label: 1 }).loss).toBeCloseTo(1000, 9);
  });

  test('is NaN for NaN logits and for a label that names no class', () => {
    expect(run({ logits: [0, Number.NaN], label: 0 }).loss).toBeNaN();
    for (const label of [-1, 3]) {
      const { loss, gradient } = run({ logits, label });
      expect(loss).toBeNaN();
      expect(gradient[0]).toBeNaN();
    }
  });
});

describe('what it refuses', () => {
  test('smoothing of 1', () => {
    expect(() => softmaxCrossEntropy.parse({ labelSmoothing: 1 })).toThrow(
      'labelSmoothing must be a number from 0 to below 1, not 1',
    );
  });

  test('class weights below 0', () => {
    expect(() => softmaxCrossEntropy.parse({ classWeights: [1, -1] })).toThrow(
      'classWeights must be a list of numbers from 0, one for each class',
    );
  });

  test('class weights of another number than classes', () => {
    const attributes = softmaxCrossEntropy.parse({ classWeights: [1, 2] });
    expect(() => softmaxCrossEntropy.layout([[4, 3]], attributes)).toThrow(
      'has 2 classWeights for 3 classes',
    );
  });

  test('images in place of logits', () => {
    const attributes = softmaxCrossEntropy.parse({});
    expect(() => softmaxCrossEntropy.layout([[4, 2, 2, 3]], attributes)).toThrow(
      'takes one list of logits per example, not 2×2×3',
    );
  });
});

test('a network that is sure of its answer gets no gradient too small to matter', async () => {
  const model: ModelSpec = { input: [10], layers: [{ type: 'relu' }] };
  for (const backend of ['reference', 'wasm'] as const) {
    const executable = await compile(model, {
      ...{ batch: 1, mode: 'train', backend, inputGradient: true },
      loss: { type: 'softmaxCrossEntropy' },
    });
    // e^-40 is 4e-18, under the threshold; e^-30 is 9e-14, over it.
    executable.input.set([41, 1, 11, ...new Array(7).fill(1)]);
    executable.labels[0] = 0;
    executable.differentiate(1, 0);
    const [, under, over] = executable.inputGradient;
    expect(under, backend).toBe(0);
    expect(over, backend).toBeGreaterThan(5e-14);
    await executable.dispose();
  }
});
