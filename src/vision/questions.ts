/**
 * The network's answers about one picture, remembered: the same digit is seen in several views and looks, often as the very same
 * 28×28 bytes, and asking takes longer than looking up.
 */
import type { DigitClassifier } from './reader.ts';

export class Questions implements DigitClassifier {
  readonly #classifier: DigitClassifier;
  readonly #answers = new Map<string, number[]>();

  constructor(classifier: DigitClassifier) {
    this.#classifier = classifier;
  }

  async classify(pictures: readonly Uint8Array[]): Promise<number[][]> {
    const keys = pictures.map(keyOf);
    const unknown = new Map<string, Uint8Array>();
    for (const [i, key] of keys.entries()) if (!this.#answers.has(key)) unknown.set(key, pictures[i]);
    if (unknown.size > 0) {
      const answers = await this.#classifier.classify([...unknown.values()]);
      for (const [i, key] of [...unknown.keys()].entries()) this.#answers.set(key, answers[i]);
    }
    return keys.map((key) => this.#answers.get(key)!);
  }
}

/** All bytes as characters. */
function keyOf(picture: Uint8Array): string {
  return String.fromCharCode(...picture);
}
