/**
 * How often one client may ask for the costly things: a bucket of tokens that fills up within a minute.
 *
 * The bucket that all servers on one database share is asked for tokens by the handful, which a bucket here then hands
 * out one by one: a busy client costs the database a question for every handful, not for each request. A single server
 * needs no shared bucket. Where the database does not answer, the bucket here decides alone.
 */

/** Takes `cost` from a shared bucket; gives the seconds to wait, 0 where it was granted. */
export type Take = (key: string, cost: number, capacity: number, seconds: number) => Promise<number>;

export interface RateLimitOptions {
  /** Tokens that a full bucket holds, and that flow in within `seconds`; 0 for no limit. */
  capacity: number;
  seconds: number;
  /** Left out where there is only one server. */
  take?: Take;
  now?: () => number;
}

interface Bucket {
  tokens: number;
  /** When the tokens were counted, in milliseconds; of a shared bucket, until when nothing is to be had from it. */
  at: number;
  /** A question to the shared bucket that is under way. */
  asking?: Promise<number>;
}

/** Of a minute, unless it is set. */
export const USUAL_LIMIT = 1200;

const MOST_BUCKETS = 50_000;
/** The share of the capacity that a server takes for itself at a time. */
const HANDFUL_SHARE = 1 / 50;

export class RateLimiter {
  readonly #options: RateLimitOptions;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: RateLimitOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Takes one token; gives the seconds to wait for one, 0 where it was granted. */
  take(key: string): number | Promise<number> {
    if (this.#options.capacity === 0) return 0;
    const bucket = this.#bucketOf(key);
    if (this.#options.take) return this.#takeShared(key, bucket, this.#options.take);
    return this.#takeAlone(bucket);
  }

  #takeAlone(bucket: Bucket): number {
    const { capacity, seconds } = this.#options;
    const now = this.#now();
    bucket.tokens = Math.min(capacity, bucket.tokens + ((now - bucket.at) / 1000) * (capacity / seconds));
    bucket.at = now;
    if (bucket.tokens >= 1) {
      bucket.tokens--;
      return 0;
    }
    return ((1 - bucket.tokens) * seconds) / capacity;
  }

  async #takeShared(key: string, bucket: Bucket, take: Take): Promise<number> {
    const { capacity, seconds } = this.#options;
    for (;;) {
      if (bucket.tokens >= 1) {
        bucket.tokens--;
        return 0;
      }
      const rest = (bucket.at - this.#now()) / 1000;
      if (rest > 0) return rest;
      const handful = Math.max(1, Math.floor(capacity * HANDFUL_SHARE));
      bucket.asking ??= take(key, handful, capacity, seconds)
        .then(
          (wait) => {
            if (wait === 0) bucket.tokens += handful;
            else bucket.at = this.#now() + wait * 1000;
            return wait;
          },
          () => {
            bucket.tokens += handful;
            return 0;
          },
        )
        .finally(() => {
          bucket.asking = undefined;
        });
      const wait = await bucket.asking;
      if (wait > 0) return wait;
    }
  }

  #bucketOf(key: string): Bucket {
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      // The oldest goes: the order of a map is that of insertion.
      if (this.#buckets.size >= MOST_BUCKETS) this.#buckets.delete(this.#buckets.keys().next().value!);
      const { capacity, take } = this.#options;
      bucket = take ? { tokens: 0, at: Number.NEGATIVE_INFINITY } : { tokens: capacity, at: this.#now() };
      this.#buckets.set(key, bucket);
    }
    return bucket;
  }
}
