/** Predictions such as the app makes, for tests and measurements. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Prediction, StoredDigit } from '../store.ts';

export function sampleDigit(digit = 7): StoredDigit {
  const probabilities = Array.from({ length: 10 }, (_, other) => (other === digit ? 1 - 0.9 / 3 : 0.1 / 3));
  return {
    digit,
    confidence: probabilities[digit],
    probabilities,
    notDigit: 1 / 7,
    box: [10.5, 20, 30, 40.25],
    image: Uint8Array.from({ length: 784 }, (_, index) => (index * 7 + digit) % 256),
  };
}

/** A drawing of a seven by `me`, but for what `changes` says. Its picture is as large as that of most drawings. */
export function samplePrediction(changes: Partial<Prediction> = {}): Prediction {
  return {
    id: randomUUID(),
    owner: 'me',
    createdAt: 1_790_000_000_000,
    source: 'drawing',
    model: '0123456789ab',
    text: '7',
    rejected: false,
    digits: [sampleDigit()],
    milliseconds: 3.25,
    width: 280,
    height: 280,
    picture: new Uint8Array(randomBytes(3000)),
    pictureType: 'image/png',
    correction: null,
    correctedAt: null,
    ...changes,
  };
}
