/** What was read, line by line. */
import { DIGIT_NAMES } from '../data/dataset.ts';
import type { PictureReading, ReadDigit } from './picture.ts';

/** The digits of each line of the text. */
export function linesOf({ text, digits }: PictureReading): ReadDigit[][] {
  let at = 0;
  return text.split('\n').map(({ length }) => {
    at += length;
    return digits.slice(at - length, at);
  });
}

/** The reading with these digits alone, line by line; lines without any are left out. */
export function withLines(reading: PictureReading, lines: readonly ReadDigit[][]): PictureReading {
  const written = lines.filter(({ length }) => length > 0);
  const text = written.map((line) => line.map(({ digit }) => DIGIT_NAMES[digit]).join('')).join('\n');
  return { ...reading, digits: written.flat(), text };
}
