/** Whether what was read in a picture was worth reading: a doodle is a digit to whoever must name one. */
import type { PictureReading, ReadDigit } from './picture.ts';
import { LEAST_SURENESS } from './settings.ts';

/** How likely a digit is one, and the one it was read as. */
function surenessOf({ confidence, notDigit }: ReadDigit): number {
  return confidence * (1 - notDigit);
}

/** The reading, or its rejection with the reason; the digits stay, as what was turned away. */
export function judge(reading: PictureReading): PictureReading {
  const { digits } = reading;
  if (reading.rejected !== false || digits.length === 0) return reading;
  const sum = digits.reduce((total, digit) => total + surenessOf(digit), 0);
  if (sum >= LEAST_SURENESS * digits.length) return reading;
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
