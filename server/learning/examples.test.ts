/** Which corrections are learnt from, and how much they weigh. */
import { expect, test } from 'vitest';
import { DIGIT_NAMES, READER_CLASSES, syntheticDigits } from '../../src/index.ts';
import type { StoredCorrection } from '../store/store.ts';
import { sampleDigit } from '../store/testing/samples.ts';
import { correctionsFor, examplesOf, MOST_WEIGHT } from './examples.ts';

const { images } = syntheticDigits({ count: 600, seed: 9 });
const picture = (i: number) => images.slice(i * 784, (i + 1) * 784);

function correction(
  told: string,
  pictures: Uint8Array[],
  changes: Partial<StoredCorrection> = {},
): StoredCorrection {
  return {
    ...{ id: `${told}/${changes.owner ?? 'me'}`, owner: 'me', createdAt: 1, model: 'a', text: '8' },
    digits: pictures.map((image) => ({ ...sampleDigit(8), image })),
    ...{ correction: told, correctedAt: 2, state: 'accepted', relabelled: null, reviewedAt: 3 },
    ...changes,
  };
}

test('gives each digit its own meaning, where there are as many as were found', () => {
  const { examples, unaligned } = examplesOf([
    correction('1\n2', [picture(1), picture(2)]),
    correction('34', [picture(3)]),
    correction('', [picture(4), picture(5)]),
    correction('6', [picture(7)], { relabelled: '7' }),
  ]);
  expect(examples.map(({ label }) => label)).toEqual([1, 2, 10, 10, 7]);
  expect(unaligned).toBe(1);
  expect(correctionsFor(examples, READER_CLASSES).dataset.labels).toHaveLength(5);
  const { dataset, weights } = correctionsFor(examples, DIGIT_NAMES);
  expect([...dataset.labels]).toEqual([1, 2, 7]);
  expect(weights).toEqual([1, 1, 1]);
  expect(dataset.images.subarray(784, 1568)).toEqual(picture(2));
});

test('takes the same ink once, also when it was moved, and not at all where its meaning is disputed', () => {
  const moved = new Uint8Array(784);
  moved.set(picture(1).subarray(0, 784 - 28), 28);
  const { examples, repeated, contradicted } = examplesOf([
    correction('1', [picture(1)]),
    correction('1', [moved], { owner: 'them' }),
    correction('2', [picture(2)]),
    correction('3', [picture(2)], { owner: 'them' }),
    correction('5', [new Uint8Array(784)]),
  ]);
  expect(examples.map(({ label, owner }) => [label, owner])).toEqual([[1, 'me']]);
  expect([repeated, contradicted]).toEqual([1, 3]);
});

test('lets nobody weigh more than the most', () => {
  const flood = Array.from({ length: 500 }, (_, i) => correction('1', [picture(i)], { owner: 'flood' }));
  const others = [correction('2', [picture(550)], { owner: 'one' }), correction('3', [picture(551)])];
  const { examples } = examplesOf([...flood, ...others]);
  const weightOf = (name: string) =>
    examples.filter(({ owner }) => owner === name).reduce((sum, { weight }) => sum + weight, 0);
  expect(examples).toHaveLength(502);
  expect(weightOf('flood')).toBeCloseTo(MOST_WEIGHT, 9);
  expect([weightOf('one'), weightOf('me')]).toEqual([1, 1]);
});
