/**
 * The trial of a candidate: who is answered by it, and how often it sees what the champion sees.
 *
 * Who a browser is decides which of the two answers it, so that nobody is answered now by one and now by the other. And
 * of one answer in four, while nothing else is to be read, the 28×28 pictures are shown to the other model as well:
 * how often both see the same is known long before enough people have corrected enough answers.
 */
import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { InklingError } from '../src/index.ts';
import { readStored } from './learning/registry.ts';
import type { Answer } from './reading/messages.ts';
import { encodePng } from './reading/png.ts';
import type { ReadingPool } from './reading/pool.ts';
import type { Store, Trial } from './store/store.ts';

/** One answer in so many is looked at by the other model, too. */
const READ_TWICE = 4;
/** And of a picture with many digits, so many. */
const MOST_DIGITS = 8;
/** Counts are kept together, in milliseconds after the first. */
const KEEP_AFTER = 1000;
const SIDE = 28;
const NO_TRIAL = { champion: '', candidate: '', share: 0 };

export class TrialKeeper {
  readonly #store: Store;
  readonly #pool: ReadingPool;
  readonly #logger: Logger;
  #running: Trial | undefined;
  /** A version that was found wanting is not tried again and again. */
  #refused: string | undefined;
  #answers = 0;
  #isReading = false;
  #counted: { digits: number; agreed: number } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Store, pool: ReadingPool, logger: Logger) {
    this.#store = store;
    this.#pool = pool;
    this.#logger = logger;
  }

  /** Which model answers a browser. Who has no name yet is answered by the champion. */
  versionFor(owner: string): string {
    const { champion, candidate, share } = this.#running ?? NO_TRIAL;
    if (owner === '' || champion !== this.#pool.model) return this.#pool.model;
    return placeOf(owner, candidate) < share ? candidate : champion;
  }

  /** Does as the database says. Throws an `InklingError` where the candidate is found wanting. */
  async follow(): Promise<void> {
    const trial = await this.#store.trial(this.#pool.model);
    const { candidate } = trial ?? {};
    if (candidate !== undefined && candidate === this.#refused) return;
    if (candidate === this.#running?.candidate) {
      this.#running = trial;
      return;
    }
    await this.#keepCounts();
    this.#running = undefined;
    try {
      await this.#pool.holdSecond(candidate === undefined ? undefined : await this.#fileOf(candidate));
    } catch (error) {
      if (error instanceof InklingError) this.#refused = candidate;
      throw error;
    }
    this.#refused = undefined;
    this.#running = trial;
    if (trial) this.#logger.info({ candidate, share: trial.share }, 'a candidate is tried from now on');
    else this.#logger.info('no candidate is tried any more');
  }

  /** The trial as this server knows it; the counts may be a few seconds old. */
  get running(): Trial | undefined {
    return this.#running;
  }

  /**
   * Begins a trial or changes its share.
   *
   * @throws InklingError, and changes nothing, where the candidate is found wanting or is not there.
   */
  async set(candidate: string, share: number): Promise<void> {
    const champion = this.#pool.model;
    if (candidate === champion) {
      throw new InklingError(
        `The model ${candidate} answers everyone already; choose another to try beside it.`,
      );
    }
    if (candidate !== this.#running?.candidate) {
      await this.#pool.holdSecond(await this.#fileOf(candidate));
    }
    await this.#store.setTrial({ champion, candidate, share, at: Date.now() });
    this.#refused = undefined;
    await this.follow();
  }

  /** Ends the trial, if there is one. */
  async end(): Promise<void> {
    const trial = await this.#store.trial(this.#pool.model);
    if (trial) await this.#store.setTrial({ ...trial, share: null, at: Date.now() });
    await this.follow();
  }

  /** After an answer, on nobody's time: perhaps the other model shall look at it, too. */
  observe({ model, rejected, digits }: Pick<Answer, 'model' | 'rejected' | 'digits'>): void {
    if (!this.#running || this.#isReading || rejected !== false) return;
    const { candidate } = this.#running;
    const { waiting, reading } = this.#pool.figures;
    if (waiting + reading > 0 || this.#answers++ % READ_TWICE > 0) return;
    const other = model === candidate ? this.#pool.model : candidate;
    this.#isReading = true;
    this.#compare(digits.slice(0, MOST_DIGITS), other)
      // A busy or stopping pool has better things to do.
      .catch(() => undefined)
      .finally(() => {
        this.#isReading = false;
      });
  }

  /** Keeps what was counted. */
  async stop(): Promise<void> {
    await this.#keepCounts();
    this.#running = undefined;
  }

  async #compare(digits: Answer['digits'], other: string): Promise<void> {
    const trial = this.#running;
    const counted = { digits: 0, agreed: 0 };
    for (const { digit, image } of digits) {
      const file = encodePng({ width: SIDE, height: SIDE, channels: 1, data: image });
      const { text, model } = await this.#pool.read(file, false, undefined, other);
      if (model !== other) return;
      counted.digits++;
      if (text === `${digit}`) counted.agreed++;
    }
    if (trial?.candidate !== this.#running?.candidate) return;
    const { digits: before, agreed } = this.#counted ?? { digits: 0, agreed: 0 };
    this.#counted = { digits: before + counted.digits, agreed: agreed + counted.agreed };
    this.#timer ??= setTimeout(() => void this.#keepCounts(), KEEP_AFTER);
    this.#timer.unref();
  }

  /** A few that are lost with the database away do not matter. */
  async #keepCounts(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const counted = this.#counted;
    this.#counted = undefined;
    if (!counted || !this.#running) return;
    const { champion, candidate } = this.#running;
    await this.#store.addReadings({ champion, candidate, ...counted }).catch(() => undefined);
  }

  async #fileOf(version: string) {
    return { version, bytes: (await readStored(this.#store, version)).bytes };
  }
}

/** Where a browser stands among all, 0 to 1: for each candidate anew, and for one always the same. */
export function placeOf(owner: string, candidate: string): number {
  const digest = createHash('sha256').update(`${candidate} ${owner}`).digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}
