/** Where the outbox keeps its entries: IndexedDB, or memory where a browser has none to give. */
import type { Drawer, Entry } from './outbox.ts';

const DATABASE = 'inkling';
const STORE = 'outbox';

export function memoryDrawer(): Drawer {
  const entries = new Map<string, Entry>();
  return {
    all: async () => [...entries.values()],
    put: async (entry) => void entries.set(entry.key, entry),
    remove: async (key) => void entries.delete(key),
  };
}

function settled<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export async function openDrawer(): Promise<Drawer> {
  try {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: 'key' });
    return withSpare(databaseDrawer(await settled(opening)));
  } catch {
    return memoryDrawer();
  }
}

function databaseDrawer(database: IDBDatabase): Drawer {
  const store = (mode: IDBTransactionMode) => database.transaction(STORE, mode).objectStore(STORE);
  return {
    all: () => settled(store('readonly').getAll()),
    put: async (entry) => void (await settled(store('readwrite').put(entry))),
    remove: (key) => settled(store('readwrite').delete(key)),
  };
}

/** What a drawer does not take is kept in memory: a full disk, or WebKit, whose private windows store no pictures. */
export function withSpare(drawer: Drawer): Drawer {
  const spare = memoryDrawer();
  return {
    async all() {
      const rest = await spare.all();
      const stored = await drawer.all().catch(() => []);
      return [...stored.filter(({ key }) => rest.every((one) => one.key !== key)), ...rest];
    },
    async put(entry) {
      try {
        await drawer.put(entry);
        await spare.remove(entry.key);
      } catch {
        await spare.put(entry);
      }
    },
    async remove(key) {
      await spare.remove(key);
      await drawer.remove(key);
    },
  };
}
