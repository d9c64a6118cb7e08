/** Networks that answer together, and copies of pictures that are read beside them. */
import { describe, expect, test } from 'vitest';
import { augmentPictures } from '../../kernels/augmentation/reference.ts';
import { parseAugmentation } from '../../kernels/augmentation/spec.ts';
import { syntheticDigits } from '../data/synthetic/index.ts';
import { dense, flatten, sequential } from '../model/layers.ts';
import { type Network, weightShapes } from '../model/network.ts';
import { augmentedCopy } from './augmentedCopy.ts';
import { Classifier, evaluate } from './classifier.ts';
import { evaluateTogether, meanProbabilities } from './ensemble.ts';

const digits = syntheticDigits({ count: 150, seed: 2 });
const ON_WASM = { backend: 'wasm', threads: 1 } as const;

/** A network of one dense layer with weights of a wave. */
function networkOf(wave: number, temperature?: number): Network {
  const model = sequential({ input: [28, 28, 1] }, [flatten(), dense({ units: 10 })]);
  const weights: Network['weights'] = new Map();
  for (const [name, shape] of weightShapes(model)) {
    const length = shape.reduce((product, size) => product * size, 1);
    weights.set(name, { shape, values: Float32Array.from({ length }, (_, i) => Math.sin(i * wave) / 10) });
  }
  const calibration = temperature === undefined ? undefined : { temperature, examples: 1 };
  return {
    provenance: {},
    model,
    weights,
    normalisation: { mean: 0.1, deviation: 0.3 },
    classNames: digits.classNames,
    calibration,
  };
}

const pictures = Array.from({ length: 150 }, (_, i) => digits.images.subarray(i * 784, (i + 1) * 784));

test('networks together answer with the mean of their calibrated probabilities', async () => {
  const networks = [networkOf(1.7, 2), networkOf(0.9), networkOf(2.3, 0.5)];
  const mean = await meanProbabilities(networks, digits, ON_WASM);
  const answers = await Promise.all(
    networks.map(async (network) => (await Classifier.create(network, ON_WASM)).classify(pictures)),
  );
  for (let example = 0; example < 150; example++) {
    for (let c = 0; c < 10; c++) {
      const expected = answers.reduce((sum, own) => sum + own[example][c], 0) / 3;
      expect(mean[example * 10 + c]).toBeCloseTo(expected, 6);
    }
  }
});

test('a network together with itself is as good as alone', async () => {
  const network = networkOf(1.7);
  const alone = await evaluate(network, digits, ON_WASM);
  const together = await evaluateTogether([network, network], digits, ON_WASM);
  expect(together.confusion).toEqual(alone.confusion);
  expect(together.loss).toBeCloseTo(alone.loss, 6);
});

test('changed copies count as much as the picture itself, and are the same each time', async () => {
  const network = networkOf(1.7);
  const [plain, one, again] = [
    await meanProbabilities([network], digits, ON_WASM),
    await meanProbabilities([network], digits, { ...ON_WASM, copies: 1 }),
    await meanProbabilities([network], digits, { ...ON_WASM, copies: 1 }),
  ];
  expect(one).toEqual(again);
  expect(one).not.toEqual(plain);
  for (let i = 0; i < one.length; i++) expect(one[i]).toBeGreaterThanOrEqual(plain[i] / 2 - 1e-9);
});

test('networks with other classes are refused, and so is nobody', async () => {
  const other = { ...networkOf(1), classNames: [...'abcdefghij'] };
  await expect(evaluateTogether([networkOf(1), other], digits)).rejects.toThrow(
    'tell the same classes apart',
  );
  await expect(evaluateTogether([], digits)).rejects.toThrow('at least one network');
});

describe('a data set as training sees it', () => {
  test('is the data set without an augmentation', async () => {
    expect((await augmentedCopy(digits, {})).images).toEqual(digits.images);
  });

  test('has the pictures of the reference, by seed and step', async () => {
    const spec = { rotation: 20, shift: 2, elastic: 1, cutOut: 4 };
    const { images } = await augmentedCopy(digits, spec, { seed: 5, step: 9 });
    const attributes = { augmentation: parseAugmentation(spec), normalisation: { mean: 0, deviation: 1 } };
    const first = new Float32Array(128 * 784);
    const indices = Int32Array.from({ length: 128 }, (_, i) => i);
    augmentPictures(digits.images, indices, first, [128, 28, 28, 1], attributes, { seed: 5, step: 9 });
    first.forEach((value, i) => {
      if (Math.abs(images[i] - 255 * value) > 0.6) expect(images[i]).toBe(Math.round(255 * value));
    });
    expect(images).not.toEqual((await augmentedCopy(digits, spec, { seed: 6, step: 9 })).images);
  });
});
