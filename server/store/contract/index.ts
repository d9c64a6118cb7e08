/** What every store keeps to: one suite, run over each database. */
import { afterEach, describe } from 'vitest';
import { lists } from './lists.ts';
import { models } from './models.ts';
import type { Fresh, Register, TestDatabase } from './part.ts';
import { predictions } from './predictions.ts';
import { reviews } from './reviews.ts';
import { servers } from './servers.ts';
import { upkeep } from './upkeep.ts';

export type { TestDatabase } from './part.ts';

export function describeStore(name: string, test: Register, create: () => Promise<TestDatabase>): void {
  const open: (() => Promise<void>)[] = [];

  const fresh: Fresh = {
    async database() {
      const database = await create();
      open.push(() => database.remove());
      return {
        async open() {
          const store = await database.open();
          open.push(() => store.close());
          return store;
        },
      };
    },
    async stores(count) {
      const database = await fresh.database();
      // At the same time, as servers are started: all want to make the tables.
      return Promise.all(Array.from({ length: count }, () => database.open()));
    },
    one: async () => (await fresh.stores(1))[0],
  };

  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  describe(name, () => {
    for (const part of [predictions, lists, upkeep, models, reviews, servers]) part(test, fresh);
  });
}
