/** How long the last predictions took, and how many there were in the last seconds. */

const KEPT = 1024;
const WINDOW_SECONDS = 10;

export class RecentTimes {
  readonly #milliseconds = new Float64Array(KEPT);
  readonly #perSecond = new Float64Array(WINDOW_SECONDS + 1);
  readonly #secondOf = new Float64Array(WINDOW_SECONDS + 1).fill(-1);
  #count = 0;

  add(milliseconds: number): void {
    this.#milliseconds[this.#count++ % KEPT] = milliseconds;
    const second = Math.floor(performance.now() / 1000);
    const slot = second % this.#perSecond.length;
    if (this.#secondOf[slot] !== second) {
      this.#secondOf[slot] = second;
      this.#perSecond[slot] = 0;
    }
    this.#perSecond[slot]++;
  }

  /** The mean over the last ten whole seconds. */
  perSecond(): number {
    const now = Math.floor(performance.now() / 1000);
    let sum = 0;
    for (const [slot, second] of this.#secondOf.entries()) {
      if (second >= now - WINDOW_SECONDS && second < now) sum += this.#perSecond[slot];
    }
    return sum / WINDOW_SECONDS;
  }

  /** In milliseconds; null where nothing was timed yet. */
  quantiles(): { p50: number; p90: number; p99: number } | null {
    const sorted = this.#milliseconds.slice(0, Math.min(KEPT, this.#count)).sort();
    if (sorted.length === 0) return null;
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    return { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
  }
}
