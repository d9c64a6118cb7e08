/**
 * Work that is cheaper done together: what comes while others are being served waits for them and is then served as one
 * group. Who comes alone is served at once; nobody waits for company.
 */

export interface GatheringOptions {
  /** Groups that are served at a time. */
  lanes: number;
  /** Sizes of groups, the smallest first; the first is 1. */
  sizes: readonly number[];
}

interface Waiting<Item, Result> {
  item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

export class Gathering<Item extends { id: string }, Result> {
  readonly #serve: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #options: GatheringOptions;
  #waiting: Waiting<Item, Result>[] = [];
  #underWay = 0;

  /** `serve` gives the results of a group's items, which have different ids, in their order. */
  constructor(serve: (items: readonly Item[]) => Promise<readonly Result[]>, options: GatheringOptions) {
    this.#serve = serve;
    this.#options = options;
  }

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#go();
    });
  }

  #go(): void {
    while (this.#underWay < this.#options.lanes && this.#waiting.length > 0) void this.#serveNext();
  }

  async #serveNext(): Promise<void> {
    const group = this.#next();
    this.#underWay++;
    try {
      const results = await this.#serve(group.map(({ item }) => item));
      for (const [i, { resolve }] of group.entries()) resolve(results[i]);
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      this.#underWay--;
      this.#go();
    }
  }

  /** The first that wait, up to one whose id is in the group already: that one comes after it. */
  #next(): Waiting<Item, Result>[] {
    const ids = new Set<string>();
    for (const { item } of this.#waiting) {
      if (ids.has(item.id)) break;
      ids.add(item.id);
    }
    const size = this.#options.sizes.findLast((one) => one <= ids.size) ?? 1;
    return this.#waiting.splice(0, size);
  }
}
