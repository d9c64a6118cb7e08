/**
 * A network that remembers its answers, since asking takes longer than looking up.
 *
 * In one picture the same digit is seen in several views and looks, often as the very same 28×28 bytes. And while
 * somebody draws, all digits but the one under the pen stay as they were, and so do most of the ways to cut and join
 * them: of ten questions that a stroke brings up, seven have been asked before.
 */
import type { DigitClassifier } from './reader.ts';

export class RememberedAnswers implements DigitClassifier {
  readonly #classifier: DigitClassifier;
  readonly #most: number;
  /** By the bytes of the picture as text; the one asked for least recently first. */
  readonly #answers = new Map<string, number[]>();

  /** @param most how many answers are kept; all of them by default, for as long as one picture is read. */
  constructor(classifier: DigitClassifier, most = Number.POSITIVE_INFINITY) {
    this.#classifier = classifier;
    this.#most = most;
  }

  async classify(pictures: readonly Uint8Array[]): Promise<number[][]> {
    const keys = pictures.map(keyOf);
    const answers = new Map<string, number[]>();
    const unknown = new Map<string, Uint8Array>();
    for (const [i, key] of keys.entries()) {
      const known = this.#answers.get(key);
      if (known) answers.set(key, known);
      else unknown.set(key, pictures[i]);
    }
    if (unknown.size > 0) {
      const found = await this.#classifier.classify([...unknown.values()]);
      for (const [i, key] of [...unknown.keys()].entries()) answers.set(key, found[i]);
    }
    for (const [key, answer] of answers) this.#keep(key, answer);
    // Whoever asked may change what it was given.
    return keys.map((key) => [...answers.get(key)!]);
  }

  #keep(key: string, answer: number[]): void {
    this.#answers.delete(key);
    this.#answers.set(key, answer);
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= this.#most) break;
      this.#answers.delete(oldest);
    }
  }
}

const DECODER = new TextDecoder('latin1');

/** All bytes as characters: in this encoding no two bytes are the same one. */
function keyOf(picture: Uint8Array): string {
  return DECODER.decode(picture);
}
