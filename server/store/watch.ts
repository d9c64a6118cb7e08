/**
 * Sees when an alias names another model, by asking: one row, by its key, twice a second. That works on both
 * databases, through any pooler, and needs no connection kept open that might break unseen, as `LISTEN` would.
 */
import type { Store } from './store.ts';

/** In milliseconds. */
const EVERY = 500;

/**
 * Calls back with the version once it differs from the one before, the first time included; not while the alias names
 * nothing. Where the store cannot be reached, it goes on asking.
 *
 * @returns stops it.
 */
export function watchAlias(
  store: Pick<Store, 'alias'>,
  name: string,
  onChange: (version: string) => void,
  { every = EVERY } = {},
): () => void {
  let known: string | undefined;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function ask(): Promise<void> {
    const version = await store.alias(name).catch(() => undefined);
    if (stopped) return;
    if (version !== undefined && version !== known) {
      known = version;
      onChange(version);
    }
    timer = setTimeout(ask, every);
    timer.unref();
  }

  ask();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
