/** Confidences beside accuracies, bin by bin; `calibration.ts` says what the calibration error is. */

export const RELIABILITY_BINS = 15;

export interface ReliabilityBin {
  /** Confidences above `from` up to `to`. */
  from: number;
  to: number;
  examples: number;
  /** Means over the bin's examples; NaN where there are none. */
  confidence: number;
  accuracy: number;
}

export class ReliabilityKeeper {
  readonly #examples = new Array<number>(RELIABILITY_BINS).fill(0);
  readonly #confidence = new Array<number>(RELIABILITY_BINS).fill(0);
  readonly #correct = new Array<number>(RELIABILITY_BINS).fill(0);

  add(confidence: number, isCorrect: boolean): void {
    const bin =
      Math.min(RELIABILITY_BINS - 1, Math.max(0, Math.ceil(confidence * RELIABILITY_BINS) - 1)) || 0;
    this.#examples[bin]++;
    this.#confidence[bin] += confidence;
    if (isCorrect) this.#correct[bin]++;
  }

  bins(): ReliabilityBin[] {
    return this.#examples.map((examples, bin) => ({
      from: bin / RELIABILITY_BINS,
      to: (bin + 1) / RELIABILITY_BINS,
      examples,
      confidence: this.#confidence[bin] / examples,
      accuracy: this.#correct[bin] / examples,
    }));
  }

  /** The expected calibration error, 0 to 1. */
  error(): number {
    const total = this.#examples.reduce((sum, count) => sum + count, 0);
    const gap = this.#confidence.reduce(
      (sum, confidence, bin) => sum + Math.abs(confidence - this.#correct[bin]),
      0,
    );
    return gap / total;
  }
}
