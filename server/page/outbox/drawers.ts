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
    const database = await settled(opening);
    const store = (mode: IDBTransactionMode) => database.transaction(STORE, mode).objectStore(STORE);
    return {
      all: () => settled(store('readonly').getAll()),
      put: async (entry) => void (await settled(store('readwrite').put(entry))),
      remove: (key) => settled(store('readwrite').delete(key)),
    };
  } catch {
    return memoryDrawer();
  }
}
