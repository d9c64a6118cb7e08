/** A network that remembers answers as the network itself would, and asks it nothing twice. */
import { expect, test } from 'vitest';
import { RememberedAnswers } from './rememberedAnswers.ts';

/** Answers with the first pixel's share, and notes what it was asked. */
function network() {
  const asked: number[] = [];
  const classify = async (pictures: readonly Uint8Array[]) => {
    asked.push(...pictures.map(([first, second]) => 256 * second + first));
    return pictures.map(([first]) => [first / 255, 1 - first / 255]);
  };
  return { asked, remembered: new RememberedAnswers({ classify }, 1024) };
}

const picture = (number: number) => new Uint8Array(784).fill(number & 255, 0, 1).fill(number >> 8, 1, 2);

test('answers come in the order of the questions, new or not', async () => {
  const { asked, remembered } = network();
  await remembered.classify([51, 102].map(picture));
  expect(await remembered.classify([204, 51, 204, 0, 102].map(picture))).toEqual(
    [204, 51, 204, 0, 102].map((first) => [first / 255, 1 - first / 255]),
  );
  expect(asked).toEqual([51, 102, 204, 0]);
  expect(await remembered.classify([])).toEqual([]);
});

test('an answer that is changed by who got it stays what it was', async () => {
  const { remembered } = network();
  const [answer] = await remembered.classify([picture(51)]);
  answer[0] = 7;
  expect(await remembered.classify([picture(51)])).toEqual([[0.2, 0.8]]);
});

test('what was not asked for long is forgotten, and what is asked again and again is not', async () => {
  const { asked, remembered } = network();
  for (let number = 0; number < 3000; number++) await remembered.classify([0, number].map(picture));
  expect(asked).toHaveLength(3000);
  await remembered.classify([2999, 1].map(picture));
  expect(asked.slice(3000)).toEqual([1]);
});

test('a failure is not remembered', async () => {
  let isBroken = true;
  const remembered = new RememberedAnswers({
    async classify(pictures) {
      if (isBroken) throw new Error('The device is lost.');
      return pictures.map(() => [1]);
    },
  });
  await expect(remembered.classify([picture(1)])).rejects.toThrow('lost');
  isBroken = false;
  expect(await remembered.classify([picture(1)])).toEqual([[1]]);
});

test('pictures that differ in one byte are two', async () => {
  const remembered = new RememberedAnswers({
    classify: async (pictures) => pictures.map((one) => [one[783]]),
  });
  const other = new Uint8Array(784);
  other[783] = 255;
  expect(await remembered.classify([new Uint8Array(784), other])).toEqual([[0], [255]]);
});

test('questions that meet do not lose each other’s answers, however few are kept', async () => {
  const remembered = new RememberedAnswers(
    { classify: async (pictures) => pictures.map(([one]) => [one]) },
    1,
  );
  await remembered.classify([picture(1)]);
  const both = [[1, 2], [3]].map((numbers) => remembered.classify(numbers.map(picture)));
  expect(await Promise.all(both)).toEqual([[[1], [2]], [[3]]]);
});
