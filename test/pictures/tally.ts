/** Counting right answers: digits by edit distance, rows whole. */

/** What was read in a picture: its text, or nothing where it was turned away. */
export interface Outcome {
  text: string;
  isRejected: boolean;
  milliseconds?: number;
  /** What two simple ways of reading answer; see `baseline.ts`. */
  simple?: { resized: string; classical: string };
}

export interface Summary {
  pictures: number;
  /** Shares from 0 to 1; that of digits is left out where there are none to read. */
  digitsRight?: number;
  wholeRight: number;
  rejected: number;
  milliseconds: number;
  resizedRight: number;
  classicalRight: number;
}

/** Insertions, removals and exchanges that turn `from` into `to` (Levenshtein, 1966). */
export function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const current = [i];
    for (let j = 1; j <= to.length; j++) {
      const exchange = previous[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
      current.push(Math.min(exchange, previous[j] + 1, current[j - 1] + 1));
    }
    previous = current;
  }
  return previous[to.length];
}

/** Whether all of it was read, or turned away where there was nothing (`truth` is empty). */
export function isWhollyRight(truth: string, { text, isRejected }: Outcome): boolean {
  const given = isRejected ? '' : text;
  return given === truth;
}

/** What came of the pictures of one category. */
export class Tally {
  #pictures = 0;
  #digits = 0;
  /** Edits needed, in each picture at most as many as it has digits. */
  #wrongDigits = 0;
  #whole = 0;
  #rejected = 0;
  #milliseconds = 0;
  #resized = 0;
  #classical = 0;

  add(truth: string, outcome: Outcome): void {
    const { text, isRejected, milliseconds = 0, simple } = outcome;
    const wanted = truth.replaceAll('\n', '');
    const given = isRejected ? '' : text.replaceAll('\n', '');
    this.#pictures++;
    this.#digits += wanted.length;
    this.#wrongDigits += Math.min(wanted.length, editDistance(given, wanted));
    if (isWhollyRight(truth, outcome)) this.#whole++;
    if (isRejected || text === '') this.#rejected++;
    if (simple?.resized === truth) this.#resized++;
    if (simple?.classical === truth) this.#classical++;
    this.#milliseconds += milliseconds;
  }

  get summary(): Summary {
    const share = (count: number) => count / this.#pictures;
    return {
      pictures: this.#pictures,
      digitsRight: this.#digits === 0 ? undefined : 1 - this.#wrongDigits / this.#digits,
      wholeRight: share(this.#whole),
      rejected: share(this.#rejected),
      milliseconds: share(this.#milliseconds),
      resizedRight: share(this.#resized),
      classicalRight: share(this.#classical),
    };
  }
}
