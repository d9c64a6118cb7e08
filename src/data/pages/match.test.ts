/** What a crop is taken for, by where it and the truth lie. */
import { expect, test } from 'vitest';
import type { Box } from '../../vision/picture.ts';
import { whatIsIn } from './match.ts';
import type { Truth } from './page.ts';

const eight: Truth = { digit: 8, box: [100, 20, 30, 40] };
const three: Truth = { digit: 3, box: [140, 20, 30, 40] };
const one: Truth = { digit: 1, box: [180, 20, 4, 40] };
const letter: Truth = { box: [220, 20, 30, 40] };
const page = [eight, three, one, letter];

test.each<[string, Box, number | 'none' | undefined]>([
  ['a digit', [100, 20, 30, 40], 8],
  ['a digit with a little around it', [97, 18, 36, 45], 8],
  ['a thin digit', [179, 19, 6, 42], 1],
  ['two digits', [100, 20, 70, 40], 'none'],
  ['nothing', [10, 10, 30, 30], 'none'],
  ['a letter', [220, 20, 30, 40], 'none'],
  ['most of a letter', [220, 20, 30, 28], 'none'],
  ['the stem of a letter, which may be a 1', [220, 20, 6, 40], undefined],
  ['half of a digit', [140, 20, 30, 20], 'none'],
  ['the loop of an 8', [100, 20, 30, 20], undefined],
  ['a narrow part of a digit', [140, 20, 8, 40], undefined],
  ['half of a 1', [180, 20, 4, 20], undefined],
  ['a digit and a letter', [180, 20, 70, 40], 'none'],
])('%s', (_, crop, expected) => {
  expect(whatIsIn(crop, page)).toBe(expected);
});

test('a digit whose neighbour leans into its box is still that digit; one that holds its neighbour is neither', () => {
  const leaning: Truth = { digit: 7, box: [122, 20, 30, 40] };
  expect(whatIsIn(eight.box, [eight, leaning])).toBe(8);
  const within: Truth = { digit: 1, box: [110, 25, 10, 30] };
  expect(whatIsIn(eight.box, [eight, within])).toBeUndefined();
});
