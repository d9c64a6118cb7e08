/** Joining data sets: whose classes agree, and what their parts are afterwards. */
import { describe, expect, test } from 'vitest';
import { UsageError } from '../errors.ts';
import { type Dataset, DIGIT_NAMES, NOT_A_DIGIT, READER_CLASSES, subset } from './dataset.ts';
import { joinDatasets, partReports } from './join.ts';

function dots(name: string, labels: number[], classNames = DIGIT_NAMES): Dataset {
  return {
    ...{ name, labels: Uint8Array.from(labels), classNames, shape: [1, 1, 1] },
    images: Uint8Array.from(labels, (label) => 10 * label + 1),
  };
}

const digits = dots('digits', [3, 9]);
const pages = dots('pages', [10, 3], READER_CLASSES);

describe('sets of which one has more classes', () => {
  test.each([[[digits, pages]], [[pages, digits]]])(
    'become one with all of them, in either order',
    (sets) => {
      const joined = joinDatasets(sets, 'both');
      expect(joined.classNames).toEqual(READER_CLASSES);
      expect(joined.classNames.at(-1)).toBe(NOT_A_DIGIT);
      expect([...joined.labels]).toEqual(sets.flatMap(({ labels }) => [...labels]));
      expect([...joined.images]).toEqual(sets.flatMap(({ images }) => [...images]));
    },
  );

  test('cannot be joined where a label means two things', () => {
    const letters = dots('letters', [0], ['A', 'B']);
    expect(() => joinDatasets([digits, letters], 'both')).toThrow(UsageError);
    expect(() => joinDatasets([digits, letters], 'both')).toThrow('The classes of digits and letters differ');
  });
});

test('what was joined before keeps its parts', () => {
  const inner = joinDatasets([digits, dots('more', [1])], 'inner');
  const joined = joinDatasets([inner, pages], 'outer');
  expect(joined.parts?.names).toEqual(['digits', 'more', 'pages']);
  expect([...joined.parts!.of]).toEqual([0, 0, 1, 2, 2]);
  expect(partReports(subset(joined, [1, 2, 3], 'some')).map(({ examples }) => examples)).toEqual([1, 1, 1]);
});
