/** Calibration error by hand, and temperatures that are known. */
import { describe, expect, test } from 'vitest';
import { Purpose, RandomStream } from '../../kernels/random/reference.ts';
import { decodeNetwork, encodeNetwork, type Network } from '../model/network.ts';
import { fitTemperature } from './calibration.ts';
import { Classifier, evaluate } from './classifier.ts';
import { ScoreKeeper, softmax } from './metrics.ts';
import { ReliabilityKeeper } from './reliability.ts';

describe('expected calibration error', () => {
  test('is the weighted distance of confidence and accuracy, bin by bin', () => {
    const keeper = new ReliabilityKeeper();
    // Bin 15: confidence 0.95 and 0.97, one of two right. Bin 8: 0.5, right.
    keeper.add(0.95, true);
    keeper.add(0.97, false);
    keeper.add(0.5, true);
    expect(keeper.error()).toBeCloseTo((2 / 3) * (0.96 - 0.5) + (1 / 3) * 0.5, 12);
    const bins = keeper.bins();
    expect(bins).toHaveLength(15);
    expect(bins[14]).toMatchObject({ examples: 2, accuracy: 0.5 });
    expect(bins[7].examples).toBe(1);
  });

  test.each([
    [1, 14],
    [1 / 15, 0],
    [1 / 15 + 1e-9, 1],
    [0, 0],
  ])('a confidence of %d falls into bin %d: upper edges belong to their bin', (confidence, bin) => {
    const keeper = new ReliabilityKeeper();
    keeper.add(confidence, true);
    expect(keeper.bins()[bin].examples).toBe(1);
  });
});

/** Logits of which labels are drawn: then 1 is the right temperature. */
function honest(examples: number, classes: number) {
  const random = new RandomStream(5, Purpose.split);
  const logits = new Float32Array(examples * classes);
  const labels = new Uint8Array(examples);
  for (let i = 0; i < examples; i++) {
    for (let c = 0; c < classes; c++) logits[i * classes + c] = 6 * random.uniform() - 3;
    let left = random.uniform();
    labels[i] = softmax(logits, i * classes, classes).findIndex((p) => {
      left -= p;
      return left < 0;
    });
  }
  return { logits, labels };
}

describe('temperature', () => {
  const { logits, labels } = honest(10_000, 4);

  test.each([0.3, 1, 2.5])('logits %d times too large are divided by that', (factor) => {
    const scaled = logits.map((logit) => logit * factor);
    expect(fitTemperature(scaled, labels, 4)! / factor).toBeCloseTo(1, 1);
  });

  test('the fitted one has the least loss, and less calibration error', () => {
    const scaled = logits.map((logit) => logit * 3);
    const fitted = fitTemperature(scaled, labels, 4)!;
    const scoresAt = (temperature: number) => {
      const keeper = new ScoreKeeper(['a', 'b', 'c', 'd'], temperature);
      let loss = 0;
      labels.forEach((label, i) => {
        keeper.add(scaled, i, label);
        loss -= Math.log(softmax(scaled, 4 * i, 4, temperature)[label]);
      });
      return { ...keeper.scores(), loss };
    };
    const best = scoresAt(fitted);
    for (const near of [0.98, 1.02]) expect(scoresAt(fitted * near).loss).toBeGreaterThan(best.loss);
    expect(best.calibrationError).toBeLessThan(0.02);
    expect(scoresAt(1).calibrationError).toBeGreaterThan(0.1);
    expect(scoresAt(1).confusion).toEqual(best.confusion);
  });

  test('there is none without examples, or without a mistake', () => {
    expect(fitTemperature(new Float32Array(0), [], 4)).toBeUndefined();
    expect(fitTemperature(Float32Array.of(2, 0, 0, 3), [0, 1], 2)).toBeUndefined();
  });
});

test('a network keeps its temperature in its file, and shows confidences under it', async () => {
  const network: Network = {
    model: { name: 'two', input: [1, 1, 1], layers: [{ type: 'flatten' }, { type: 'dense', units: 2 }] },
    weights: new Map([
      ['dense_1.weight', { shape: [1, 2], values: Float32Array.of(2, 0) }],
      ['dense_1.bias', { shape: [2], values: Float32Array.of(0, 0) }],
    ]),
    ...{ normalisation: { mean: 0, deviation: 1 }, classNames: ['a', 'b'], provenance: {} },
    calibration: { temperature: 4, examples: 100 },
  };
  const read = decodeNetwork(encodeNetwork(network), 'test');
  expect(read.calibration).toEqual({ temperature: 4, examples: 100 });
  const classifier = await Classifier.create(read, { backend: 'reference' });
  const [[confidence]] = await classifier.classify([Uint8Array.of(255)]);
  expect(confidence).toBeCloseTo(1 / (1 + Math.exp(-0.5)), 6);
  const dataset = {
    ...{ name: 'one', images: Uint8Array.of(255), labels: Uint8Array.of(0), classNames: ['a', 'b'] },
    shape: [1, 1, 1] as const,
  };
  const scores = await evaluate(read, dataset, { backend: 'reference' });
  expect(scores.calibrationError).toBeCloseTo(1 - confidence, 6);
  expect(scores.loss).toBeCloseTo(Math.log(1 + Math.exp(-2)), 6);
});
