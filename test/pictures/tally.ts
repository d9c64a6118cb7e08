/** Counting right answers: digits by edit distance, rows whole. */

/** Insertions, removals and exchanges that turn `from` into `to` (Levenshtein). */
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

/** What came of the pictures of one category. */
export class Tally {
  pictures = 0;
  digits = 0;
  /** Edits needed, at most as many in each picture as it has digits. */
  wrongDigits = 0;
  whole = 0;
  rejected = 0;
  milliseconds = 0;
  baselineWhole = 0;

  add(truth: string, answer: string, isRejected: boolean, milliseconds: number, baseline?: string): boolean {
    const digits = truth.replaceAll('\n', '').length;
    const given = isRejected ? '' : answer;
    const isRight = truth === '' ? isRejected || answer === '' : given === truth;
    this.pictures++;
    this.digits += digits;
    this.wrongDigits += Math.min(
      digits,
      editDistance(given.replaceAll('\n', ''), truth.replaceAll('\n', '')),
    );
    if (isRight) this.whole++;
    if (isRejected || answer === '') this.rejected++;
    if (truth !== '' && baseline === truth) this.baselineWhole++;
    this.milliseconds += milliseconds;
    return isRight;
  }
}
