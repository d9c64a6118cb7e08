/**
 * What reads live: WebAssembly at once, and the graphics card as soon as it is ready, where there is a real one. A card
 * in software computes on the same processor, only slower, and is never taken. A card that fails, or is taken away, is
 * given up, and the question goes to WebAssembly.
 */
import type { AdapterReport, DigitClassifier } from '../../../src/browser.ts';

/** A network that is compiled for something. */
export interface Compiled extends DigitClassifier {
  /** What it runs on, for people. */
  readonly description: string;
  dispose(): Promise<unknown>;
}

/** How far two ways to compute a probability may differ. */
const TOLERANCE = 1e-4;

export class LiveClassifier implements DigitClassifier {
  readonly #processor: Compiled;
  #card: Compiled | undefined;

  constructor(processor: Compiled) {
    this.#processor = processor;
  }

  /** What answered last, or will. */
  get description(): string {
    return (this.#card ?? this.#processor).description;
  }

  /**
   * Goes on with the graphics card, if there is a real one that answers `probes` as WebAssembly does.
   *
   * @param survey the adapters there are, the best first.
   * @param compile the network for the best one.
   */
  async takeCard(
    survey: () => Promise<readonly Pick<AdapterReport, 'isSoftware'>[]>,
    compile: () => Promise<Compiled>,
    probes: readonly Uint8Array[],
  ): Promise<void> {
    let card: Compiled | undefined;
    try {
      const [adapter] = await survey();
      if (!adapter || adapter.isSoftware) return;
      card = await compile();
      if (!isClose(await card.classify(probes), await this.#processor.classify(probes))) {
        throw new Error('The graphics card answers otherwise than the processor.');
      }
      this.#card = card;
    } catch {
      // Reading goes on as it did.
      await card?.dispose().catch(() => {});
    }
  }

  async classify(pictures: readonly Uint8Array[]): Promise<number[][]> {
    const card = this.#card;
    if (card) {
      try {
        return await card.classify(pictures);
      } catch {
        if (this.#card === card) this.#card = undefined;
        card.dispose().catch(() => {});
      }
    }
    return this.#processor.classify(pictures);
  }
}

function isClose(some: readonly number[][], others: readonly number[][]): boolean {
  return some.every((row, i) => row.every((value, k) => Math.abs(value - others[i][k]) <= TOLERANCE));
}
