/** What the parts of the contract are given, and share. */
import type { needs } from '../../../test/requirements.ts';
import type { ListOptions, Store } from '../store.ts';

export type Register = ReturnType<typeof needs>;

/** A database for one test. */
export interface TestDatabase {
  /** Opens a store on it; several are several servers. */
  open(): Promise<Store>;
  remove(): Promise<void>;
}

/** New databases, which are gone when the test is over. */
export interface Fresh {
  database(): Promise<Pick<TestDatabase, 'open'>>;
  /** So many stores on one database. */
  stores(count: number): Promise<Store[]>;
  /** One store. */
  one(): Promise<Store>;
}

/** Registers the tests of one part. */
export type ContractPart = (test: Register, fresh: Fresh) => void;

export async function allOf(store: Store, options: Omit<ListOptions, 'limit'>) {
  return (await store.list({ ...options, limit: 100 })).predictions;
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(10);
}

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
