/** Networks that can say that something is no digit, trained on such a set and scored on digits alone. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Dataset, DIGIT_NAMES, NOT_A_DIGIT, READER_CLASSES } from '../data/dataset.ts';
import { joinDatasets } from '../data/join.ts';
import { syntheticDigits } from '../data/synthetic/index.ts';
import { dense, flatten, sequential } from '../model/layers.ts';
import { decodeNetwork, encodeNetwork, type Network } from '../model/network.ts';
import { fitCalibration } from './calibration.ts';
import { Classifier, evaluate } from './classifier.ts';
import { evaluateTogether } from './ensemble.ts';
import { train } from './train.ts';

const engine = { backend: 'wasm', threads: 1 } as const;
const digits = syntheticDigits({ count: 200, seed: 5 });

/** Pictures that are ink all over. */
function blots(count: number): Dataset {
  return {
    ...{ name: 'blots', shape: digits.shape, classNames: READER_CLASSES },
    images: new Uint8Array(count * 784).fill(255),
    labels: new Uint8Array(count).fill(10),
  };
}

const joined = joinDatasets([digits, blots(40)], 'digits+blots');
let network: Network;

beforeAll(async () => {
  const model = sequential({ input: [28, 28, 1] }, [flatten(), dense({ units: 11 })]);
  ({ network } = await train(model, { ...engine, data: joined, batch: 16, epochs: 8, seed: 2 }));
});

describe('a network with an eleventh class', () => {
  test('learns it, is calibrated with it, and is read back with it', async () => {
    const calibration = await fitCalibration(network, joined, engine);
    const read = decodeNetwork(encodeNetwork({ ...network, calibration }), 'a test');
    expect(read.classNames).toEqual(READER_CLASSES);
    const classifier = await Classifier.create(read, { ...engine, batch: 4 });
    const [ofBlot, ofDigit] = await classifier.classify([
      joined.images.subarray(200 * 784, 201 * 784),
      joined.images.subarray(0, 784),
    ]);
    await classifier.dispose();
    expect(ofBlot).toHaveLength(11);
    expect(ofBlot[10]).toBeGreaterThan(0.5);
    expect(ofDigit[10]).toBeLessThan(0.5);
    const scores = await evaluate(read, joined, engine);
    expect(scores.classes[10]).toMatchObject({ name: NOT_A_DIGIT, support: 40, recall: 1 });
  });

  test('is scored on digits alone; what it turns away is wrong', async () => {
    const mixed: Dataset = {
      ...digits,
      images: Uint8Array.from([...digits.images.subarray(0, 10 * 784), ...blots(2).images]),
      labels: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 4, 4),
    };
    expect(mixed.classNames).toEqual(DIGIT_NAMES);
    const scores = await evaluate(network, mixed, engine);
    expect(scores.examples).toBe(12);
    expect(scores.confusion).toHaveLength(11);
    expect(scores.confusion[4][10]).toBe(2);
    expect(scores.confusion[10].every((count) => count === 0)).toBe(true);
    expect(scores.correct).toBeLessThanOrEqual(10);
    const together = await evaluateTogether([network, network], mixed, engine);
    expect(together.confusion).toEqual(scores.confusion);
  });

  test('cannot be trained on a set without it, nor a network without it be scored on one that has it', async () => {
    await expect(train(network.model, { ...engine, data: digits, batch: 16, epochs: 1 })).rejects.toThrow(
      'The model tells 11 classes apart, and synthetic has 10; join pages to it',
    );
    const plain = await train(sequential({ input: [28, 28, 1] }, [flatten(), dense({ units: 10 })]), {
      ...{ ...engine, data: digits, batch: 16, epochs: 1 },
    });
    await expect(evaluate(plain.network, joined, engine)).rejects.toThrow(
      /tells apart are 10 \(0, .*\), and those of digits\+blots 11 \(.*not a digit\)/,
    );
  });
});
