import { describe, expect, it } from 'vitest';
import { isBeyondDoubt, isFuller, looksAt, surer } from './looks.ts';
import type { Box, PictureReading, ReadDigit } from './picture.ts';
import { createPlane } from './plane.ts';

function reading(text: string, confidence: number, boxes: readonly Box[] = []): PictureReading {
  const digits = [...text].map(
    (name, i): ReadDigit => ({
      digit: Number(name),
      confidence,
      probabilities: Array.from({ length: 10 }, (_, own) => (own === Number(name) ? confidence : 0)),
      notDigit: 0,
      box: boxes[i] ?? [0, 0, 1, 1],
      image: new Uint8Array(784),
    }),
  );
  return { text, digits, rejected: false };
}
const rejected: PictureReading = { text: '', digits: [], rejected: 'Nothing looks like a digit.' };

describe('looksAt', () => {
  const sizes = (width: number, height: number) =>
    looksAt({ plane: createPlane(width, height), scale: 2, isLight: true }).map(({ plane, scale }) => [
      plane.width,
      plane.height,
      scale,
    ]);

  it('has the picture itself first, then what it is from afar, with pixels of the picture to a cell', () => {
    expect(sizes(800, 600)).toEqual([
      [800, 600, 2],
      [267, 200, 6],
      [160, 120, 10],
    ]);
  });

  it('has a small picture as it is only', () => {
    expect(sizes(28, 28)).toEqual([[28, 28, 2]]);
    expect(sizes(160, 2000)).toEqual([[160, 2000, 2]]);
  });
});

describe('surer', () => {
  it.each([
    ['believes the surer of two', reading('7', 0.9), reading('2', 0.99), '2'],
    ['stays with the first where both are as sure', reading('7', 0.9), reading('2', 0.9), '7'],
    ['does not lose a digit for nothing', reading('17', 0.99), reading('7', 0.991), '17'],
    ['leaves out what was doubtful', reading('17', 0.9), reading('7', 0.99), '7'],
    ['never loses one of a row', reading('12345', 0.8), reading('1245', 0.99), '12345'],
    ['reads a doubtful row better from afar', reading('12345', 0.9), reading('12845', 0.99), '12845'],
    ['but not one without a doubt', reading('12345', 0.96), reading('12845', 0.99), '12345'],
    ['does not mind what was turned away from afar', reading('7', 0.9), rejected, '7'],
    ['reads from afar what cannot be read from near', rejected, reading('3', 0.97), '3'],
    ['but not where that is doubtful', rejected, reading('3', 0.9), ''],
    ['nor a mere stroke', rejected, reading('1', 0.99), ''],
  ])('%s', (_, near, far, text) => expect(surer(near, far).text).toBe(text));

  const four: Box = [10, 10, 30, 40];
  const upper: Box = [10, 10, 30, 22];
  const beside: Box = [80, 12, 6, 38];
  it.each([
    ['takes the whole for the part of it', reading('7', 0.999, [upper]), reading('2', 0.97, [four]), '2'],
    ['from near too', reading('2', 0.97, [four]), reading('7', 0.999, [upper]), '2'],
    ['but not where the whole is doubtful', reading('1', 0.999, [upper]), reading('2', 0.83, [four]), '1'],
    [
      'takes what is no stroke for one elsewhere',
      reading('1', 0.999, [[10, 100, 30, 200]]),
      reading('3', 0.93, [four]),
      '3',
    ],
    ['unless that is doubtful', reading('1', 0.999, [[10, 100, 30, 200]]), reading('3', 0.85, [four]), '1'],
    [
      'drops a stroke that one look does not see',
      reading('41', 0.998, [four, beside]),
      reading('4', 0.99, [four]),
      '4',
    ],
    ['that only one look sees', reading('4', 0.99, [four]), reading('41', 0.998, [four, beside]), '4'],
    ['but no digit', reading('47', 0.998, [four, beside]), reading('4', 0.99, [four]), '47'],
    ['nor one that is sure', reading('47', 0.96, [four, beside]), reading('4', 0.99, [four]), '47'],
    ['what is not', reading('47', 0.85, [four, beside]), reading('4', 0.99, [four]), '4'],
    [
      'and no stroke where the other digit is another',
      reading('41', 0.998, [four, beside]),
      reading('9', 0.99, [four]),
      '41',
    ],
  ])('%s', (_, near, far, text) => expect(surer(near, far).text).toBe(text));
});

describe('isFuller', () => {
  const boxes: Box[] = [
    [10, 10, 30, 40],
    [50, 12, 28, 38],
    [90, 8, 30, 44],
  ];
  const [left, middle, right] = boxes;
  const all = reading('847', 0.97, boxes);
  it.each<[string, boolean, PictureReading, PictureReading]>([
    ['a digit more', true, all, reading('47', 0.998, [middle, right])],
    ['one between two', true, all, reading('87', 0.998, [left, right])],
    ['no more', false, all, all],
    ['fewer', false, reading('47', 0.998, [middle, right]), all],
    ['an unsure one more', false, reading('847', 0.8, boxes), reading('47', 0.998, [middle, right])],
    ['a stroke more', false, reading('147', 0.99, boxes), reading('47', 0.998, [middle, right])],
    [
      'a smaller one',
      false,
      reading('847', 0.99, [[30, 10, 9, 12], middle, right]),
      reading('47', 0.998, [middle, right]),
    ],
    ['one read otherwise', false, all, reading('41', 0.998, [middle, right])],
    ['parts of one', false, all, reading('7', 0.998, [[45, 5, 80, 50]])],
    ['of what was turned away', false, all, rejected],
    ['what was turned away itself', false, rejected, reading('47', 0.998, [middle, right])],
  ])('%s: %s', (_, is, full, other) => expect(isFuller(full, other)).toBe(is));

  it('believes what is less sure where that is enough', () => {
    const unsure = reading('847', 0.85, boxes);
    const fewer = reading('47', 0.998, [middle, right]);
    expect(isFuller(unsure, fewer)).toBe(false);
    expect(isFuller(unsure, fewer, 0.8)).toBe(true);
  });

  it('is believed from near and from afar, whatever is surer', () => {
    const fewer = reading('47', 0.999, [middle, right]);
    expect(surer(all, fewer).text).toBe('847');
    expect(surer(fewer, all).text).toBe('847');
  });
});

describe('isBeyondDoubt', () => {
  const boxes: Box[] = [
    [10, 10, 30, 40],
    [50, 12, 28, 38],
  ];
  const doubtful = reading('47', 0.6, boxes);
  it.each<[string, boolean, PictureReading]>([
    ['as many sure digits', true, reading('49', 0.97, boxes)],
    ['one more', true, reading('493', 0.97, [...boxes, [90, 10, 28, 40]])],
    ['a stroke more', false, reading('491', 0.97, [...boxes, [90, 10, 8, 40]])],
    ['one less', false, reading('4', 0.99, boxes)],
    ['others elsewhere', false, reading('49', 0.97, [boxes[0], [90, 10, 30, 40]])],
    ['unsure ones', false, reading('49', 0.9, boxes)],
    ['none', false, rejected],
  ])('%s: %s', (_, is, own) => expect(isBeyondDoubt(own, doubtful)).toBe(is));
});
