/**
 * Dynamic batching: the questions of many readers, put to a network together.
 *
 * Each reader asks about the digits of its own picture. What comes in while others still prepare their pictures waits
 * for them, but never longer than the delay: where nobody else is at work, nobody is waited for. The network is
 * compiled for several sizes of batch, since an executable always computes the whole of its own.
 */
import { Classifier, type DigitClassifier, type Network } from '../../src/index.ts';

interface Waiting {
  pictures: readonly Uint8Array[];
  resolve(probabilities: number[][]): void;
  reject(error: unknown): void;
}

export interface BatchOptions {
  maximumBatch: number;
  /** In milliseconds. */
  batchDelay: number;
  onBatch?: (size: number) => void;
}

/** A network compiled for batches of 1, 4, 16 and so on. */
export class BatchLadder implements DigitClassifier {
  /** From the largest to the smallest. */
  readonly #steps: { size: number; classifier: Classifier }[];
  readonly network: Network;

  private constructor(network: Network, steps: { size: number; classifier: Classifier }[]) {
    this.network = network;
    this.#steps = steps;
  }

  static async create(network: Network, maximumBatch: number): Promise<BatchLadder> {
    const sizes: number[] = [];
    for (let size = 1; size < maximumBatch; size *= 4) sizes.unshift(size);
    sizes.unshift(maximumBatch);
    const steps = [];
    for (const size of sizes) {
      steps.push({ size, classifier: await Classifier.create(network, { batch: size, threads: 1 }) });
    }
    return new BatchLadder(network, steps);
  }

  async classify(pictures: readonly Uint8Array[]): Promise<number[][]> {
    const results: number[][] = [];
    let first = 0;
    for (const { size, classifier } of this.#steps) {
      // A batch that is three quarters full costs less than the smaller ones that would fill it.
      while (pictures.length - first > size * 0.75 - 1e-9 && first < pictures.length) {
        const part = pictures.slice(first, first + size);
        results.push(...(await classifier.classify(part)));
        first += part.length;
      }
    }
    return results;
  }

  async dispose(): Promise<void> {
    for (const { classifier } of this.#steps) await classifier.dispose();
  }
}

/** Gathers questions and answers them a batch at a time. */
export class BatchingClassifier implements DigitClassifier {
  readonly #inner: DigitClassifier;
  readonly #options: BatchOptions;
  #waiting: Waiting[] = [];
  #count = 0;
  #since = 0;
  #scheduled = false;
  #readers = 0;

  constructor(inner: DigitClassifier, options: BatchOptions) {
    this.#inner = inner;
    this.#options = options;
  }

  /** Runs a reader, who counts as one to wait for until all of its questions are put. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#readers++;
    try {
      return await work();
    } finally {
      this.#readers--;
    }
  }

  classify(pictures: readonly Uint8Array[]): Promise<number[][]> {
    if (pictures.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) this.#since = performance.now();
      this.#waiting.push({ pictures, resolve, reject });
      this.#count += pictures.length;
      if (this.#count >= this.#options.maximumBatch) this.#run();
      else this.#schedule();
    });
  }

  /** Looks again when the messages and decoded pictures that are there have had their turn. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#waiting.length === 0) return;
      const isAnyoneBusy = this.#readers > this.#waiting.length;
      const isPatient = performance.now() - this.#since < this.#options.batchDelay;
      if (isAnyoneBusy && isPatient) this.#schedule();
      else this.#run();
    });
  }

  #run(): void {
    const asked = this.#waiting;
    this.#waiting = [];
    this.#options.onBatch?.(this.#count);
    this.#count = 0;
    const pictures = asked.length === 1 ? asked[0].pictures : asked.flatMap((one) => one.pictures);
    this.#inner.classify(pictures).then(
      (answers) => {
        let first = 0;
        for (const one of asked) {
          one.resolve(answers.slice(first, first + one.pictures.length));
          first += one.pictures.length;
        }
      },
      (error) => {
        for (const one of asked) one.reject(error);
      },
    );
  }
}
