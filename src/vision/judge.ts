/** Whether what was read in a picture was worth reading: a doodle is a digit to whoever must name one. */
import type { PictureReading, ReadDigit } from './picture.ts';
import { DOUBT_BETWEEN_DIGITS, LEAST_READ, LEAST_SURENESS, ROW } from './settings.ts';

/** How likely a digit is what it is read as, and a digit at all: 0 to 1. */
export function sureness({ confidence, notDigit }: ReadDigit): number {
  return confidence * (1 - notDigit);
}

/** That of several, on average. */
export function surenessOf(digits: readonly ReadDigit[]): number {
  return digits.reduce((sum, digit) => sum + sureness(digit), 0) / digits.length;
}

/** That of the one of which it is the least. */
export function leastSurenessOf(digits: readonly ReadDigit[]): number {
  return Math.min(...digits.map(sureness));
}

/**
 * How much they look like digits: on average, or half of a row. A 1 that may be a 7 is a digit all the same, and a row stays
 * one though some of its digits were found badly.
 */
function likenessOf(digits: readonly ReadDigit[]): number {
  const likenesses = digits.map(
    ({ confidence, notDigit }) => confidence ** DOUBT_BETWEEN_DIGITS * (1 - notDigit),
  );
  const mean = likenesses.reduce((sum, one) => sum + one, 0) / digits.length;
  if (digits.length < ROW) return mean;
  const half = likenesses.toSorted((a, b) => a - b)[digits.length >> 1];
  return Math.max(mean, half);
}

/**
 * The reading, or its rejection with the reason; the digits stay, as what was turned away. `share` is how much of the
 * writing's ink was read, 0 to 1.
 */
export function judge(reading: PictureReading, share = 1): PictureReading {
  const { digits } = reading;
  if (reading.rejected !== false || digits.length === 0) return reading;
  if (share < LEAST_READ) {
    return { text: '', digits, rejected: 'Most of what is in the picture does not look like digits.' };
  }
  if (likenessOf(digits) >= LEAST_SURENESS) return reading;
  return { text: '', digits, rejected: reasonFor(digits) };
}

function reasonFor(digits: readonly ReadDigit[]): string {
  if (digits.length > 1) return 'What is in the picture does not look like digits.';
  const [{ digit, confidence, probabilities, notDigit }] = digits;
  if (notDigit >= 0.5) return `It has something of a ${digit}, but does not look like a digit.`;
  const second = probabilities.reduce(
    (best, probability, i) => (i !== digit && (best < 0 || probability > probabilities[best]) ? i : best),
    -1,
  );
  return confidence < LEAST_SURENESS
    ? `It could be a ${digit} or a ${second}, and is not clearly either.`
    : `It may be a ${digit}, but may as well be no digit.`;
}
