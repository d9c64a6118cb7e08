/**
 * What waits to be sent: predictions and corrections, kept until the server has them.
 *
 * Each is written down before it is sent, so that neither a tunnel nor a closed page loses it. A newer version of a
 * drawing takes the place of the one that waits, and keeps its turn: a correction never overtakes what it corrects.
 */
import type { Prediction, Source } from '../api.ts';

export type Letter =
  | { kind: 'prediction'; id: string; source: Source; picture: Blob; name?: string }
  | { kind: 'correction'; id: string; text: string | null };

export interface Entry {
  /** `prediction:ID` or `correction:ID`. */
  key: string;
  /** Its turn: lower goes first. */
  turn: number;
  /** Of this version of it. */
  revision: number;
  letter: Letter;
}

/** Where entries are kept. */
export interface Drawer {
  all(): Promise<Entry[]>;
  put(entry: Entry): Promise<void>;
  remove(key: string): Promise<void>;
}

export type Send = (
  letter: Letter,
  onProgress: (share: number) => void,
  signal: AbortSignal,
) => Promise<Prediction | undefined>;

export type News =
  | { type: 'waiting'; count: number }
  | { type: 'progress'; id: string; share: number }
  | { type: 'sent'; letter: Letter; prediction?: Prediction }
  /** The server cannot take it now; it stays. */
  | { type: 'delayed'; letter: Letter; error: Error }
  /** The server will never take it; it is gone. */
  | { type: 'refused'; letter: Letter; error: Error };

/** Seconds; each next delay is twice as long. */
const FIRST_DELAY = 1;
const LONGEST_DELAY = 60;

export class Outbox {
  readonly #drawer: Drawer;
  readonly #send: Send;
  readonly #isPassing: (error: unknown) => number | undefined;
  readonly #listeners = new Set<(news: News) => void>();
  #sending?: { key: string; abort: AbortController };
  #flushing?: Promise<void>;
  #again?: Promise<void>;
  #delay = FIRST_DELAY;
  #timer?: ReturnType<typeof setTimeout>;

  /** `isPassing` says after how many seconds an error may be over, or that it never will be. */
  constructor(drawer: Drawer, send: Send, isPassing: (error: unknown) => number | undefined) {
    this.#drawer = drawer;
    this.#send = send;
    this.#isPassing = isPassing;
  }

  /** Returns what ends the listening. */
  listen(listener: (news: News) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async add(letter: Letter): Promise<void> {
    const key = `${letter.kind}:${letter.id}`;
    const entries = await this.#drawer.all();
    const revision = 1 + Math.max(0, ...entries.map((entry) => entry.revision), Date.now());
    const turn = entries.find((entry) => entry.key === key)?.turn ?? revision;
    await this.#drawer.put({ key, turn, revision, letter });
    await this.#tellCount();
    void this.flush();
  }

  /** Forgets what waits of these predictions, and stops sending them. */
  async cancel(...ids: readonly string[]): Promise<void> {
    const keys = ids.flatMap((id) => [`prediction:${id}`, `correction:${id}`]);
    // First all of them: where one stops, the next one that is still there would be sent.
    for (const key of keys) await this.#drawer.remove(key);
    if (this.#sending && keys.includes(this.#sending.key)) this.#sending.abort.abort();
    await this.#tellCount();
  }

  async waiting(): Promise<Letter[]> {
    return (await this.#inTurn()).map(({ letter }) => letter);
  }

  /** Sends all that waits, one after the other; stops where the server cannot be reached. */
  flush(): Promise<void> {
    if (this.#flushing) {
      // What has come since may have been missed: one more round, for all who ask in the meantime.
      this.#again ??= this.#flushing
        .catch(() => {})
        .then(() => {
          this.#again = undefined;
          return this.flush();
        });
      return this.#again;
    }
    clearTimeout(this.#timer);
    this.#flushing = this.#sendAll().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  /** Sends all that waits since the server may be back; where it is not quite, tries again as soon as at first. */
  hurry(): Promise<void> {
    this.#delay = FIRST_DELAY;
    return this.flush();
  }

  async #sendAll(): Promise<void> {
    for (let [entry] = await this.#inTurn(); entry; [entry] = await this.#inTurn()) {
      const delay = await this.#sendOne(entry);
      if (delay === undefined) {
        this.#delay = FIRST_DELAY;
        continue;
      }
      this.#delay = Math.min(LONGEST_DELAY, 2 * this.#delay);
      this.#timer = setTimeout(() => void this.flush(), 1000 * Math.max(delay, this.#delay));
      break;
    }
    await this.#tellCount();
  }

  /** Seconds to wait, if it cannot be sent now. */
  async #sendOne({ key, revision, letter }: Entry): Promise<number | undefined> {
    const abort = new AbortController();
    this.#sending = { key, abort };
    try {
      const onProgress = (share: number) => this.#tell({ type: 'progress', id: letter.id, share });
      const prediction = await this.#send(letter, onProgress, abort.signal);
      await this.#removeVersion(key, revision);
      this.#tell({ type: 'sent', letter, prediction });
    } catch (error) {
      if (abort.signal.aborted) return undefined;
      const delay = this.#isPassing(error);
      const failure = error instanceof Error ? error : new Error(String(error));
      if (delay !== undefined) {
        this.#tell({ type: 'delayed', letter, error: failure });
        return delay;
      }
      await this.#removeVersion(key, revision);
      this.#tell({ type: 'refused', letter, error: failure });
    } finally {
      this.#sending = undefined;
    }
    return undefined;
  }

  /** Unless a newer version has come while this one was on its way. */
  async #removeVersion(key: string, revision: number): Promise<void> {
    const kept = (await this.#drawer.all()).find((entry) => entry.key === key);
    if (kept?.revision === revision) await this.#drawer.remove(key);
  }

  async #inTurn(): Promise<Entry[]> {
    return (await this.#drawer.all()).sort((a, b) => a.turn - b.turn);
  }

  async #tellCount(): Promise<void> {
    this.#tell({ type: 'waiting', count: (await this.#drawer.all()).length });
  }

  #tell(news: News): void {
    for (const listener of this.#listeners) listener(news);
  }
}
