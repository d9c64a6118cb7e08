/**
 * Token buckets for rate limits, as the generic cell rate algorithm keeps them (ITU-T I.371): a bucket is one number,
 * the time at which it will be full again. Taking moves that time on; it may not lie further ahead than the bucket
 * takes to fill. One statement asks and takes, so that servers cannot both take the last token.
 */
import { sql } from 'kysely';
import type { Database } from './database.ts';

const MICROSECONDS = 1e6;
/** After so many takings, buckets that are full again are swept out. */
const SWEEP_EVERY = 1000;
const REMEMBERED_DENIALS = 10_000;

interface Denial {
  cost: number;
  capacity: number;
  seconds: number;
  /** By `performance.now()`. */
  until: number;
}

export class Buckets {
  readonly #database: Database;
  /** A bucket that was too empty stays so for a known time. Under a flood, that spares the database. */
  readonly #denials = new Map<string, Denial>();
  #taken = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  async take(key: string, cost: number, capacity: number, seconds: number): Promise<number> {
    if (cost > capacity) return Number.POSITIVE_INFINITY;
    const denied = this.#denials.get(key);
    if (denied && denied.cost === cost && denied.capacity === capacity && denied.seconds === seconds) {
      const wait = denied.until - performance.now();
      if (wait > 0) return wait / 1000;
    }
    this.#denials.delete(key);
    const wait = await this.#take(key, cost, capacity, seconds);
    if (wait > 0) this.#remember(key, { cost, capacity, seconds, until: performance.now() + wait * 1000 });
    if (++this.#taken % SWEEP_EVERY === 0) await this.sweep();
    return wait;
  }

  /** Drops buckets that are full: they are as good as none. */
  async sweep(): Promise<void> {
    await this.#database.queries.deleteFrom('buckets').where('full_at', '<', this.#now()).execute();
  }

  async #take(key: string, cost: number, capacity: number, seconds: number): Promise<number> {
    const { queries, kind } = this.#database;
    const now = this.#now();
    // Whole microseconds add up exactly, so that a full bucket grants its capacity and no more.
    const filling = Math.round(seconds * MICROSECONDS);
    const step = Math.floor((cost * filling) / capacity);
    const greatest = sql.raw(kind === 'sqlite' ? 'max' : 'greatest');
    const next = sql<number>`${greatest}(buckets.full_at, ${now}) + ${sql.lit(step)}`;
    const granted = await queries
      .insertInto('buckets')
      .values({ key, full_at: sql`${now} + ${sql.lit(step)}` })
      .onConflict((conflict) =>
        conflict
          .column('key')
          .doUpdateSet({ full_at: next })
          .where(sql<boolean>`${next} <= ${now} + ${sql.lit(filling)}`),
      )
      .returning('full_at')
      .executeTakeFirst();
    if (granted) return 0;
    const bucket = await queries
      .selectFrom('buckets')
      .select(sql<number>`full_at - ${now}`.as('ahead'))
      .where('key', '=', key)
      .executeTakeFirst();
    // It may have filled up between the two questions; then there is next to nothing to wait for.
    return Math.max((bucket?.ahead ?? 0) + step - filling, 1) / MICROSECONDS;
  }

  #now() {
    return this.#database.kind === 'sqlite'
      ? sql<number>`cast(unixepoch('subsec') * 1000000 as integer)`
      : sql<number>`cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)`;
  }

  #remember(key: string, denial: Denial): void {
    if (this.#denials.size >= REMEMBERED_DENIALS) this.#denials.clear();
    this.#denials.set(key, denial);
  }
}
