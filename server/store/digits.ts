/**
 * Packs the digits of a prediction into bytes: 129 for each, a third of what JSON takes, and the same numbers to the
 * last bit when unpacked. The images lie apart, 784 bytes each, since lists do without them.
 *
 * A digit is its value in one byte, then 16 numbers of 64 bits, little-endian: the confidence, the ten
 * probabilities, that of no digit, and the box.
 */
import type { StoredDigit } from './store.ts';

export type DigitWithoutImage = Omit<StoredDigit, 'image'>;

const NUMBERS = 16;
const BYTES = 1 + NUMBERS * 8;
const IMAGE = 28 * 28;

export function packDigits(digits: readonly DigitWithoutImage[]): Uint8Array {
  const bytes = new Uint8Array(digits.length * BYTES);
  const view = new DataView(bytes.buffer);
  digits.forEach(({ digit, confidence, probabilities, notDigit, box }, index) => {
    const start = index * BYTES;
    view.setUint8(start, digit);
    [confidence, ...probabilities, notDigit, ...box].forEach((number, place) => {
      view.setFloat64(start + 1 + place * 8, number, true);
    });
  });
  return bytes;
}

export function unpackDigits(bytes: Uint8Array): DigitWithoutImage[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / BYTES }, (_, index) => {
    const start = index * BYTES;
    const numbers = Array.from({ length: NUMBERS }, (_, place) =>
      view.getFloat64(start + 1 + place * 8, true),
    );
    const [x, y, width, height] = numbers.slice(12);
    return {
      digit: view.getUint8(start),
      confidence: numbers[0],
      probabilities: numbers.slice(1, 11),
      notDigit: numbers[11],
      box: [x, y, width, height],
    };
  });
}

export function packImages(digits: readonly StoredDigit[]): Uint8Array {
  const bytes = new Uint8Array(digits.length * IMAGE);
  digits.forEach(({ image }, index) => {
    bytes.set(image, index * IMAGE);
  });
  return bytes;
}

/** Copies each out of `bytes`. */
export function unpackImages(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: bytes.length / IMAGE }, (_, index) =>
    Uint8Array.from(bytes.subarray(index * IMAGE, (index + 1) * IMAGE)),
  );
}
