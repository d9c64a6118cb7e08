/**
 * A network that remembers its answers. While somebody draws, all digits but the one under the pen stay as they were, and
 * so do most of the ways to cut and join them: of ten questions that a stroke brings up, seven have been asked before.
 */
import type { DigitClassifier } from '../../../src/browser.ts';

/** Pictures whose answers are kept: those of the last few dozen strokes. */
const MOST_ANSWERS = 1024;

export class RememberedAnswers implements DigitClassifier {
  readonly #classifier: DigitClassifier;
  /** By the bytes of the picture as text; the one asked for least recently first. */
  readonly #answers = new Map<string, number[]>();

  constructor(classifier: DigitClassifier) {
    this.#classifier = classifier;
  }

  async classify(pictures: readonly Uint8Array[]): Promise<number[][]> {
    const keys = pictures.map(keyOf);
    const isNew = keys.map((key, i) => !this.#answers.has(key) && keys.indexOf(key) === i);
    const asked = pictures.filter((_, i) => isNew[i]);
    const found = asked.length > 0 ? await this.#classifier.classify(asked) : [];
    let next = 0;
    const fresh = new Map(keys.filter((_, i) => isNew[i]).map((key) => [key, found[next++]]));
    const answers = keys.map((key) => (fresh.get(key) ?? this.#answers.get(key))!);
    for (const [i, key] of keys.entries()) {
      this.#answers.delete(key);
      this.#answers.set(key, answers[i]);
    }
    for (const key of this.#answers.keys()) {
      if (this.#answers.size <= MOST_ANSWERS) break;
      this.#answers.delete(key);
    }
    // Whoever asked may change what it was given.
    return answers.map((answer) => [...answer]);
  }
}

function keyOf(picture: Uint8Array): string {
  return String.fromCharCode(...picture);
}
