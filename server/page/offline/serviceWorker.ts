/**
 * The service worker: the page opens without a connection.
 *
 * The page's own files are put by when it is installed, each version in a cache of its own. The network's weights never change
 * under their address, so the copy serves for ever; which network is current is asked for first, and remembered.
 * Nothing that is a person's own is kept here: what waits to be sent lies in IndexedDB, and history is the server's.
 */

/** What this file uses of a service worker's global scope. */
interface Scope {
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  registration: { scope: string };
  addEventListener(
    type: 'install' | 'activate',
    listener: (event: Event & { waitUntil(work: Promise<unknown>): void }) => void,
  ): void;
  addEventListener(
    type: 'fetch',
    listener: (event: Event & { request: Request; respondWith(answer: Promise<Response>): void }) => void,
  ): void;
}

/** The build puts the page's files and a digest of them here. */
declare const __FILES__: readonly string[];
declare const __VERSION__: string;

const scope = globalThis as unknown as Scope;
const base = scope.registration.scope;
const SHELL = `inkling-page-${__VERSION__}`;
const NETWORKS = 'inkling-networks';
/** A server that is slower than this to name the current network is treated as away. */
const PATIENCE = 3000;

const models = new URL('api/v1/models', base).href;
const shell = new Set(__FILES__.map((file) => new URL(file, base).href));

scope.addEventListener('install', (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(SHELL);
      await cache.addAll([base, ...shell].map((address) => new Request(address, { cache: 'reload' })));
      await keepNetwork().catch(() => {});
      await scope.skipWaiting();
    })(),
  );
});

scope.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith('inkling-page-') && name !== SHELL) await caches.delete(name);
      }
      await scope.clients.claim();
    })(),
  );
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const address = request.url.replace(/[?#].*$/, '');
  if (address === models) event.respondWith(newest(request));
  else if (address.startsWith(`${models}/`))
    event.respondWith(address.endsWith('/weights') ? kept(request) : newest(request));
  else if (shell.has(address) || address === base) event.respondWith(fromShell(address));
});

/** The page as of this version; what is missing is fetched. */
async function fromShell(address: string): Promise<Response> {
  const cache = await caches.open(SHELL);
  return (await cache.match(address)) ?? fetch(address);
}

/** Weights never change under their address. */
async function kept(request: Request): Promise<Response> {
  const cache = await caches.open(NETWORKS);
  const known = await cache.match(request.url);
  if (known) return known;
  const response = await fetch(request);
  if (response.ok) {
    for (const old of await cache.keys()) {
      if (old.url.endsWith('/weights')) await cache.delete(old);
    }
    await cache.put(request.url, response.clone());
  }
  return response;
}

/** The server's word, or what it last said. */
async function newest(request: Request): Promise<Response> {
  const cache = await caches.open(NETWORKS);
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (response.ok) await cache.put(request.url, response.clone());
    return response;
  } catch (error) {
    const known = await cache.match(request.url);
    if (known) return known;
    throw error;
  }
}

/** Puts the current network by, so that the first visit is enough. */
async function keepNetwork(): Promise<void> {
  const { current, yours = current } = await (await newest(new Request(models))).clone().json();
  await newest(new Request(`${models}/${yours}`));
  await kept(new Request(`${models}/${yours}/weights`));
}
