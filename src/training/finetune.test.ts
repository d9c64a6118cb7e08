/** Fine-tuning a network of one layer: what it learns, what the gate lets through, and what it asks for. */
import { beforeAll, expect, test } from 'vitest';
import { subset } from '../data/dataset.ts';
import { syntheticDigits } from '../data/synthetic/index.ts';
import { dense, flatten, sequential } from '../model/layers.ts';
import type { Network } from '../model/network.ts';
import { type Corrections, finetune, rightAnswers, unlearntClasses, verdictOf } from './finetune.ts';
import { train } from './train.ts';

const model = sequential({ name: 'flat', input: [28, 28, 1] }, [flatten(), dense({ units: 10 })]);
const digits = syntheticDigits({ count: 1200, seed: 3 });
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const replay = {
  training: subset(digits, range(0, 800), 'replay'),
  validation: subset(digits, range(800, 1000), 'replay/validation'),
};
let network: Network;

/** Digits upside down, which no network has seen; `wrong` says what they are not. */
function corrections(count: number, { wrong = 0 } = {}): Corrections {
  const dataset = subset(
    digits,
    range(1000, 1200)
      .filter((i) => digits.labels[i] === 7)
      .slice(0, count),
    'corrections',
  );
  for (let i = 0; i < dataset.labels.length; i++) dataset.images.subarray(i * 784, (i + 1) * 784).reverse();
  if (wrong > 0) dataset.labels.fill(wrong);
  return { dataset, weights: dataset.labels.map(() => 1) };
}

beforeAll(async () => {
  const data = replay.training;
  ({ network } = await train(model, { data, epochs: 2, batch: 32, threads: 1, learningRate: 0.003 }));
}, 60_000);

test('learns what was corrected and forgets nothing', { timeout: 60_000 }, async () => {
  const given = corrections(16);
  const before = network.weights.get('dense_1.weight')!.values.slice();
  const options = { epochs: 4, batch: 32, threads: 1, learningRate: 0.003 };
  const {
    network: candidate,
    verdict,
    trained,
  } = await finetune(network, { corrections: given, replay, ...options });
  expect(verdict).toMatchObject({ isPromoted: true, held: { examples: 4 }, validation: { examples: 200 } });
  expect(trained).toBe(12);
  const read = async (one: Network) =>
    (await rightAnswers(one, given.dataset)).reduce((sum, right) => sum + right, 0);
  expect(await read(candidate)).toBeGreaterThanOrEqual((await read(network)) + 8);
  expect(candidate.normalisation).toEqual(network.normalisation);
  expect(network.weights.get('dense_1.weight')?.values, 'it is left as it was').toEqual(before);
});

test('the gate tells why it stays shut', () => {
  const held = { examples: 4, before: 0.25, after: 0.75 };
  const validation = { examples: 5000, before: 0.99, after: 0.9895 };
  expect(verdictOf(held, validation)).toMatchObject({ isPromoted: true });
  expect(verdictOf({ ...held, after: 0.25 }, validation)).toMatchObject({
    isPromoted: false,
    reason: expect.stringContaining('not better on corrections'),
  });
  expect(verdictOf(held, validation, ['4'])).toMatchObject({
    isPromoted: false,
    reason: expect.stringContaining('unlearnt 4'),
  });
  expect(verdictOf(held, { ...validation, after: 0.9894 })).toMatchObject({
    isPromoted: false,
    reason:
      'Rejected, since it has forgotten more than 0.05 points: it reads 98.94 % of 5000 validation pictures, against 99.00 % before.',
  });
});

test('a class counts as unlearnt where chance would not make it so much worse', () => {
  const labels = Uint8Array.from({ length: 400 }, (_, i) => i % 10);
  const before = new Uint8Array(400).fill(1);
  // Ten fours and three fives are lost; of the sixes, as many are gained as lost.
  const after = before.slice();
  for (let i = 0; i < 10; i++) after[i * 10 + 4] = 0;
  for (let i = 0; i < 3; i++) after[i * 10 + 5] = 0;
  for (let i = 0; i < 20; i++) (i % 2 ? before : after)[i * 10 + 6] = 0;
  expect(unlearntClasses({ ...digits, labels }, before, after)).toEqual(['4']);
  expect(unlearntClasses({ ...digits, labels }, after, before)).toEqual([]);
});

test('asks for more corrections, and for those that fit', async () => {
  await expect(finetune(network, { corrections: corrections(3), replay })).rejects.toThrow(
    'There are 3 corrections to learn from, and at least 4 are needed; review more of them.',
  );
  const given = corrections(8);
  given.dataset.shape = [14, 56, 1];
  await expect(finetune(network, { corrections: given, replay })).rejects.toThrow('14×56×1');
});

test('goes on only from a network of the same layers and classes', async () => {
  const other = sequential({ name: 'flat', input: [28, 28, 1] }, [
    flatten(),
    dense({ units: 9 }),
    dense({ units: 10 }),
  ]);
  const data = replay.training;
  await expect(train(other, { data, initial: network })).rejects.toThrow('other layers');
  const renamed = { ...network, classNames: data.classNames.map((name) => `${name}!`) };
  await expect(train(model, { data, initial: renamed })).rejects.toThrow('use data with the same classes');
});
