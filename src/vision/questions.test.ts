/** The network is asked once about each picture. */
import { expect, test } from 'vitest';
import { Questions } from './questions.ts';

test('what was asked before is not asked again, and answers stay in order', async () => {
  const asked: number[][] = [];
  const questions = new Questions({
    classify: async (pictures) => {
      asked.push(pictures.map(([first]) => first));
      return pictures.map(([first]) => [first / 10]);
    },
  });
  const [one, two, three] = [1, 2, 3].map((value) => new Uint8Array(784).fill(value));
  expect(await questions.classify([one, two, one.slice()])).toEqual([[0.1], [0.2], [0.1]]);
  expect(await questions.classify([three, two])).toEqual([[0.3], [0.2]]);
  expect(await questions.classify([two])).toEqual([[0.2]]);
  expect(asked).toEqual([[1, 2], [3]]);
});

test('pictures that differ in one byte are two', async () => {
  const questions = new Questions({ classify: async (pictures) => pictures.map((one) => [one[783]]) });
  const other = new Uint8Array(784);
  other[783] = 255;
  expect(await questions.classify([new Uint8Array(784), other])).toEqual([[0], [255]]);
});
