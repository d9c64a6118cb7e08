/** Figures of a whole run: one line for each category, and which non-digits were taken for digits. */
import type { Whose } from './sample.ts';
import { isWhollyRight, type Outcome, type Summary, Tally } from './tally.ts';

/** What is known of a picture besides its pixels. */
export interface Truth {
  category: string;
  hand: Whose;
  kind: string;
  text: string;
}

export class Report {
  readonly #tallies = new Map<string, Tally>();
  readonly #accepted = new Map<string, { wrong: number; all: number }>();

  /** Counts an answer; says whether it was wholly right. */
  add(truth: Truth, outcome: Outcome): boolean {
    const { category, hand, kind, text } = truth;
    const isRight = isWhollyRight(text, outcome);
    this.#tally(category).add(text, outcome);
    if (text !== '') this.#tally(`  ${category}, ${hand}`).add(text, outcome);
    else {
      const counts = this.#accepted.get(kind) ?? { wrong: 0, all: 0 };
      counts.all++;
      if (!isRight) counts.wrong++;
      this.#accepted.set(kind, counts);
    }
    return isRight;
  }

  #tally(name: string): Tally {
    const tally = this.#tallies.get(name) ?? new Tally();
    this.#tallies.set(name, tally);
    return tally;
  }

  get summaries(): Map<string, Summary> {
    return new Map([...this.#tallies].map(([name, { summary }]) => [name.trim(), summary]));
  }

  get json() {
    return {
      categories: Object.fromEntries(this.summaries),
      nonDigitsAccepted: Object.fromEntries(this.#accepted),
    };
  }

  get table(): string {
    const lines = [`${''.padEnd(20)} pictures   digits    whole  rejected  mean ms  resized  classical`];
    for (const [name, { summary }] of this.#tallies) {
      const { pictures, milliseconds } = summary;
      const shares = [summary.digitsRight, summary.wholeRight, summary.rejected].map(percent).join('');
      const simple = [summary.resizedRight, summary.classicalRight].map(percent).join('  ');
      const time = milliseconds.toFixed(1).padStart(9);
      lines.push(`${name.padEnd(20)} ${`${pictures}`.padStart(8)}${shares}${time}${simple}`);
    }
    if (this.#accepted.size > 0) lines.push('', 'Non-digits that were read as digits:');
    for (const [kind, { wrong, all }] of [...this.#accepted].sort(([a], [b]) => (a < b ? -1 : 1))) {
      lines.push(`  ${kind.padEnd(18)} ${`${wrong}`.padStart(4)} of ${all}`);
    }
    return lines.join('\n');
  }
}

function percent(share?: number): string {
  return (share === undefined ? '' : `${(100 * share).toFixed(1)} %`).padStart(9);
}
